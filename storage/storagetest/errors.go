package storagetest

import (
	"errors"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

func errorAs[E error](err error, target *E) bool { return errors.As(err, target) }

// wantError fails unless err is or wraps an E, and says what it was instead.
func wantError[E error](t testing.TB, what string, err error) E {
	t.Helper()
	var target E
	if !errors.As(err, &target) {
		t.Errorf("%s: got error %v (%T), want a %T", what, err, err, target)
	}
	return target
}

// wantTaken fails unless err is a refusal of booking.SlotTaken.
func wantTaken(t testing.TB, what string, err error) {
	t.Helper()
	wantError[*timebok.Refusal](t, what, err)
	if !errors.Is(err, booking.SlotTaken) {
		t.Errorf("%s: the refusal %v does not name %s", what, err, booking.SlotTaken.Code())
	}
}
