package ical

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// A text comes back as it was, through escape and fold, also with backslashes.
func TestLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 300).Draw(t, "length")
		text := rapid.StringOfN(rapid.RuneFrom([]rune(`aNn\å😀,;:" `+"\n\t")), n, n, -1).Draw(t, "text")
		var w writer
		w.line("X-TEXT;A=\"b;c:d\":" + escape(text))
		lines := unfold(string(w))
		if len(lines) != 2 || lines[1] != "" {
			t.Fatalf("unfolded into %q", lines)
		}
		p, ok := parse(lines[0])
		if !ok || p.name != "X-TEXT" || p.params["A"] != "b;c:d" || unescape(p.value) != text {
			t.Fatalf("%q is read as %+v", text, p)
		}
		for line := range strings.SplitSeq(string(w), "\r\n") {
			if len(line) > maxLine || !utf8.ValidString(line) {
				t.Fatalf("a line of %d octets: %q", len(line), line)
			}
		}
	})
}
