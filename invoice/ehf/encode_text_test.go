package ehf

import (
	"strings"
	"testing"
)

// survey looks at words, and says what a look at each byte says.
func TestSurvey(t *testing.T) {
	everyByte(func(b []byte) {
		marked, wide := survey(string(b))
		if want := until(b, func(c byte) bool { return c < 0x20 || strings.IndexByte("<>&\"", c) >= 0 }) < len(b); marked != want {
			t.Fatalf("%q: marked %t", b, marked)
		}
		if want := until(b, func(c byte) bool { return c >= 0x80 }) < len(b); wide != want {
			t.Fatalf("%q: wide %t", b, wide)
		}
	})
}

func TestIsXML(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "Åse\t\r\n": true, "\uD7FF\uE000\uFFFD\U0001FFFE\U0010FFFF": true, "\uFEFF": true,
		"\x00": false, "a\x1F": false, "\uFFFE": false, "a\uFFFFb": false,
		"\xC3": false, "\xC0\x80": false, "\xED\xA0\x80": false, "\xF4\x90\x80\x80": false,
	} {
		if isXML(text) != want {
			t.Errorf("%q: %t", text, !want)
		}
	}
}
