package timebok_test

import (
	"regexp"
	"testing"

	"github.com/timebok/timebok"
)

func TestParsePhoneNumber(t *testing.T) {
	for text, want := range map[string]string{
		"22225555": "+4722225555", "22 22 55 55": "+4722225555", "900 00 000": "+4790000000", "900\u00a000\u00a0000": "+4790000000",
		"+47 22 22 55 55": "+4722225555", "0047 22225555": "+4722225555", "47222255": "+4747222255",
		"+46 70-123 45 67": "+46701234567", "+1.202.555.0143": "+12025550143", "+683 4000": "+6834000", "+123456789012345": "+123456789012345",
	} {
		phone, err := timebok.ParsePhoneNumber(text)
		if err != nil || phone.Reveal() != want {
			t.Errorf("%q: got %q, %v, want %s", text, phone.Reveal(), err, want)
		}
	}
	for _, text := range []string{
		"", "+", "00", "2222555", "222255555", "02222555", "4722225555", "+472222555", "+47222255555", "+4702345678",
		"+012345678", "+46 (0)70 123 45 67", "+1234567890123456", "+12345", "++4722225555", "22+225555", "2222 555x",
		"tel:+4722225555", "２２２２５５５５", "22225555\n",
	} {
		_, err := timebok.ParsePhoneNumber(text)
		checkInvalid(t, err, timebok.BadPhoneNumber, text)
	}
}

func FuzzParsePhoneNumber(f *testing.F) {
	f.Add("22 22 55 55")
	f.Add("+46701234567")
	f.Add("0047")
	e164 := regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	f.Fuzz(func(t *testing.T, text string) {
		phone, err := timebok.ParsePhoneNumber(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadPhoneNumber, text)
			return
		}
		back, err := timebok.ParsePhoneNumber(phone.Reveal())
		if err != nil || back != phone || !e164.MatchString(phone.Reveal()) {
			t.Fatalf("%q came back as %q, %v", phone.Reveal(), back.Reveal(), err)
		}
	})
}
