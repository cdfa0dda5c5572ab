package timebok_test

import (
	"fmt"
	"testing"

	"github.com/timebok/timebok"
)

var validOrgNumbers = []string{
	"988077917", "995525828", "974761106", "981566378", "745707327",
	"123456785", "987654325", "923456783", "925239070", // the last has check digit 0
}

func TestParseOrgNumber(t *testing.T) {
	for _, text := range validOrgNumbers {
		org, err := timebok.ParseOrgNumber(text)
		if err != nil || org.String() != text {
			t.Errorf("%s: got %v, %v", text, org, err)
		}
		checkJSON(t, org)
		for wrong := range oneWrong(text) {
			if _, err := timebok.ParseOrgNumber(wrong); err == nil {
				t.Errorf("%s: accepted %s", text, wrong)
			}
		}
	}
	want, _ := timebok.ParseOrgNumber("988077917")
	for _, text := range []string{
		"988 077 917", "988\u00a0077\u00a0917", "988\u202f077\u202f917", " 988077917 ",
		"0192:988077917", "9908:988077917", "9908: 988 077 917",
	} {
		if org, err := timebok.ParseOrgNumber(text); err != nil || org != want {
			t.Errorf("%q: got %v, %v", text, org, err)
		}
	}
	for _, text := range []string{
		"", " ", "123456789", "988077918", "98807791", "9880779170", "000000000", "988077917MVA",
		"NO988077917", "0088:988077917", "0192:", ":988077917", "0192:0192:988077917",
		"988.077.917", "988-077-917", "988\n077917", "９８８０７７９１７", "98807791\xff", "٩٨٨٠٧٧٩١٧",
	} {
		org, err := timebok.ParseOrgNumber(text)
		checkInvalid(t, err, timebok.BadOrgNumber, text)
		if !org.IsZero() {
			t.Errorf("%q: got %v besides the error", text, org)
		}
	}
	checkZero(t, want)
	if zero := (timebok.OrgNumber{}); zero.Display()+zero.EndpointID()+zero.MVA().String()+zero.MVA().Display() != "" {
		t.Error("the zero number shows something")
	}
}

// Every swap of two neighbours that differ is found.
func TestOrgNumberSwaps(t *testing.T) {
	for _, text := range validOrgNumbers {
		for i := range len(text) - 1 {
			swapped := text[:i] + text[i+1:i+2] + text[i:i+1] + text[i+2:]
			if _, err := timebok.ParseOrgNumber(swapped); err == nil && swapped != text {
				t.Errorf("%s: accepted %s", text, swapped)
			}
		}
	}
}

func TestParseMVANumber(t *testing.T) {
	org, _ := timebok.ParseOrgNumber("995525828")
	for _, text := range []string{
		"NO995525828MVA", "NO 995 525 828 MVA", "995 525 828 MVA", "995525828MVA", "no995525828mva", "995\u00a0525\u00a0828\u00a0MVA",
	} {
		mva, err := timebok.ParseMVANumber(text)
		if err != nil || mva != org.MVA() || mva.OrgNumber() != org || mva.String() != "NO995525828MVA" {
			t.Errorf("%q: got %v, %v", text, mva, err)
		}
		checkJSON(t, mva)
	}
	for _, text := range []string{
		"", "NO995525829MVA", "NO995525828", "995525828", "MVA", "NOMVA", "SE995525828MVA",
		"NO0192:995525828MVA", "NO995525828MVAMVA", "NONO995525828MVA", "NO000000000MVA",
	} {
		_, err := timebok.ParseMVANumber(text)
		checkInvalid(t, err, timebok.BadMVANumber, text)
	}
	checkZero(t, org.MVA())
}

func FuzzParseOrgNumber(f *testing.F) {
	for _, text := range validOrgNumbers {
		f.Add(text)
	}
	f.Add("9908:988 077 917")
	f.Fuzz(func(t *testing.T, text string) {
		org, err := timebok.ParseOrgNumber(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadOrgNumber, text)
			return
		}
		for _, form := range []string{org.String(), org.Display(), org.EndpointID()} {
			if back, err := timebok.ParseOrgNumber(form); err != nil || back != org {
				t.Fatalf("%q came back as %v, %v", form, back, err)
			}
		}
		for wrong := range oneWrong(org.String()) {
			if _, err := timebok.ParseOrgNumber(wrong); err == nil {
				t.Fatalf("%s: accepted %s", org, wrong)
			}
		}
		checkJSON(t, org)
	})
}

func FuzzParseMVANumber(f *testing.F) {
	f.Add("NO995525828MVA")
	f.Add("988 077 917 mva")
	f.Fuzz(func(t *testing.T, text string) {
		mva, err := timebok.ParseMVANumber(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadMVANumber, text)
			return
		}
		for _, form := range []string{mva.String(), mva.Display()} {
			if back, err := timebok.ParseMVANumber(form); err != nil || back != mva {
				t.Fatalf("%q came back as %v, %v", form, back, err)
			}
		}
		for wrong := range oneWrong(mva.String()) {
			if _, err := timebok.ParseMVANumber(wrong); err == nil {
				t.Fatalf("%s: accepted %s", mva, wrong)
			}
		}
		checkJSON(t, mva)
	})
}

func ExampleOrgNumber() {
	org, err := timebok.ParseOrgNumber("9908:988 077 917")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(org)
	fmt.Println(org.Display())
	fmt.Println(org.EndpointID())
	fmt.Println(org.MVA())

	_, err = timebok.ParseOrgNumber("988077918")
	fmt.Println(err)
	// Output:
	// 988077917
	// 988 077 917
	// 0192:988077917
	// NO988077917MVA
	// timebok: invalid: is not a valid Norwegian organisation number [orgnumber.invalid]
}
