package ehf

import (
	"math/rand"
	"strings"
	"testing"
)

// What the scanner does in words must be what it would do byte for byte, wherever
// in a word something stands.
func TestWords(t *testing.T) {
	const alphabet = "abcdefghij0123:-. \t\n\r<=>?&]/'\"\x00\x1f\x7f\x80\xc3\xa6\xee\xef\xf0\xff"
	rng := rand.New(rand.NewSource(1))
	for range 200_000 {
		b := make([]byte, rng.Intn(48))
		letters := 1 + rng.Intn(len(alphabet)) // few, so that runs are long
		for i := range b {
			b[i] = alphabet[rng.Intn(letters)]
			if rng.Intn(40) == 0 {
				b[i] = byte(rng.Intn(256))
			}
		}
		if want := until(b, func(c byte) bool { return classes[c]&special != 0 }); plainEnd(b, 0) != want {
			t.Fatalf("plainEnd(%q) = %d, want %d", b, plainEnd(b, 0), want)
		}
		if want := until(b, func(c byte) bool { return c != ' ' }); spacesEnd(b, 0) != want {
			t.Fatalf("spacesEnd(%q) = %d, want %d", b, spacesEnd(b, 0), want)
		}
		if want := until(b, func(c byte) bool { return c <= ' ' }) < len(b); hasSpace(b) != want {
			t.Fatalf("hasSpace(%q) = %t", b, !want)
		}
		var key, same nameKey
		size := key.read(b)
		want := until(b, func(c byte) bool { return c <= ' ' || c >= '<' && c <= '?' })
		switch {
		case size == 0: // too long, or too near the end of the document
			if want > 0 && want < 32 && len(b)-want >= 8 || key != (nameKey{}) {
				t.Fatalf("the key of %q is not read", b)
			}
		case size != want:
			t.Fatalf("the key of %q has %d bytes, want %d", b, size, want)
		case same.read([]byte(string(b[:want])+strings.Repeat(" ", 8))) != want || same != key:
			t.Fatalf("the key of %q depends on what comes after", b)
		}
	}
}

// Each type finds its children where its sequence has them, and no others.
func TestPlaces(t *testing.T) {
	s := ubl21()
	for i, of := range s.types {
		places := map[name]int{}
		for k, child := range s.child[of.from:of.to] {
			places[child] = k
		}
		if len(places) != int(of.to-of.from) {
			t.Fatalf("type %d has a child twice", i)
		}
		for n := range words().names {
			got, ok := s.place(of, name(n))
			if want, is := places[name(n)]; ok != is || got != want {
				t.Fatalf("type %d: %v at %d, %t, want %d, %t", i, name(n), got, ok, want, is)
			}
		}
	}
}
