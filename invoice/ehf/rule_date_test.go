package ehf

import (
	"testing"
	"time"
)

// A date of any other byte at any place is none, whatever the bytes beside it.
func TestPlainDayBytes(t *testing.T) {
	for _, date := range []string{"2026-11-23", "1999-12-31", "2024-02-29", "2025-02-29", "0000-01-01"} {
		for at := range len(date) {
			for c := range 256 {
				b := []byte(date)
				b[at] = byte(c)
				_, err := time.Parse(time.DateOnly, string(b))
				want := err == nil && string(b[:4]) != "0000"
				if _, got := plainDay(b); got != want {
					t.Errorf("%q: %t, want %t", b, got, want)
				}
			}
		}
	}
}
