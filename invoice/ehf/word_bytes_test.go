package ehf

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"
)

// What looks at words is shown every byte at every place, and compared with what
// looks at one byte after the other. A fault of such code comes of one byte that
// borrows from the next, so that the bytes beside it matter as well.

// everyByte calls see with every byte at every place of texts of up to 24 bytes that
// have but one byte else, and with every two neighbours where words meet.
func everyByte(see func(b []byte)) {
	for _, filler := range []byte("a0 \x00\x01\x1F!\"#%&';<=>?@\\]^\x7F\x80\x9F\xA0\xBC\xEE\xEF\xF0\xFE\xFF") {
		for size := range 25 {
			b := bytes.Repeat([]byte{filler}, size)
			see(b)
			for at := range b {
				for c := range 256 {
					b[at] = byte(c)
					see(b)
				}
				b[at] = filler
			}
		}
	}
	b := []byte(strings.Repeat("a", 17))
	for _, at := range []int{0, 6, 7, 8, 15} {
		for two := range 1 << 16 {
			b[at], b[at+1] = byte(two>>8), byte(two)
			see(b)
		}
		b[at], b[at+1] = 'a', 'a'
	}
}

// until is how many bytes come before the first that stops.
func until(b []byte, stops func(byte) bool) int {
	for i, c := range b {
		if stops(c) {
			return i
		}
	}
	return len(b)
}

// The lowest mark stands where the first byte that is looked for stands.
func TestMarkBytes(t *testing.T) {
	everyByte(func(b []byte) {
		if len(b) < 8 {
			return
		}
		b = b[len(b)-8:]
		x := binary.LittleEndian.Uint64(b)
		for _, c := range []byte{0, 1, ' ', '!', '0', '~', 0x7F, 0x80} {
			if got, want := firstOf(below(x, c)), until(b, func(d byte) bool { return d < c }); got != want {
				t.Fatalf("below %#x in %q at %d, want %d", c, b, got, want)
			}
		}
		for _, c := range []byte{0, 1, ' ', '"', '\'', 'a', 0x7F, 0x80, 0x81, 0xEF, 0xFE, 0xFF} {
			if got, want := firstOf(equal(x, c)), until(b, func(d byte) bool { return d == c }); got != want {
				t.Fatalf("%#x in %q at %d, want %d", c, b, got, want)
			}
		}
		if got, want := firstOf(specials(x)), until(b, func(d byte) bool { return d < ' ' || strings.IndexByte("<&]\xEF", d) >= 0 }); got != want {
			t.Fatalf("a special byte in %q at %d, want %d", b, got, want)
		}
	})
}

func TestRunBytes(t *testing.T) {
	everyByte(func(b []byte) {
		if got, want := plainEnd(b, 0), until(b, func(c byte) bool { return classes[c]&special != 0 }); got != want {
			t.Fatalf("plain text of %q ends at %d, want %d", b, got, want)
		}
		if got, want := spacesEnd(b, 0), until(b, func(c byte) bool { return c != ' ' }); got != want {
			t.Fatalf("spaces of %q end at %d, want %d", b, got, want)
		}
		if got, want := hasSpace(b), until(b, func(c byte) bool { return c <= ' ' }) < len(b); got != want {
			t.Fatalf("white space in %q: %t", b, got)
		}
		var word uint64
		for i, c := range b[:min(len(b), 8)] {
			word |= uint64(c) << (8 * i)
		}
		if got := pack(b); got != word {
			t.Fatalf("%q is packed as %x, want %x", b, got, word)
		}
	})
}

// A key is read if the word that has the end of the name in it is all there.
func TestNameKeyBytes(t *testing.T) {
	everyByte(func(b []byte) {
		size := until(b, func(c byte) bool { return c <= ' ' || c >= '<' && c <= '?' })
		var want nameKey
		if size/8*8+8 <= len(b) {
			for i, c := range b[:size] {
				want[i/8] |= uint64(c) << (8 * (i % 8))
			}
		} else {
			size = 0
		}
		var key nameKey
		if got := key.read(b); got != size || key != want {
			t.Fatalf("the key of %q is %x of %d bytes, want %x of %d", b, key, got, want, size)
		}
	})
}

// Each byte of a name counts where it begins something, and none behind it.
func TestBeginsBytes(t *testing.T) {
	const text = "abcdefghijklmnopqrstuvwxyz12345"
	for size := range len(text) + 1 {
		var key nameKey
		key.read([]byte(text[:size] + strings.Repeat(" ", 40)))
		for room := range 41 {
			b := []byte(text[:size] + strings.Repeat("\xFF", 41))[:room]
			if got := key.begins(b, uint8(size)); got != (size > 0 && room >= 32) {
				t.Fatalf("%q begins with %d bytes of the name: %t", b, size, got)
			}
		}
		b := []byte(text[:size] + strings.Repeat("\x80", 40))
		for at := range 32 {
			was := b[at]
			for c := range 256 {
				b[at] = byte(c)
				if got := key.begins(b, uint8(size)); got != (size > 0 && (at >= size || b[at] == was)) {
					t.Fatalf("%q begins with %d bytes of the name: %t", b, size, got)
				}
			}
			b[at] = was
		}
	}
}

