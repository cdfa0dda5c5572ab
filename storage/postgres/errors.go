package postgres

import (
	"context"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

// Conditions of PostgreSQL (postgresql.org/docs/current/errcodes-appendix.html).
const (
	undefinedTable       = "42P01"
	undefinedSchema      = "3F000"
	divisionByZero       = "22012" // how our statements say that a condition fails
	badEncoding          = "22021"
	outOfTime            = "22008"
	uniqueViolation      = "23505"
	checkViolation       = "23514"
	exclusionViolation   = "23P01"
	readOnlyTransaction  = "25006"
	serializationFailure = "40001"
	deadlock             = "40P01"
	lockNotAvailable     = "55P03"
	featureNotSupported  = "0A000" // of a prepared statement after a migration
	indexRowTooLarge     = "54000"
)

// refusalOf returns what PostgreSQL said, if it refused a statement and the
// connection stands.
func refusalOf(err error) (*pgconn.PgError, bool) {
	var e *pgconn.PgError
	if !errors.As(err, &e) || e.Severity == "FATAL" || e.Severity == "PANIC" || strings.HasPrefix(e.Code, "57P") {
		return nil, false
	}
	return e, true
}

// classify makes an error of pgx one of the library's. It leaves those as they are
// that are one already, and those of the caller's context.
func classify(ctx context.Context, err error) error {
	if err == nil || isTyped(err) {
		return err
	}
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	e, refused := refusalOf(err)
	if !refused {
		return unavailable(err)
	}
	switch e.Code {
	case serializationFailure, deadlock, lockNotAvailable, featureNotSupported:
		return storage.LostRace(err)
	case badEncoding: // a text that is searched for
		return timebok.Reasons{timebok.BadValue.At("Text")}.Invalid()
	}
	return unavailable(err)
}

// lost reports whether a lock was not there to be had at once.
func lost(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == lockNotAvailable
}

func unavailable(cause error) error { return &timebok.UnavailableError{What: "storage", Cause: cause} }

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

// classifyWrite makes the error of writing a record one of the library's.
func classifyWrite(ctx context.Context, err error, c sqlrow.Change) error {
	e, refused := refusalOf(err)
	if !refused {
		return classify(ctx, err)
	}
	switch e.Code {
	case uniqueViolation:
		return &timebok.ExistsError{Ref: c.Record.Ref()}
	case divisionByZero: // the version to replace is not there
		ref := c.Record.Ref()
		ref.Version = c.Base
		return &timebok.StaleError{Ref: ref}
	case exclusionViolation:
		return slotTaken(c.Record)
	case checkViolation:
		return timebok.Reasons{timebok.BadPeriod.At("Time")}.Invalid()
	case outOfTime, badEncoding, indexRowTooLarge:
		return timebok.Reasons{timebok.BadValue.At(string(c.Record.Ref().Kind))}.Invalid()
	}
	return classify(ctx, err)
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

func isConflict(err error) bool { return errors.Is(err, timebok.ErrConflict) }
