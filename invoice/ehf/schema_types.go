package ehf

import (
	"bytes"
	"strconv"
)

// A dataType is one of UBL's unqualified data types, by what it demands.
type dataType uint8

const (
	aggregate dataType = iota // child elements and no value
	anything                  // not checked
	text
	identifier
	code
	amount
	quantity
	measure
	numeric
	indicator
	date
	timeOfDay
	dateTime
	base64Data

	firstChecked = amount // from here on the value has a form
)

func dataTypeOf(s string) dataType {
	switch s {
	case "any":
		return anything
	case "text":
		return text
	case "identifier":
		return identifier
	case "code":
		return code
	case "amount":
		return amount
	case "quantity":
		return quantity
	case "measure":
		return measure
	case "numeric":
		return numeric
	case "indicator":
		return indicator
	case "date":
		return date
	case "time":
		return timeOfDay
	case "dateTime":
		return dateTime
	case "binary":
		return base64Data
	}
	panic("ehf: schema text names the data type " + s)
}

// allows reports whether an element of the type may bear an attribute.
func (d dataType) allows(a name) bool {
	switch d {
	case text:
		return a == atLanguageID || a == atLanguageLocaleID
	case identifier:
		switch a {
		case atSchemeID, atSchemeName, atSchemeAgencyID, atSchemeAgencyName, atSchemeVersionID, atSchemeDataURI, atSchemeURI:
			return true
		}
	case code:
		switch a {
		case atListID, atListAgencyID, atListAgencyName, atListName, atListVersionID, atName, atLanguageID, atListURI, atListSchemeURI:
			return true
		}
	case amount:
		return a == atCurrencyID || a == atCurrencyCodeListVersionID
	case quantity:
		switch a {
		case atUnitCode, atUnitCodeListID, atUnitCodeListAgencyID, atUnitCodeListAgencyName:
			return true
		}
	case measure:
		return a == atUnitCode || a == atUnitCodeListVersionID
	case numeric:
		return a == atFormat
	case base64Data:
		switch a {
		case atFormat, atMimeCode, atEncodingCode, atCharacterSetCode, atURI, atFilename:
			return true
		}
	}
	return false
}

// required is the attribute that an element of the type must bear.
func (d dataType) required() name {
	switch d {
	case amount:
		return atCurrencyID
	case measure:
		return atUnitCode
	case base64Data:
		return atMimeCode
	}
	return unknown
}

// valid reports whether a value has the lexical form of the type: part 2 of
// XML Schema 1.0, after white space at the ends is taken off.
func (d dataType) valid(b []byte) bool {
	if d == base64Data {
		return validBase64(b)
	}
	b = trim(b)
	switch d {
	case amount, quantity, measure, numeric:
		return validDecimal(b)
	case indicator:
		s := string(b)
		return s == "true" || s == "false" || s == "1" || s == "0"
	case date:
		if _, ok := plainDay(b); ok {
			return true
		}
		rest, ok := cutDate(b)
		return ok && validZone(rest) && validYear(b)
	case timeOfDay:
		rest, ok := cutTime(b)
		return ok && validZone(rest)
	case dateTime:
		rest, ok := cutDate(b)
		if !ok || len(rest) == 0 || rest[0] != 'T' || !validYear(b) {
			return false
		}
		rest, ok = cutTime(rest[1:])
		return ok && validZone(rest)
	}
	return true
}

// validAttribute reports whether an attribute has the form of its type, which
// for most of them is any.
func validAttribute(a name, b []byte) bool {
	switch a {
	case atLanguageID:
		return validLanguage(trim(b))
	case atSchemeDataURI, atSchemeURI, atListURI, atListSchemeURI, atURI:
		return validURI(trim(b))
	}
	return true
}

// trim takes XML's white space off both ends.
func trim(b []byte) []byte {
	for len(b) > 0 && classes[b[0]]&white != 0 {
		b = b[1:]
	}
	for len(b) > 0 && classes[b[len(b)-1]]&white != 0 {
		b = b[:len(b)-1]
	}
	return b
}

