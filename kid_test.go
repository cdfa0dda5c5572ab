package timebok_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/timebok/timebok"
)

func TestParseKID(t *testing.T) {
	const mod10, mod11 = timebok.KIDMod10, timebok.KIDMod11
	for text, want := range map[string]timebok.KIDAlgorithm{
		"2345676": mod10, "12344": mod10, "602243": mod10,
		"12345678903": mod11, "12343": mod11, "1000005-": mod11,
		"234 5676": mod10, " 1000005- ": mod11,
	} {
		kid, err := timebok.ParseKID(text)
		if err != nil || !slices.Contains(kid.Algorithms(), want) {
			t.Errorf("%q: got %v %v, %v, want %s", text, kid, kid.Algorithms(), err, want)
		}
		if kid.String() != strings.ReplaceAll(text, " ", "") {
			t.Errorf("%q: got %v", text, kid)
		}
		checkJSON(t, kid)
	}
	for _, text := range []string{
		"", "0", "-", "--", "1-", "2345674", "100030", "-1000005", "1000-005", "2345676A", "1000005–",
		strings.Repeat("0", 26), "２３４５６７６",
	} {
		_, err := timebok.ParseKID(text)
		checkInvalid(t, err, timebok.BadKID, text)
	}
	given, _ := timebok.ParseKID("12344")
	checkZero(t, given)
	if (timebok.KID{}).Algorithms() != nil {
		t.Error("the zero KID is valid by something")
	}
}

func TestNewKID(t *testing.T) {
	for _, c := range []struct {
		make   func(string) (timebok.KID, error)
		digits string
		want   string
	}{
		{timebok.NewKID10, "234567", "2345676"},
		{timebok.NewKID10, "1234", "12344"},
		{timebok.NewKID10, "60224", "602243"},
		{timebok.NewKID11, "1234567890", "12345678903"},
		{timebok.NewKID11, "1234", "12343"},
		{timebok.NewKID11, "1000005", "1000005-"},
	} {
		if kid, err := c.make(c.digits); err != nil || kid.String() != c.want {
			t.Errorf("%s: got %v, %v, want %s", c.digits, kid, err, c.want)
		}
	}
	for _, digits := range []string{"", "12a", "-", " 1", strings.Repeat("1", 25)} {
		_, err := timebok.NewKID10(digits)
		checkInvalid(t, err, timebok.BadKID, digits)
		_, err = timebok.NewKID11(digits)
		checkInvalid(t, err, timebok.BadKID, digits)
	}
}

// What the library makes is valid by the algorithm it was made by, and no
// longer once a digit is wrong.
func TestNewKIDIsValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`[0-9]{1,24}`).Draw(t, "digits")
		for algorithm, make := range map[timebok.KIDAlgorithm]func(string) (timebok.KID, error){
			timebok.KIDMod10: timebok.NewKID10, timebok.KIDMod11: timebok.NewKID11,
		} {
			kid, err := make(digits)
			if err != nil {
				t.Fatal(err)
			}
			back, err := timebok.ParseKID(kid.String())
			if err != nil || back != kid || !slices.Contains(back.Algorithms(), algorithm) {
				t.Fatalf("%s: came back as %v %v, %v", kid, back, back.Algorithms(), err)
			}
			for wrong := range oneWrong(kid.String()) {
				found, err := timebok.ParseKID(wrong)
				if err == nil && slices.Contains(found.Algorithms(), algorithm) {
					t.Fatalf("%s: %s accepted %s", kid, algorithm, wrong)
				}
			}
		}
	})
}

func FuzzParseKID(f *testing.F) {
	for _, text := range []string{"2345676", "12344", "602243", "12345678903", "12343", "1000005-", "2345674"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		kid, err := timebok.ParseKID(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadKID, text)
			return
		}
		back, err := timebok.ParseKID(kid.String())
		if err != nil || back != kid || len(kid.String()) < 2 || len(kid.String()) > 25 {
			t.Fatalf("%q came back as %v, %v", kid, back, err)
		}
		for wrong := range oneWrong(kid.String()) {
			other, err := timebok.ParseKID(wrong)
			if err != nil {
				continue
			}
			for _, algorithm := range other.Algorithms() {
				if slices.Contains(kid.Algorithms(), algorithm) {
					t.Fatalf("%s: %s accepted %s", kid, algorithm, wrong)
				}
			}
		}
		checkJSON(t, kid)
	})
}

func ExampleKID() {
	made, _ := timebok.NewKID10("60224") // a customer or invoice number
	fmt.Println(made, made.Algorithms())

	read, err := timebok.ParseKID("1000005-")
	fmt.Println(read, read.Algorithms(), err)

	_, err = timebok.ParseKID("602244")
	fmt.Println(err)
	// Output:
	// 602243 [MOD10]
	// 1000005- [MOD11] <nil>
	// timebok: invalid: is not a valid Norwegian payment reference (KID) [kid.invalid]
}
