package ehf

import (
	"encoding/base64"
	"slices"
	"unicode/utf8"

	civil "github.com/rickb777/date"
)

// A writer writes XML into b, of which n bytes are written. It counts instead of
// appending, since a slice that grows is a pointer that the collector must hear
// of. Names of elements come as "cbc:ID>": they end both of their tags.
type writer struct {
	b   []byte
	n   int
	odd bool // a text was written that checkTexts must look at

	day     civil.Date // the last date that was written: a line has one twice
	dayText [10]byte
}

// room makes sure that there is room for n bytes more.
func (w *writer) room(n int) {
	if len(w.b)-w.n < n {
		w.b = slices.Grow(w.b[:w.n], n)
		w.b = w.b[:cap(w.b)]
	}
}

func (w *writer) raw(s string) {
	w.room(len(s))
	w.n += copy(w.b[w.n:], s)
}

// leaf writes an element with a text, and nothing for none: rule R008 forbids
// empty elements.
func (w *writer) leaf(name, text string) {
	if text == "" {
		return
	}
	w.open(name)
	w.text(text)
	w.shut(name)
}

func (w *writer) open(name string) {
	w.room(len(name) + 1)
	w.b[w.n] = '<'
	w.n += 1 + copy(w.b[w.n+1:], name)
}

func (w *writer) shut(name string) {
	w.room(len(name) + 2)
	w.b[w.n], w.b[w.n+1] = '<', '/'
	w.n += 2 + copy(w.b[w.n+2:], name)
}

// scheme writes an identifier with its scheme.
func (w *writer) scheme(name string, id Identifier) {
	if id.Value == "" {
		return
	}
	if id.Scheme == "" {
		w.leaf(name, id.Value)
		return
	}
	w.open(name[:len(name)-1])
	w.raw(" schemeID=\"")
	w.text(id.Scheme)
	w.raw("\">")
	w.text(id.Value)
	w.shut(name)
}

// attribute writes an attribute, whose name comes as ` schemeID="`.
func (w *writer) attribute(name, value string) {
	w.raw(name)
	w.text(value)
	w.raw("\"")
}

func (w *writer) date(name string, day *civil.Date) {
	if day == nil {
		return
	}
	w.open(name)
	w.dayOf(*day)
	w.shut(name)
}

func (w *writer) dayOf(day civil.Date) {
	if day != w.day || w.dayText[0] == 0 {
		w.day = day
		w.odd = !formatDate(&w.dayText, day) || w.odd
	}
	w.room(len(w.dayText))
	w.n += copy(w.b[w.n:], w.dayText[:])
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

// money writes an amount of kroner.
func (w *writer) money(name string, ore int64) {
	w.open(name[:len(name)-1])
	w.raw(" currencyID=\"" + kroner + "\">")
	w.ore(ore)
	w.shut(name)
}

// numberSize is more than the longest number takes.
const numberSize = 32

func (w *writer) ore(ore int64) {
	w.room(numberSize)
	w.n = len(appendOre(w.b[:w.n], ore))
}

func (w *writer) number(f fixed) {
	w.room(numberSize)
	w.n = len(f.append(w.b[:w.n]))
}

func (w *writer) base64(content []byte) {
	size := base64.StdEncoding.EncodedLen(len(content))
	w.room(size)
	base64.StdEncoding.Encode(w.b[w.n:], content)
	w.n += size
}

// kinds of bytes in texts
const (
	plainByte = iota
	markupByte
	wideByte
)

var byteKinds = func() (k [256]uint8) {
	for b := range k {
		switch {
		case b < 0x20, b == '<', b == '>', b == '&', b == '"':
			k[b] = markupByte
		case b >= 0x80:
			k[b] = wideByte
		}
	}
	return k
}()

// text writes character data, escaped so that it is good in attributes as well
// and comes back byte for byte: a reader turns a bare carriage return into a
// line feed, and in an attribute a line feed into a space.
//
// Most texts are plain. That is found out eight bytes at a time: the high bit of
// a byte of the sum below is set where the byte is not plain. '<' and '>' differ
// in one bit, and so do '"' and '&' in another.
func (w *writer) text(s string) {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(s); i += 8 {
		p := s[i : i+8]
		x := uint64(p[0]) | uint64(p[1])<<8 | uint64(p[2])<<16 | uint64(p[3])<<24 |
			uint64(p[4])<<32 | uint64(p[5])<<40 | uint64(p[6])<<48 | uint64(p[7])<<56
		angle := x&^(2*ones) ^ '<'*ones
		quote := x&^(4*ones) ^ '"'*ones
		if (x|(x-0x20*ones)|(angle-ones)|(quote-ones))&highs != 0 {
			break
		}
	}
	for ; i < len(s) && byteKinds[s[i]] == plainByte; i++ {
	}
	if i < len(s) || len(s) > 0 && s[0] == ' ' {
		w.escaped(s, i)
		return
	}
	w.raw(s)
}

// escaped is text for one that is not plain from i on.
func (w *writer) escaped(s string, i int) {
	w.odd = w.odd || isBlank(s)
	from := 0
	for ; i < len(s); i++ {
		switch byteKinds[s[i]] {
		case plainByte:
			continue
		case wideByte:
			size := wideSize(s[i:])
			if size == 0 {
				w.odd = true
				size = 1
			}
			i += size - 1
			continue
		}
		w.raw(s[from:i])
		w.raw(escapes(s[i]))
		w.odd = w.odd || s[i] < 0x20 && s[i] != '\t' && s[i] != '\n' && s[i] != '\r'
		from = i + 1
	}
	w.raw(s[from:])
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

// wideSize is the size of the character that s begins with, 0 if it is none
// that XML 1.0 allows.
func wideSize(s string) int {
	r, size := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
		return 0
	}
	return size
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
