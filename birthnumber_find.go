package timebok

import (
	"strings"
	"unicode/utf8"
)

// HasBirthNumber reports whether a valid birth number stands in a text: eleven digits, or
// the groups in which people write them, such as 109155 96784 and 10.91.55-96784. Texts
// that leave the clinic are held to it: an invoice to an insurer names nobody.
func HasBirthNumber(text string) bool {
	for i := 0; i < len(text); {
		n := digitsAt(text, i)
		for _, groups := range birthNumberGroups {
			if number, ok := groupsAt(text, i, groups); ok {
				if _, err := ParseBirthNumber(number); err == nil {
					return true
				}
			}
		}
		i += max(n, 1)
	}
	return false
}

// birthNumberGroups are how people write birth numbers. Others are more likely to be a
// date and a time, a number of a case with something behind it, or an account.
var birthNumberGroups = [][]int{{11}, {6, 5}, {6, 3, 2}, {2, 2, 2, 5}, {2, 2, 2, 3, 2}}

// groupsAt is what groups of so many digits at i are together, if they stand there.
func groupsAt(text string, i int, groups []int) (number string, ok bool) {
	for g, n := range groups {
		if g > 0 {
			size := separatorAt(text, i)
			if size == 0 {
				return "", false
			}
			i += size
		}
		if digitsAt(text, i) != n {
			return "", false
		}
		number += text[i : i+n]
		i += n
	}
	return number, true
}

// separatorAt is the length of what separates groups of digits at i: up to three
// characters, or 0 if nothing does.
func separatorAt(text string, i int) int {
	n := 0
	for range 3 {
		r, size := utf8.DecodeRuneInString(text[i+n:])
		if size == 0 || !strings.ContainsRune(" \u00a0\u2009\u202f.-\u2010\u2011\u2013/", r) {
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