// An attribute's value is what the plain reading of XML 1.0 makes of it.
func TestAttributeValueBytes(t *testing.T) {
	read := func(b []byte, quote byte) (string, bool) {
		var value []byte
		for i := 0; i < len(b) && b[i] != quote; i++ {
			switch c := b[i]; {
			case c == '\r' && b[i+1] == '\n':
			case c == '\t', c == '\n', c == '\r':
				value = append(value, ' ')
			case c < ' ', c == '<', c == '&': // no reference is whole
				return "", false
			default:
				value = append(value, c)
			}
		}
		return string(value), true
	}
	var d tree
	everyByte(func(b []byte) {
		if bytes.Contains(b, []byte("\xEF\xBF")) {
			return // what looks for U+FFFE and U+FFFF here relies on good UTF-8
		}
		for _, quote := range []byte{'"', '\''} {
			src := append(append([]byte{'=', quote}, b...), quote)
			want, ok := read(src[2:], quote)
			d.reset(src)
			s := &d.scanner
			s.t, s.src, s.i = &d, src, 0
			value, side, err := s.attributeValue()
			if got := string(d.bytes(value, side)); (err == nil) != ok || ok && got != want {
				t.Fatalf("%q is %q, %v, want %q, %t", src, got, err, want, ok)
			}
		}
	})
}

// A tree that has seen an element takes it for the same only if every byte is, and an
// end tag for that of its element.
func TestSeenBytes(t *testing.T) {
	const element = `<cbc:ID schemeID="0088">7300010000001</cbc:ID>`
	start := len(openInvoice + "<cac:Party>")
	doc := []byte(openInvoice + "<cac:Party>" + element + "</cac:Party>" + closeInvoice)
	var used, fresh tree
	for at := start; at < start+len(element); at++ {
		for c := range 256 {
			if err := parse(&used, doc, Limits{}); err != nil {
				t.Fatal(err)
			}
			was := doc[at]
			doc[at] = byte(c)
			fresh.scanner = scanner{}
			got, want := parse(&used, doc, Limits{}), parse(&fresh, doc, Limits{})
			if (got == nil) != (want == nil) || want != nil && *got.(*ReadError) != *want.(*ReadError) {
				t.Fatalf("%q: %v, of a new tree %v", doc[start:], got, want)
			}
			if !slices.Equal(used.elems, fresh.elems) || !slices.Equal(used.attrs, fresh.attrs) {
				t.Fatalf("%q: another tree than a new one", doc[start:])
			}
			if names := at-start < len("<cbc:ID") || at-start >= len(element)-len("</cbc:ID>"); names && byte(c) != was && got == nil {
				t.Fatalf("%q is read", doc[start:])
			}
			doc[at] = was
		}
	}
}

// A name is found if, and only if, all of its bytes are right.
func TestVocabularyBytes(t *testing.T) {
	v := words()
	type entry struct {
		space space
		local string
	}
	all := map[entry]name{}
	for n := range v.names {
		if name(n) != unknown {
			all[entry{v.spaces[n], v.locals[n]}] = name(n)
		}
	}
	see := func(sp space, local []byte) {
		if got, want := v.find(sp, local), all[entry{sp, string(local)}]; got != want {
			t.Fatalf("%q in space %d is %v, want %v", local, sp, got, want)
		}
		var key nameKey
		if size := key.read(append(local[:len(local):len(local)], strings.Repeat(" ", 32)...)); size == len(local) && size > 0 {
			if got, want := v.attribute(&key), all[entry{noSpace, string(local)}]; got != want {
				t.Fatalf("attribute %q is %v, want %v", local, got, want)
			}
		}
	}
	for e := range all {
		for sp := noSpace; sp <= foreign; sp++ {
			see(sp, []byte(e.local))
		}
		b := []byte(e.local + "s")
		see(e.space, b)
		b = b[:len(e.local)]
		for at := range b {
			see(e.space, b[:at])
			for _, flip := range []byte{1, 2, 0x10, ' ', 0x80, 0xFF} {
				b[at] ^= flip
				see(e.space, b)
				b[at] ^= flip
			}
		}
	}
}

// Nor is a code on a list that differs from one in a byte, or has one more.
func TestCodeBytes(t *testing.T) {
	for _, l := range []*codeList{countries, units, paymentMeans, identifierSchemes, attachmentTypes} {
		all := map[string]bool{}
		for _, c := range strings.Fields(l.text) {
			all[c] = true
		}
		see := func(code []byte) {
			if got := l.has(code); got != all[string(code)] {
				t.Fatalf("%q on a list: %t", code, got)
			}
		}
		see(nil)
		for text := range all {
			b := append([]byte(text), 0, 0)
			see(b)
			b = b[:len(b)-1]
			for at := range b {
				was := b[at]
				for c := range 256 {
					b[at] = byte(c)
					see(b)
					see(b[:len(text)])
				}
				b[at] = was
			}
		}
	}
}

// Two bytes of a date, any beside any other.
func TestPlainDayNeighbours(t *testing.T) {
	date := []byte("2026-11-23")
	for at := range len(date) - 1 {
		first, second := date[at], date[at+1]
		for two := range 1 << 16 {
			date[at], date[at+1] = byte(two>>8), byte(two)
			_, err := time.Parse(time.DateOnly, string(date))
			want := err == nil && string(date[:4]) != "0000"
			if _, got := plainDay(date); got != want {
				t.Fatalf("%q: %t, want %t", date, got, want)
			}
		}
		date[at], date[at+1] = first, second
	}
}
