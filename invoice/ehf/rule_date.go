package ehf

import "encoding/binary"

// A day is an xs:date as the moment at which it begins, in minutes. A date
// without a time zone is taken to be in UTC.
type day struct {
	at    int64
	known bool
}

// date is the value of n as a date: none if n is, or if it is no date, where
// the official rules stop.
func (c *check) date(n node) day {
	if n == none {
		return day{}
	}
	return c.parsedDay(n, c.value(n))
}

// dateText is the same of the one text node of n.
func (c *check) dateText(n node) day {
	v, ok := c.onlyText(n)
	if !ok || v == nil {
		return day{}
	}
	return c.parsedDay(n, v)
}

func (c *check) parsedDay(n node, b []byte) day {
	d, ok := parseDay(b)
	if !ok {
		c.undecided(n)
	}
	return d
}

// minutes is when a day of the Gregorian calendar begins, counted from the
// first of March of the year zero.
func minutes(year, month, dom int64) int64 {
	y, m := year, month-3
	if m < 0 {
		y, m = y-1, m+12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	of := y - era*400
	return (era*146097 + of*365 + of/4 - of/100 + (153*m+2)/5 + dom - 1) * 24 * 60
}

// plainDay reads a date of the form YYYY-MM-DD and no other. Its first eight
// characters are looked at as one word; see scan_word.go.
func plainDay(b []byte) (day, bool) {
	const form = "0000-00-"
	if len(b) != 10 || !isDigit(b[8]) || !isDigit(b[9]) {
		return day{}, false
	}
	digits := binary.LittleEndian.Uint64(b) ^ binary.LittleEndian.Uint64([]byte(form))
	if (digits|(digits+0x7F76767F76767676))&highs != 0 { // over nine, or no hyphen
		return day{}, false
	}
	at := func(i int) int64 { return int64(digits >> (8 * i) & 0xF) }
	year, month, dom := at(0)*1000+at(1)*100+at(2)*10+at(3), at(5)*10+at(6), int64(b[8]-'0')*10+int64(b[9]-'0')
	if year == 0 || month == 0 || month > 12 || dom == 0 || dom > 28 && dom > daysIn(year, month) {
		return day{}, false
	}
	return day{minutes(year, month, dom), true}, true
}

func daysIn(year, month int64) int64 {
	if month == 2 && year%4 == 0 && (year%100 != 0 || year%400 == 0) {
		return 29
	}
	return [...]int64{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}[month-1]
}

func parseDay(b []byte) (day, bool) {
	if d, ok := plainDay(b); ok {
		return d, true
	}
	b = trim(b)
	rest, ok := cutDate(b)
	if !ok || !validZone(rest) {
		return day{}, false
	}
	negative := b[0] == '-'
	if negative {
		b = b[1:]
	}
	year, i := int64(0), 0
	for ; isDigit(b[i]); i++ {
		if year = year*10 + int64(b[i]-'0'); year > 1e12 {
			return day{}, false
		}
	}
	if negative {
		year = -year
	}
	month, _ := twoDigits(b[i+1:])
	dom, _ := twoDigits(b[i+4:])
	at := minutes(year, int64(month), int64(dom))
	if len(rest) == 6 {
		h, _ := twoDigits(rest[1:])
		mins, _ := twoDigits(rest[4:])
		offset := int64(h*60 + mins)
		if rest[0] == '-' {
			offset = -offset
		}
		at -= offset
	}
	return day{at, true}, true
}
