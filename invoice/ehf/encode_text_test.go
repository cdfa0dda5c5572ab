package ehf

import (
	"strings"
	"testing"
)

// survey looks at words, and says what a look at each byte says: for every byte at
// every place of short texts, among bytes that differ from markup in one bit.
func TestSurvey(t *testing.T) {
	for _, filler := range []byte{'a', ' ', '~', '!', '=', '?', '\'', 0x7F, 0x80, 0xBC, 0xFF} {
		for size := 1; size <= 17; size++ {
			b := []byte(strings.Repeat(string([]byte{filler}), size))
			for at := range b {
				for c := range 256 {
					b[at] = byte(c)
					marked, wide := survey(string(b))
					if want := c < 0x20 || strings.IndexByte("<>&\"", byte(c)) >= 0; marked != want {
						t.Fatalf("%q: marked %t", b, marked)
					}
					if want := c >= 0x80 || filler >= 0x80 && size > 1; wide != want {
						t.Fatalf("%q: wide %t", b, wide)
					}
				}
				b[at] = filler
			}
		}
	}
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
