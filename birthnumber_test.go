package timebok_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/timebok/timebok"
)

// Every number here is synthetic or an example of its source; none is a person's.
func TestParseBirthNumber(t *testing.T) {
	const fnr, dnr, hnr, fhn = timebok.NationalNumber, timebok.DNumber, timebok.HNumber, timebok.FHNumber
	for _, c := range []struct {
		text      string
		kind      timebok.BirthNumberKind
		synthetic bool
		born      string // "" where the digits do not tell
	}{
		{"13097248022", fnr, false, "1972-09-13"},
		{"29029648784", fnr, false, "1996-02-29"},
		{"29020075838", fnr, false, "2000-02-29"}, // year 00 is a leap year
		{"15021951940", fnr, false, "2019-02-15"}, // check digit 11 is 0
		{"15108695088", fnr, false, "1986-10-15"},
		{"31129956715", fnr, false, "1899-12-31"},
		{"02013299997", fnr, false, "2032-01-02"}, // the check of 2032 with remainder 0,
		{"30108299939", fnr, false, ""},           // 1,
		{"02013299903", fnr, false, ""},           // 2
		{"30108299920", fnr, false, "1982-10-30"}, // 0 again
		{"30108299955", fnr, false, ""},           // and 3, made for this test
		{"53097248016", dnr, false, "1972-09-13"},
		{"70108299914", dnr, false, "1982-10-30"},
		{"13527248013", hnr, false, "1972-12-13"},
		{"68467038838", hnr, false, "1970-06-28"}, // D and H
		{"10915596784", fnr, true, "1955-11-10"},
		{"50846202355", dnr, true, "1962-04-10"},
		{"41814061033", dnr, true, "1940-01-01"},
		{"41810021827", dnr, true, "2000-01-01"},
		{"24417138435", hnr, false, "1971-01-24"}, // NAV's series, as an H-number
		{"16526295130", hnr, false, "1962-12-16"},
		{"41664061188", dnr, true, "1940-01-01"}, // Norsk helsenett
		{"41774061388", dnr, true, "1940-12-01"},
		{"80000000098", fhn, false, ""}, // made for this test
	} {
		b, err := timebok.ParseBirthNumber(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		born := ""
		if day, ok := b.BirthDate(); ok {
			born = day.String()
		}
		if b.Reveal() != c.text || b.Kind() != c.kind || b.Synthetic() != c.synthetic || born != c.born {
			t.Errorf("%s: got %s %v %q, want %s %v %q", c.text, b.Kind(), b.Synthetic(), born, c.kind, c.synthetic, c.born)
		}
		spaced, err := timebok.ParseBirthNumber(c.text[:6] + " " + c.text[6:])
		if err != nil || spaced != b {
			t.Errorf("%s with a space: %v", c.text, err)
		}
		for wrong := range oneWrong(c.text) {
			if _, err := timebok.ParseBirthNumber(wrong); err == nil {
				t.Errorf("%s: accepted %s", c.text, wrong)
			}
		}
	}
	for _, text := range []string{
		"13097248032", "13097248023", "32127248022", "13137248022", "02013299987", // as published
		"30108299963", // the check of 2032 with remainder 4, made for this test
		"", "1309724802", "130972480222", "130972-48022", "13097248O22", "00000000000", "99999999999", "１３０９７２４８０２２",
	} {
		b, err := timebok.ParseBirthNumber(text)
		checkInvalid(t, err, timebok.BadBirthNumber, text)
		if err != nil && strings.ContainsAny(err.Error(), "0123456789") {
			t.Errorf("%s: digits in the error %v", text, err)
		}
		if !b.IsZero() {
			t.Errorf("%s: a number besides the error", text)
		}
	}
	zero := timebok.BirthNumber{}
	if _, ok := zero.BirthDate(); ok || zero.Kind() != "" || zero.Synthetic() || zero.Reveal() != "" {
		t.Error("the zero number says something")
	}
}

// The tables of centuries, at their edges. The check digits are searched for;
// one number at most has those that today's check gives, and it has the date.
func TestBirthDateCenturies(t *testing.T) {
	for _, c := range []struct{ digits, born string }{
		{"020100000", "1900-01-02"}, {"020199499", "1999-01-02"},
		{"010100500", "2000-01-01"}, {"010139999", "2039-01-01"},
		{"010140499", "1940-01-01"}, {"010140900", "1940-01-01"}, {"010199999", "1999-01-01"},
		{"010154500", "1854-01-01"}, {"010199749", "1899-01-01"},
		{"010153501", ""}, {"010153700", ""}, {"010140750", ""}, {"010199750", ""}, {"010199899", ""}, {"290200123", ""}, // 1900 had no such day
		{"410100000", "1900-01-01"}, {"410139199", "1939-01-01"},
		{"410100200", "2000-01-01"}, {"410139999", "2039-01-01"},
		{"410140000", "1940-01-01"}, {"410199499", "1999-01-01"}, {"410140600", "1940-01-01"}, {"410199999", "1999-01-01"},
		{"410158500", "1858-01-01"}, {"410199599", "1899-01-01"}, {"410157500", ""},
	} {
		found := false
		for check := range 100 {
			b, err := timebok.ParseBirthNumber(fmt.Sprintf("%s%02d", c.digits, check))
			if err != nil {
				continue
			}
			if day, ok := b.BirthDate(); ok {
				found = true
				if day.String() != c.born {
					t.Errorf("%s: got %s, want %q", b.Reveal(), day, c.born)
				}
			}
		}
		if !found && c.born != "" {
			t.Errorf("%s: no number gives a date", c.digits)
		}
	}
}

func FuzzParseBirthNumber(f *testing.F) {
	for _, text := range []string{
		"13097248022", "29020075838", "30108299939", "02013299903", "70108299914", "13527248013", "68467038838",
		"10915596784", "41810021827", "24417138435", "41664061188", "80000000098", "13097248023", "130972 48022",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		b, err := timebok.ParseBirthNumber(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadBirthNumber, text)
			return
		}
		back, err := timebok.ParseBirthNumber(b.Reveal())
		if err != nil || back != b || !back.Equal(b) {
			t.Fatalf("%s came back otherwise: %v", b.Reveal(), err)
		}
		if day, ok := b.BirthDate(); ok && (day.Year() < 1854 || day.Year() > 2039 || b.Kind() == timebok.FHNumber) {
			t.Fatalf("%s: born %s", b.Reveal(), day)
		}
		for wrong := range oneWrong(b.Reveal()) {
			if _, err := timebok.ParseBirthNumber(wrong); err == nil {
				t.Fatalf("%s: accepted %s", b.Reveal(), wrong)
			}
		}
	})
}

func ExampleBirthNumber() {
	b, err := timebok.ParseBirthNumber("418100 21827") // of the population register's test series
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b, b.Kind(), b.Synthetic())
	fmt.Println(b.Reveal())

	_, err = timebok.ParseBirthNumber("41810021828")
	fmt.Println(err)
	// Output:
	// [private] DNR true
	// 41810021827
	// timebok: invalid: is not a valid Norwegian national identity number, D-number or assigned number [birthnumber.invalid]
}
