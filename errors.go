package timebok

import (
	"errors"
	"fmt"
	"time"
)

// The six sentinels say what a caller can do about an error. Every error of the
// library is one of the typed errors of this file and unwraps to exactly one of
// them. Texts of errors carry codes, IDs and versions, never a person's data.
var (
	ErrNotFound    = errors.New("timebok: not found")         // nothing has that ID in this clinic
	ErrExists      = errors.New("timebok: exists already")    // that ID or key is taken
	ErrConflict    = errors.New("timebok: changed by others") // read again, then try again
	ErrInvalid     = errors.New("timebok: invalid input")     // mend the input
	ErrRefused     = errors.New("timebok: refused by rule")   // valid, but the rules of the house say no
	ErrUnavailable = errors.New("timebok: unavailable")       // something outside did not answer; try later
)

// A NotFoundError says that nothing of that kind has that ID in this clinic.
type NotFoundError struct{ Ref Ref }

func (e *NotFoundError) Error() string { return fmt.Sprintf("timebok: no %s", e.Ref) }
func (e *NotFoundError) Unwrap() error { return ErrNotFound }

// An ExistsError says that a new record's ID or unique key is taken.
type ExistsError struct{ Ref Ref }

func (e *ExistsError) Error() string { return fmt.Sprintf("timebok: %s exists already", e.Ref) }
func (e *ExistsError) Unwrap() error { return ErrExists }

// A StaleError says that a record was changed since the caller read it.
type StaleError struct {
	Ref    Ref   // what was to be written, at the version the caller based it on
	Stored int64 // the version that is stored now; 0 when the backend can't tell
}

func (e *StaleError) Error() string {
	return fmt.Sprintf("timebok: %s was read at version %d and is now at %d", e.Ref, e.Ref.Version, e.Stored)
}
func (e *StaleError) Unwrap() error { return ErrConflict }

// An InvalidError lists everything that is wrong with an input. Each reason
// names the field and the rule.
type InvalidError struct{ Reasons Reasons }

func (e *InvalidError) Error() string { return "timebok: invalid: " + e.Reasons.Text(English) }
func (e *InvalidError) Unwrap() error { return ErrInvalid }

// Is reports whether target is a *Rule that the input breaks.
func (e *InvalidError) Is(target error) bool { return e.Reasons.broke(target) }

// A Refusal lists every reason why a valid command may not be carried out now.
type Refusal struct{ Reasons Reasons }

func (e *Refusal) Error() string { return "timebok: refused: " + e.Reasons.Text(English) }
func (e *Refusal) Unwrap() error { return ErrRefused }

// Is reports whether target is a *Rule among the reasons.
func (e *Refusal) Is(target error) bool { return e.Reasons.broke(target) }

// An UnavailableError says that something outside the library did not answer,
// or not in time. Whether it acted is unknown: only a command that is safe to
// repeat may be tried again.
type UnavailableError struct {
	What  string        // which port: "network", "storage", "mail", "access point"
	After time.Duration // when to try again, as far as the other side said; else 0
	Cause error         // for the host's log; may be nil
}

func (e *UnavailableError) Error() string { return "timebok: " + e.What + " unavailable" }

// Unwrap returns ErrUnavailable and the cause.
func (e *UnavailableError) Unwrap() []error {
	if e.Cause == nil {
		return []error{ErrUnavailable}
	}
	return []error{ErrUnavailable, e.Cause}
}

// ReasonsOf returns the reasons of an error of the library, to show to people: those
// of an *InvalidError or *Refusal, and one for each other sentinel, such as Outdated
// for a *StaleError. An error of somebody else's has none.
func ReasonsOf(err error) Reasons {
	var rs Reasons
	if rs.Join("", err) == nil {
		return rs
	}
	for _, s := range []struct {
		is   error
		rule *Rule
	}{{ErrNotFound, NotFound}, {ErrExists, Taken}, {ErrConflict, Outdated}, {ErrUnavailable, NoAnswer}} {
		if errors.Is(err, s.is) {
			rs.Add(s.rule, "")
			break
		}
	}
	return rs
}

// Rules of the errors that hold no reasons themselves; ReasonsOf gives them.
var (
	NotFound = NewRule("record.not-found", "finnes ikke", "finst ikkje", "does not exist")
	Taken    = NewRule("record.exists", "finnes allerede", "finst alt", "exists already")
	Outdated = NewRule("record.changed",
		"noen andre har endret dette i mellomtiden; les det på nytt",
		"nokon andre har endra dette i mellomtida; les det på nytt",
		"somebody else has changed this meanwhile; read it again")
	NoAnswer = NewRule("outside.unavailable",
		"den andre siden svarte ikke; prøv igjen senere",
		"den andre sida svarte ikkje; prøv igjen seinare",
		"the other side did not answer; try again later")
)
