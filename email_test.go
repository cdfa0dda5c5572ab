package timebok_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/timebok/timebok"
)

func TestParseEmailAddress(t *testing.T) {
	for _, text := range []string{
		"kari@example.no", "kari.nordmann+time@sub.example.no", "o'brien@example.com", "kåre@blåbær.example", "a@b",
		"kari_nordmann-2@xn--blbr-roah.example", strings.Repeat("a", 64) + "@" + strings.Repeat("b", 185) + ".no",
	} {
		email, err := timebok.ParseEmailAddress(text)
		if err != nil || email.Reveal() != text {
			t.Errorf("%q: got %q, %v", text, email.Reveal(), err)
		}
	}
	if email, err := timebok.ParseEmailAddress(" kari@example.no\u00a0"); err != nil || email.Reveal() != "kari@example.no" {
		t.Errorf("spaces around: got %q, %v", email.Reveal(), err)
	}
	for _, text := range []string{
		"", "@", "kari", "kari@", "@example.no", "kari@@example.no", "kari@example@no", "ka ri@example.no", "kari@exam ple.no",
		"kari@example.no\r\nBcc: ola@example.no", "kari@example.no\n", "\tkari@example.no", "Kari <kari@example.no>",
		"<kari@example.no>", `"kari"@example.no`, "kari@example.no,ola@example.no", "kari@example.no;ola", "kari@[127.0.0.1]",
		"kari@example..no", ".kari@example.no", "kari.@example.no", "ka..ri@example.no", "kari@example.no.",
		"ka\x00ri@example.no", "kari\xff@example.no", "kari\u202e@example.no", "kari@exa\u200bmple.no", "kari\u2028@example.no",
		"kari@ex_ample.no", "mailto:kari@example.no", strings.Repeat("a", 252) + "@no",
	} {
		_, err := timebok.ParseEmailAddress(text)
		checkInvalid(t, err, timebok.BadEmailAddress, text)
	}
}

func FuzzParseEmailAddress(f *testing.F) {
	f.Add("kari@example.no")
	f.Add("kåre@blåbær.example")
	f.Add("kari@example.no\r\nBcc: ola@example.no")
	f.Fuzz(func(t *testing.T, text string) {
		email, err := timebok.ParseEmailAddress(text)
		if err != nil {
			checkInvalid(t, err, timebok.BadEmailAddress, text)
			return
		}
		plain := email.Reveal()
		back, err := timebok.ParseEmailAddress(plain)
		if err != nil || back != email {
			t.Fatalf("%q came back as %q, %v", plain, back.Reveal(), err)
		}
		if len(plain) > 254 || !utf8.ValidString(plain) || strings.Count(plain, "@") != 1 || strings.ContainsAny(plain, " \r\n\t\"<>,;:()\\\x00") {
			t.Fatalf("accepted %q", plain)
		}
	})
}
