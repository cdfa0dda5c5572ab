package ehf

import (
	"strings"
	"unicode/utf8"

	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// A writer appends XML to the slices that its methods are given. They take the
// markup before and after a value whole: few long copies cost less than many
// short ones.
type writer struct {
	figures [20]figures // of the first lines, as addUp found them

	repeats

	odd bool // a text was written that checkTexts must look at

	last     civil.Date // the last date that was written: a line has one twice
	lastText [10]byte   // and its text
}

// leaf writes a text between two pieces of markup, and nothing for none: rule
// R008 forbids empty elements.
func (w *writer) leaf(b []byte, open, text, shut string) []byte {
	if text == "" {
		return b
	}
	return append(w.text(append(b, open...), text), shut...)
}

// code is leaf for what needs no escaping: check has seen it on a list.
func (w *writer) code(b []byte, open, code, shut string) []byte {
	if code == "" {
		return b
	}
	return append(append(append(b, open...), code...), shut...)
}

// scheme writes an identifier with its scheme. The markup before it lacks the end
// of the start tag.
func (w *writer) scheme(b []byte, open string, id Identifier, shut string) []byte {
	if id.Value == "" {
		return b
	}
	b = append(b, open...)
	switch id.Scheme {
	case "":
		b = append(b, '>')
	default:
		b = w.code(b, " schemeID=\"", id.Scheme, "\">")
	}
	return append(w.text(b, id.Value), shut...)
}

// org is scheme for what is mostly an organisation number: digits, as check has seen.
func (w *writer) org(b []byte, open string, id Identifier, shut string) []byte {
	if id.Scheme != timebok.OrgNumberScheme {
		return w.scheme(b, open, id, shut)
	}
	b = append(append(b, open...), " schemeID=\""+timebok.OrgNumberScheme+"\">"...)
	return append(append(b, id.Value...), shut...)
}

func (w *writer) date(b []byte, open string, day *civil.Date, shut string) []byte {
	if day == nil {
		return b
	}
	return append(w.day(append(b, open...), *day), shut...)
}

func (w *writer) day(b []byte, day civil.Date) []byte {
	if day != w.last || w.lastText[0] == 0 {
		w.last = day
		w.odd = !formatDate(&w.lastText, day) || w.odd
	}
	return append(b, w.lastText[:]...)
}

// formatDate writes 2026-11-02, and reports whether xs:date has the year.
func formatDate(text *[10]byte, day civil.Date) bool {
	y, m, d := day.Date()
	ok := y >= 1 && y <= 9999
	if !ok {
		y = 0
	}
	*text = [...]byte{byte('0' + y/1000), byte('0' + y/100%10), byte('0' + y/10%10), byte('0' + y%10), '-',
		byte('0' + m/10), byte('0' + m%10), '-', byte('0' + d/10), byte('0' + d%10)}
	return ok
}

// text writes character data, escaped so that it is good in attributes as well
// and comes back byte for byte: a reader turns a bare carriage return into a
// line feed, and in an attribute a line feed into a space.
func (w *writer) text(b []byte, s string) []byte {
	marked, wide := survey(s)
	if wide && !isUnicode(s) || len(s) > 0 && s[0] == ' ' && isBlank(s) {
		w.odd = true
	}
	if marked {
		return w.escaped(b, s)
	}
	return append(b, s...)
}

// survey reports whether a text has bytes that must be escaped, and whether it has
// some beyond ASCII. It looks at eight bytes at a time, the last eight may be
// looked at twice.
func survey(s string) (marked, wide bool) {
	var x uint64
	switch n := len(s); {
	case n >= 8:
		x = word(s[n-8:])
	case n >= 4:
		x = half(s) | half(s[n-4:])<<32
	case n > 0:
		x = uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16 | 0x2020202020<<24
	default:
		return false, false
	}
	found, all := markupIn(x), x
	for ; len(s) > 8; s = s[8:] {
		x = word(s)
		found |= markupIn(x)
		all |= x
	}
	return found&highs != 0, all&highs != 0
}

// word is the first eight bytes of s.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// half is the first four.
func half(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

// markupIn has the high bit of some byte set if, and only if, a byte of the word
// must be escaped. '<' and '>' differ in one bit, and so do '"' and '&' in another.
func markupIn(x uint64) uint64 {
	angle := x&^(2*ones) ^ '<'*ones
	quote := x&^(4*ones) ^ '"'*ones
	return ((x - 0x20*ones) | (angle - ones) | (quote - ones)) &^ x
}

// isMarkup is the bytes that escaped replaces.
var isMarkup = func() (is [256]bool) {
	for c := range is {
		is[c] = c < 0x20 || c == '<' || c == '>' || c == '&' || c == '"'
	}
	return is
}()

func (w *writer) escaped(b []byte, s string) []byte {
	w.odd = w.odd || isBlank(s)
	from := 0
	for i := range len(s) {
		c := s[i]
		if !isMarkup[c] {
			continue
		}
		b = append(append(b, s[from:i]...), escapes(c)...)
		w.odd = w.odd || c < 0x20 && c != '\t' && c != '\n' && c != '\r'
		from = i + 1
	}
	return append(b, s[from:]...)
}

func escapes(c byte) string {
	switch c {
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '&':
		return "&amp;"
	case '"':
		return "&quot;"
	case '\t':
		return "&#9;"
	case '\n':
		return "&#10;"
	case '\r':
		return "&#13;"
	}
	return "\uFFFD" // refused by checkTexts
}

// isUnicode reports whether a text is UTF-8 without the two code points that are
// no characters in XML 1.0. (Both begin with the byte EF.)
func isUnicode(s string) bool {
	return utf8.ValidString(s) && (strings.IndexByte(s, 0xEF) < 0 || !strings.ContainsAny(s, "\uFFFE\uFFFF"))
}

// isBlank reports whether there is nothing but XML's white space.
func isBlank(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}
