package ehf

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

func parseDay(b []byte) (day, bool) {
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
	// Days since 0000-03-01 of the Gregorian calendar.
	y, m := year, int64(month)-3
	if m < 0 {
		y, m = y-1, m+12
	}
	era := y / 400
	if y < 0 {
		era = (y - 399) / 400
	}
	of := y - era*400
	days := era*146097 + of*365 + of/4 - of/100 + (153*m+2)/5 + int64(dom) - 1
	at := days * 24 * 60
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