// validDecimal: an optional sign, digits, an optional point and more digits.
func validDecimal(b []byte) bool {
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		b = b[1:]
	}
	points := 0
	for _, c := range b {
		if !isDigit(c) {
			if points++; c != '.' {
				return false
			}
		}
	}
	return points <= 1 && len(b) > points
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// validYear reports whether the year of a date is one that XML Schema 1.0 has, which
// the year zero is not, and that its processors read, which have 32 bits for it. The
// official rules read dates by version 1.1: there the year zero is that before the first.
func validYear(b []byte) bool {
	digits := bytes.TrimPrefix(b, []byte("-"))
	year, _, _ := bytes.Cut(digits, []byte("-"))
	n, err := strconv.ParseInt(string(b[:len(b)-len(digits)+len(year)]), 10, 32)
	return err == nil && n != 0
}

// cutDate takes a date without its time zone off the beginning of b.
func cutDate(b []byte) (rest []byte, ok bool) {
	if len(b) > 0 && b[0] == '-' {
		b = b[1:]
	}
	y := 0
	for y < len(b) && isDigit(b[y]) {
		y++
	}
	if y < 4 || y > 4 && b[0] == '0' || len(b) < y+6 || b[y] != '-' || b[y+3] != '-' {
		return nil, false
	}
	month, ok1 := twoDigits(b[y+1:])
	day, ok2 := twoDigits(b[y+4:])
	if !ok1 || !ok2 || month < 1 || month > 12 || day < 1 {
		return nil, false
	}
	year := 0 // of the Gregorian cycle of 400 years
	for _, c := range b[:y] {
		year = (year*10 + int(c-'0')) % 400
	}
	return b[y+6:], int64(day) <= daysIn(int64(year), int64(month))
}

// cutTime takes a time of day without its time zone off the beginning of b.
func cutTime(b []byte) (rest []byte, ok bool) {
	if len(b) < 8 || b[2] != ':' || b[5] != ':' {
		return nil, false
	}
	h, ok1 := twoDigits(b)
	m, ok2 := twoDigits(b[3:])
	s, ok3 := twoDigits(b[6:])
	if !ok1 || !ok2 || !ok3 || h > 24 || m > 59 || s > 59 {
		return nil, false
	}
	b = b[8:]
	zero := m == 0 && s == 0
	if len(b) > 0 && b[0] == '.' {
		i := 1
		for i < len(b) && isDigit(b[i]) {
			zero = zero && b[i] == '0'
			i++
		}
		if i == 1 {
			return nil, false
		}
		b = b[i:]
	}
	return b, h < 24 || zero
}

// validZone: nothing, Z, or an offset of at most fourteen hours.
func validZone(b []byte) bool {
	if len(b) == 0 || string(b) == "Z" {
		return true
	}
	if len(b) != 6 || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return false
	}
	h, ok1 := twoDigits(b[1:])
	m, ok2 := twoDigits(b[4:])
	return ok1 && ok2 && m <= 59 && (h < 14 || h == 14 && m == 0)
}

func twoDigits(b []byte) (int, bool) {
	if len(b) < 2 || !isDigit(b[0]) || !isDigit(b[1]) {
		return 0, false
	}
	return int(b[0]-'0')*10 + int(b[1]-'0'), true
}

// validBase64 takes white space anywhere, and wants the bits that the padding
// leaves over to be zero.
func validBase64(b []byte) bool {
	size, pad, last := 0, 0, byte(0)
	for _, c := range b {
		switch {
		case classes[c]&white != 0:
		case c == '=':
			pad++
		case pad > 0 || !isBase64(c):
			return false
		default:
			size++
			last = c
		}
	}
	if (size+pad)%4 != 0 || pad > 2 {
		return false
	}
	switch pad {
	case 1:
		return base64Value(last)&3 == 0
	case 2:
		return base64Value(last)&15 == 0
	}
	return true
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || isDigit(c) || c == '+' || c == '/'
}

func base64Value(c byte) byte {
	switch {
	case c >= 'A' && c <= 'Z':
		return c - 'A'
	case c >= 'a' && c <= 'z':
		return c - 'a' + 26
	case isDigit(c):
		return c - '0' + 52
	case c == '+':
		return 62
	}
	return 63
}

// validLanguage: one to eight letters, then parts of letters and digits.
func validLanguage(b []byte) bool {
	for i, part := range bytes.Split(b, []byte("-")) {
		if len(part) == 0 || len(part) > 8 {
			return false
		}
		for _, c := range part {
			if !isLetter(c) && (i == 0 || !isDigit(c)) {
				return false
			}
		}
	}
	return true
}
