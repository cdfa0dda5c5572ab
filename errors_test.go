package timebok_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// Whatever an error of the library says, it can be shown to people.
func TestReasonsOf(t *testing.T) {
	ref := timebok.Ref{Kind: timebok.KindBooking, ID: uuid.MustParse(someID), Version: 3}
	both := timebok.Reasons{tooLate.At("Start"), tooMany.At("Count", timebok.P("max", 1), timebok.P("until", 2))}
	for _, c := range []struct {
		err  error
		want []string
	}{
		{nil, nil}, {errors.New("disk full"), nil}, {context.Canceled, nil},
		{both.Invalid(), []string{"test.late", "test.many"}}, {both.Refused(), []string{"test.late", "test.many"}},
		{&timebok.NotFoundError{Ref: ref}, []string{"record.not-found"}}, {&timebok.ExistsError{Ref: ref}, []string{"record.exists"}},
		{&timebok.StaleError{Ref: ref, Stored: 5}, []string{"record.changed"}}, {timebok.ErrConflict, []string{"record.changed"}},
		{&timebok.UnavailableError{What: "network", Cause: context.DeadlineExceeded}, []string{"outside.unavailable"}},
	} {
		err := c.err
		if err != nil {
			err = fmt.Errorf("book: %w", err)
		}
		if got := timebok.ReasonsOf(err).Codes(); !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.err, got, c.want)
		}
	}
}

// A host shows any error of the library with one loop.
func ExampleReasonsOf() {
	show := func(err error) {
		for _, reason := range timebok.ReasonsOf(err) {
			fmt.Printf("%s: %s\n", reason.Code(), reason.Text(timebok.Nynorsk))
		}
	}
	_, err := timebok.ParseOrgNumber("123456789")
	show(err)
	show(&timebok.StaleError{Ref: timebok.Ref{Kind: timebok.KindBooking, Version: 3}, Stored: 4})
	// Output:
	// orgnumber.invalid: er ikkje eit gyldig organisasjonsnummer
	// record.changed: nokon andre har endra dette i mellomtida; les det på nytt
}
