package booking

import (
	"context"
	"strings"
	"time"

	"github.com/timebok/timebok"
)

// A Reply is a client's answer to an invitation. It is shown, and changes nothing
// else: whether a session is called off is decided by people.
type Reply struct {
	Answer   Answer
	At       time.Time // when it was written, by the client's calendar
	Sequence int64     // the booking's that it answers
}

// An Answer is what a client says of an invitation (PARTSTAT of RFC 5545).
type Answer string

const (
	Accepted  Answer = "accepted"
	Declined  Answer = "declined"
	Tentative Answer = "tentative"
)

// A ReplyRequest is an answer as it came in; ical.ParseReply reads one.
type ReplyRequest struct {
	Booking ID
	From    timebok.EmailAddress // who answers
	Reply
}

// Reply records the client's answer to an invitation. An answer to an earlier time
// of the booking, one older than the answer that is kept, and one to a session that
// is no longer planned are ignored: the booking is returned as it is. One from
// anybody but the client is refused with OtherAttendee, one to what the client was
// never told with NotInvited.
//
// A mail's sender can be forged. That is one more reason why an answer only shows.
func (d *Desk) Reply(ctx context.Context, tx Tx, by timebok.Actor, r ReplyRequest) (Booking, error) {
	if err := r.missing(); err != nil {
		return Booking{}, err
	}
	b, err := tx.Booking(ctx, r.Booking)
	if err != nil {
		return Booking{}, err
	}
	return apply(ctx, tx, b.needs(), b, func(v View) (Changes, error) { return d.DecideReply(v, r, by) })
}

// DecideReply records an answer on the View's booking, or returns it unchanged with
// nothing to save.
func (d *Desk) DecideReply(v View, r ReplyRequest, by timebok.Actor) (Changes, error) {
	if err := r.missing(); err != nil {
		return Changes{}, err
	}
	if err := by.Check(v.Clinic.ID); err != nil {
		return Changes{}, err
	}
	b := *v.Booking
	var no timebok.Reasons
	if b.InvitedAt.IsZero() || r.Sequence > b.Sequence { // of what has not been told
		no.Add(NotInvited, "Booking")
	}
	if v.Client == nil || !strings.EqualFold(v.Client.Email.Reveal(), r.From.Reveal()) {
		no.Add(OtherAttendee, "From")
	}
	if len(no) > 0 {
		return Changes{}, no.Refused()
	}
	r.At = timebok.Instant(r.At)
	if now := d.Time(); r.At.After(now) { // a calendar whose clock is wrong
		r.At = now
	}
	if r.Sequence < b.Sequence || !b.State.IsPlanned() || !r.At.After(b.Reply.At) {
		return Changes{Booking: b}, nil
	}
	b.Reply = r.Reply
	b.Version++
	return Changes{
		Booking: b,
		Records: []timebok.Record{b, d.audit(by, "booking.reply", b, []string{string(r.Answer)})},
	}, nil
}

// missing returns an *timebok.InvalidError that lists every field that is not
// filled in or wrong.
func (r ReplyRequest) missing() error {
	var wrong timebok.Reasons
	if r.Booking.IsZero() {
		wrong.Add(timebok.Missing, "Booking")
	}
	if r.From.IsZero() {
		wrong.Add(timebok.Missing, "From")
	}
	switch r.Answer {
	case Accepted, Declined, Tentative:
	default:
		wrong.Add(timebok.BadValue, "Answer")
	}
	if r.At.IsZero() {
		wrong.Add(timebok.Missing, "At")
	}
	if r.Sequence < 0 {
		wrong.Add(timebok.BadValue, "Sequence")
	}
	return wrong.Invalid()
}

// Text is what people call the answer.
func (a Answer) Text(l timebok.Lang) string {
	texts, ok := answerTexts[a]
	if !ok {
		return string(a)
	}
	switch l {
	case timebok.Nynorsk:
		return texts.nn
	case timebok.English:
		return string(a)
	}
	return texts.nb
}

var answerTexts = map[Answer]struct{ nb, nn string }{
	Accepted:  {"takket ja", "takka ja"},
	Declined:  {"takket nei", "takka nei"},
	Tentative: {"usikker", "usikker"},
}
