package timebok_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/timebok/timebok"
)

// Every typed error unwraps to exactly one sentinel, also when it is wrapped.
func TestErrorsUnwrapToOneSentinel(t *testing.T) {
	sentinels := []error{
		timebok.ErrNotFound, timebok.ErrExists, timebok.ErrConflict, timebok.ErrInvalid, timebok.ErrRefused, timebok.ErrUnavailable,
	}
	ref := timebok.Ref{Kind: timebok.KindSeries, ID: uuid.MustParse(someID), Version: 3}
	for _, c := range []struct {
		err  error
		want error
		text string
	}{
		{&timebok.NotFoundError{Ref: ref}, timebok.ErrNotFound, "timebok: no series " + someID},
		{&timebok.ExistsError{Ref: ref}, timebok.ErrExists, "timebok: series " + someID + " exists already"},
		{&timebok.StaleError{Ref: ref, Stored: 5}, timebok.ErrConflict, "timebok: series " + someID + " was read at version 3 and is now at 5"},
		{&timebok.InvalidError{Reasons: timebok.Reasons{tooLate.At("")}}, timebok.ErrInvalid, "timebok: invalid: too late [test.late]"},
		{&timebok.Refusal{Reasons: timebok.Reasons{tooLate.At("")}}, timebok.ErrRefused, "timebok: refused: too late [test.late]"},
		{&timebok.UnavailableError{What: "network"}, timebok.ErrUnavailable, "timebok: network unavailable"},
		{&timebok.UnavailableError{What: "storage", Cause: context.DeadlineExceeded}, timebok.ErrUnavailable, "timebok: storage unavailable"},
	} {
		if c.err.Error() != c.text {
			t.Errorf("got %q, want %q", c.err, c.text)
		}
		for _, sentinel := range sentinels {
			if got := errors.Is(fmt.Errorf("book: %w", c.err), sentinel); got != (sentinel == c.want) {
				t.Errorf("errors.Is(%v, %v) is %v", c.err, sentinel, got)
			}
		}
	}
	if err := (&timebok.UnavailableError{What: "mail", Cause: context.DeadlineExceeded}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error("the cause is lost")
	}
}
