package timebok_test

import (
	"fmt"
	"testing"

	"github.com/timebok/timebok"
)

func TestHasBirthNumber(t *testing.T) {
	for text, want := range map[string]bool{
		"":                         false,
		"Konsultasjon 50 minutter": false,
		"10915596784":              true,
		"time for 10915596784.":    true,
		"109155 96784":             true,
		"109155.96784":             true,
		"109155-96784":             true,
		"123456 10915596784":       true, // what stands before it does not hide it
		"109155 109155 96784":      true,
		"110915596784":             false, // twelve digits are another number
		"109155967840":             false,
		"109155  96784":            true,
		"109155\u00a096784":        true,
		"109155/96784":             true,
		"10 91 55 96784":           true,
		"10.91.55-96784":           true,
		"109155 967 84":            true,
		"10 91 55 967 84":          true,
		"109155 - 96784":           true,
		"109155–96784":             true,
		"109155    96784":          false,
		"12749547-012":             false, // a number of a case
		"900110866-15":             false,
		"02.01.2026 8.30":          false,
		"01.01.26-31.1.26":         false,
		"109155, 96784":            false,
		"5 10915596784":            true,
		"10915 596784 5":           false,
		"1091559678 45":            false,
		"1091.55.96784":            false, // an account
		"10915596785":              false, // the check digit is wrong
		"109155":                   false,
		"109155 ":                  false,
		"æ10915596784å":            true,
	} {
		if got := timebok.HasBirthNumber(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func FuzzHasBirthNumber(f *testing.F) {
	f.Add("109155", "96784")
	f.Fuzz(func(t *testing.T, before, after string) {
		timebok.HasBirthNumber(before + after)
		if !timebok.HasBirthNumber(before + " x10915596784x " + after) {
			t.Error("overlooked")
		}
	})
}

func ExampleHasBirthNumber() {
	fmt.Println(timebok.HasBirthNumber("Samtale med 109155 96784"), timebok.HasBirthNumber("Samtale, 50 minutter"))
	// Output: true false
}
