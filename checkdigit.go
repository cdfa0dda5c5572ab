package timebok

import "strings"

// compact drops the spaces that people and web pages put into numbers, also the
// non-breaking ones, and every rune of separators.
func compact(text, separators string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ', r == '\u00a0', r == '\u2009', r == '\u202f', strings.ContainsRune(separators, r):
			return -1
		}
		return r
	}, text)
}

// upper returns text with the letters a to z in upper case and all else as it is.
func upper(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// isDigits reports whether text is n ASCII digits.
func isDigits(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789") == ""
}

// weighted returns the sum of the digits, each times its weight.
func weighted(digits, weights string) int {
	sum := 0
	for i := range len(weights) {
		sum += int(digits[i]-'0') * int(weights[i]-'0')
	}
	return sum
}

// mod11Digit returns the MOD11 check digit 11 − (sum mod 11), where 11 counts as
// 0. It is false where that is 10, which no digit can say.
func mod11Digit(digits, weights string) (byte, bool) {
	switch k := 11 - weighted(digits, weights)%11; k {
	case 11:
		return '0', true
	case 10:
		return 0, false
	default:
		return byte('0' + k), true
	}
}

// hasMod11 reports whether the last of the digits is the check digit of the others.
func hasMod11(digits, weights string) bool {
	check, ok := mod11Digit(digits, weights)
	return ok && digits[len(weights)] == check
}

// luhnDigit returns the MOD10 check digit: from the right, every other digit,
// beginning with the last, is doubled and its digits added; the check digit
// fills the sum up to a multiple of ten.
func luhnDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return byte('0' + (10-sum%10)%10)
}
