package timebok

// HasBirthNumber reports whether a valid birth number stands in a text, as eleven
// digits or with a space, point or hyphen after the sixth. Texts that leave the
// clinic are held to it: an invoice to an insurer names nobody.
func HasBirthNumber(text string) bool {
	for i := 0; i < len(text); {
		n := digitsAt(text, i)
		number := text[i : i+n]
		if end := i + n; n == 6 && end < len(text) && (text[end] == ' ' || text[end] == '.' || text[end] == '-') {
			number += text[end+1 : end+1+digitsAt(text, end+1)]
		}
		if _, err := ParseBirthNumber(number); len(number) == 11 && err == nil {
			return true
		}
		i += max(n, 1)
	}
	return false
}

// digitsAt counts the digits that follow each other from i on.
func digitsAt(text string, i int) int {
	n := 0
	for i+n < len(text) && text[i+n] >= '0' && text[i+n] <= '9' {
		n++
	}
	return n
}
