package ehf

import "time"

// parseClock reads an xs:time as the time since midnight. The zone is nil if it has
// none.
func parseClock(b []byte) (clock time.Duration, zone *time.Location, ok bool) {
	rest, ok := cutTime(b)
	if !ok || !validZone(rest) {
		return 0, nil, false
	}
	at := func(i int) time.Duration { n, _ := twoDigits(b[i:]); return time.Duration(n) }
	clock = at(0)*time.Hour + at(3)*time.Minute + at(6)*time.Second
	if part := b[8 : len(b)-len(rest)]; len(part) > 0 {
		for i, unit := 1, time.Second/10; i < len(part); i, unit = i+1, unit/10 {
			clock += time.Duration(part[i]-'0') * unit
		}
	}
	switch {
	case len(rest) == 0:
		return clock, nil, true
	case rest[0] == 'Z':
		return clock, time.UTC, true
	}
	h, _ := twoDigits(rest[1:])
	m, _ := twoDigits(rest[4:])
	offset := h*3600 + m*60
	if rest[0] == '-' {
		offset = -offset
	}
	return clock, time.FixedZone("", offset), true
}

// parseInstant reads an xs:dateTime with a zone.
func parseInstant(text string) (time.Time, bool) {
	const day = len(time.DateOnly)
	if len(text) <= day || text[day] != 'T' {
		return time.Time{}, false
	}
	date, ok := civilDate([]byte(text[:day]))
	clock, zone, good := parseClock([]byte(text[day+1:]))
	if !ok || !good || zone == nil {
		return time.Time{}, false
	}
	y, m, d := date.Date()
	return clockOn(y, m, d, clock, zone), true
}

// clockOn is a time of a day, of which 24:00 is the next one's beginning.
func clockOn(y int, m time.Month, d int, clock time.Duration, zone *time.Location) time.Time {
	return time.Date(y, m, d, 0, 0, int(clock/time.Second), int(clock%time.Second), zone)
}
