package timebok

import (
	"strings"
	"unicode/utf8"
)

// HasBirthNumber reports whether a valid birth number stands in a text: eleven digits,
// together or in groups with one or two spaces, points, hyphens or slashes between them.
// Digits in groups as those of an account, four, two and five, are taken for one.
// Texts that leave the clinic are held to it: an invoice to an insurer names nobody.
func HasBirthNumber(text string) bool {
	for i := 0; i < len(text); {
		n := digitsAt(text, i)
		number := text[i : i+n]
		for end := i + n; n > 0 && n != 4 && len(number) < birthNumberLength; {
			from := end + separatorAt(text, end)
			end = from + digitsAt(text, from)
			if end == from {
				break
			}
			number += text[from:end]
		}
		if _, err := ParseBirthNumber(number); len(number) == birthNumberLength && err == nil {
			return true
		}
		i += max(n, 1)
	}
	return false
}

const birthNumberLength = 11

// separatorAt is the length of what separates groups of digits at i: one or two
// characters, or 0 if nothing does.
func separatorAt(text string, i int) int {
	n := 0
	for range 2 {
		r, size := utf8.DecodeRuneInString(text[i+n:])
		if !strings.ContainsRune(" \u00a0\u2009\u202f.-/", r) || size == 0 {
			break
		}
		n += size
	}
	return n
}

// digitsAt counts the digits that follow each other from i on.
func digitsAt(text string, i int) int {
	n := 0
	for i+n < len(text) && text[i+n] >= '0' && text[i+n] <= '9' {
		n++
	}
	return n
}
