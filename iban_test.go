package timebok_test

import (
	"fmt"
	"testing"

	"github.com/timebok/timebok"
)

// Foreign ones are the examples of the SWIFT IBAN registry.
var validIBANs = []string{
	"NO9386011117947", "GB29NWBK60161331926819", "DE89370400440532013000", "BE68539007547034",
	"MT84MALT011000012345MTLCAST001S", "SE4550000000058398257466", "DK5000400440116243",
}

func TestParseIBAN(t *testing.T) {
	for _, text := range validIBANs {
		iban, err := timebok.ParseIBAN(text)
		if err != nil || iban.String() != text || iban.Country() != text[:2] {
			t.Errorf("%s: got %v, %v", text, iban, err)
		}
		if _, ok := iban.BankAccount(); ok != (iban.Country() == "NO") {
			t.Errorf("%s: BankAccount is %v", text, ok)
		}
		checkJSON(t, iban)
	}
	want, _ := timebok.ParseIBAN("NO9386011117947")
	for _, text := range []string{"NO93 8601 1117 947", "no93 8601 1117 947", "NO93\u00a08601\u00a01117\u00a0947"} {
		if iban, err := timebok.ParseIBAN(text); err != nil || iban != want {
			t.Errorf("%q: got %v, %v", text, iban, err)
		}
	}
	for _, text := range []string{
		"", "NO9286011117947", "NO2386011117946", "NO4970011111222", "NO93860111179470", "NO938601111794",
		"GB28NWBK60161331926819", "GB29", "86011117947", "9386011117947NO", "N09386011117947",
		"GB29-NWBK-6016-1331-9268-19", "GB29NWBK6016133192681ſ", "GB29NWBK60161331926819000000000000000",
	} {
		_, err := timebok.ParseIBAN(text)
		checkInvalid(t, err, timebok.BadIBAN, text)
	}
	checkZero(t, want)
	if zero := (timebok.IBAN{}); zero.Display()+zero.Country() != "" {
		t.Error("the zero IBAN shows something")
	}
}

func FuzzParseIBAN(f *testing.F) {
	for _, text := range validIBANs {
		f.Add(text)
	}
	f.Add("no93 8601 1117 947")
	f.Fuzz(func(t *testing.T, text string) {
		iban, err := timebok.ParseIBAN(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadIBAN, text)
			return
		}
		for _, form := range []string{iban.String(), iban.Display()} {
			if back, err := timebok.ParseIBAN(form); err != nil || back != iban {
				t.Fatalf("%q came back as %v, %v", form, back, err)
			}
		}
		for wrong := range oneWrong(iban.String()) {
			if _, err := timebok.ParseIBAN(wrong); err == nil {
				t.Fatalf("%s: accepted %s", iban, wrong)
			}
		}
		checkJSON(t, iban)
	})
}

func ExampleIBAN() {
	iban, err := timebok.ParseIBAN("NO93 8601 1117 947")
	if err != nil {
		fmt.Println(err)
		return
	}
	account, norwegian := iban.BankAccount()
	fmt.Println(iban, iban.Country())
	fmt.Println(account.Display(), norwegian)
	// Output:
	// NO9386011117947 NO
	// 8601.11.17947 true
}
