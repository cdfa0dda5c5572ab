package timebok_test

import (
	"fmt"
	"testing"

	"github.com/timebok/timebok"
)

var validBankAccounts = []string{"86011117947", "97104133219", "97105302049", "99990000006", "12345678903"}

func TestParseBankAccount(t *testing.T) {
	for _, text := range validBankAccounts {
		account, err := timebok.ParseBankAccount(text)
		if err != nil || account.String() != text {
			t.Errorf("%s: got %v, %v", text, account, err)
		}
		checkJSON(t, account)
		if back, ok := account.IBAN().BankAccount(); !ok || back != account {
			t.Errorf("%s: IBAN %s leads back to %v", text, account.IBAN(), back)
		}
	}
	want, _ := timebok.ParseBankAccount("86011117947")
	for _, text := range []string{"8601.11.17947", "8601 11 17947", "8601\u00a011\u00a017947", " 86011117947"} {
		if account, err := timebok.ParseBankAccount(text); err != nil || account != want {
			t.Errorf("%q: got %v, %v", text, account, err)
		}
	}
	for _, text := range []string{
		"", "86011117949", "99990000005", "00000000000", "00004090403", "4090403", "8601111794", "860111179470",
		"8601-11-17947", "8601,11,17947", "NO9386011117947", "8601111794X",
	} {
		_, err := timebok.ParseBankAccount(text)
		checkInvalid(t, err, timebok.BadBankAccount, text)
	}
	checkZero(t, want)
	if zero := (timebok.BankAccount{}); zero.Display() != "" || !zero.IBAN().IsZero() {
		t.Error("the zero account shows something")
	}
}

func FuzzParseBankAccount(f *testing.F) {
	for _, text := range validBankAccounts {
		f.Add(text)
	}
	f.Add("8601.11.17947")
	f.Fuzz(func(t *testing.T, text string) {
		account, err := timebok.ParseBankAccount(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadBankAccount, text)
			return
		}
		for _, form := range []string{account.String(), account.Display()} {
			if back, err := timebok.ParseBankAccount(form); err != nil || back != account {
				t.Fatalf("%q came back as %v, %v", form, back, err)
			}
		}
		for wrong := range oneWrong(account.String()) {
			if _, err := timebok.ParseBankAccount(wrong); err == nil {
				t.Fatalf("%s: accepted %s", account, wrong)
			}
		}
		iban, err := timebok.ParseIBAN(account.IBAN().Display())
		if back, ok := iban.BankAccount(); err != nil || !ok || back != account {
			t.Fatalf("%s: IBAN %s leads to %v, %v", account, account.IBAN(), back, err)
		}
		checkJSON(t, account)
	})
}

func ExampleBankAccount() {
	account, err := timebok.ParseBankAccount("8601 11 17947")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(account)
	fmt.Println(account.Display())
	fmt.Println(account.IBAN().Display())
	// Output:
	// 86011117947
	// 8601.11.17947
	// NO93 8601 1117 947
}
