package timebok_test

import (
	"fmt"
	"testing"

	"github.com/timebok/timebok"
)

func TestParseHPRNumber(t *testing.T) {
	for text, want := range map[string]string{
		"123456789": "123456789", "1234567": "1234567", "007654321": "7654321", "7": "7", " 1 234 567 ": "1234567",
	} {
		hpr, err := timebok.ParseHPRNumber(text)
		if err != nil || hpr.String() != want {
			t.Errorf("%q: got %v, %v", text, hpr, err)
		}
		checkJSON(t, hpr)
	}
	for _, text := range []string{"", "0", "000", "1234567890", "0123456789", "12345a7", "-1234567", "12.34", "１２３"} {
		_, err := timebok.ParseHPRNumber(text)
		checkInvalid(t, err, timebok.BadHPRNumber, text)
	}
	given, _ := timebok.ParseHPRNumber("7654321")
	checkZero(t, given)
}

func FuzzParseHPRNumber(f *testing.F) {
	f.Add("123456789")
	f.Add("007654321")
	f.Add("0")
	f.Fuzz(func(t *testing.T, text string) {
		hpr, err := timebok.ParseHPRNumber(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadHPRNumber, text)
			return
		}
		if back, err := timebok.ParseHPRNumber(hpr.String()); err != nil || back != hpr || hpr.String()[0] == '0' {
			t.Fatalf("%q came back as %v, %v", hpr, back, err)
		}
		checkJSON(t, hpr)
	})
}

func ExampleHPRNumber() {
	one, _ := timebok.ParseHPRNumber("7654321")
	two, _ := timebok.ParseHPRNumber("007654321")
	fmt.Println(two, one == two)
	// Output: 7654321 true
}
