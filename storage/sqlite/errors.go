package sqlite

import (
	"errors"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

// Primary result codes of SQLite (sqlite.org/rescode.html).
const (
	codeBusy   = 5
	codeLocked = 6
	codeIO     = 10
)

// codeOf returns the primary result code of a driver's error, or 0.
func codeOf(err error) int {
	var coded interface{ Code() int }
	if errors.As(err, &coded) {
		return coded.Code() & 0xff
	}
	// Of a driver that says it in another way we read SQLite's own words.
	switch text := err.Error(); {
	case strings.Contains(text, "database is locked"):
		return codeBusy
	case strings.Contains(text, "table is locked"):
		return codeLocked
	case strings.Contains(text, "disk I/O error"):
		return codeIO
	}
	return 0
}

// classify makes a driver's error one of the library's. It leaves those as they
// are that are one already.
func classify(err error) error {
	if err == nil || isTyped(err) {
		return err
	}
	switch codeOf(err) {
	case codeBusy, codeLocked:
		return storage.LostRace(err)
	}
	return &timebok.UnavailableError{What: "storage", Cause: err}
}

func isTyped(err error) bool {
	for _, sentinel := range []error{
		timebok.ErrNotFound, timebok.ErrExists, timebok.ErrConflict,
		timebok.ErrInvalid, timebok.ErrRefused, timebok.ErrUnavailable,
	} {
		if errors.Is(err, sentinel) {
			return true
		}
	}
	return false
}

// classifyWrite makes the error of writing a record one of the library's, and
// reports whether SQLite refused the record only: then the transaction stands.
func classifyWrite(err error, of timebok.Record) (typed error, refused bool) {
	text := err.Error()
	switch {
	case strings.Contains(text, "timebok: slot.taken"): // of the triggers on booking
		return slotTaken(of), true
	case strings.Contains(text, "UNIQUE constraint failed"):
		return &timebok.ExistsError{Ref: of.Ref()}, true
	case strings.Contains(text, "CHECK constraint failed: booking_length"):
		return timebok.Reasons{timebok.BadPeriod.At("Time")}.Invalid(), true
	}
	return classify(err), false
}

// slotTaken is the refusal of a booking that overlaps another, which the decision
// should have found: so it says the time wished for.
func slotTaken(r timebok.Record) error {
	reason := booking.SlotTaken.At("Start")
	if b, ok := r.(booking.Booking); ok {
		taken := b.Occupied()
		if loc, err := timebok.LoadZone(b.Zone); err == nil {
			taken.Start, taken.End = taken.Start.In(loc), taken.End.In(loc)
		}
		reason = booking.SlotTaken.At("Start", timebok.P("start", taken.Start), timebok.P("end", taken.End))
	}
	return timebok.Reasons{reason}.Refused()
}
