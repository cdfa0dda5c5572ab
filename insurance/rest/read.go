package rest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
)

// A reader reads the texts of the contract, and notes the fields that it could not.
type reader struct{ unread []string }

// invalid is an *timebok.InvalidError with every field that could not be read.
func (r *reader) invalid() error {
	var wrong timebok.Reasons
	for _, field := range r.unread {
		wrong.Add(timebok.BadValue, field)
	}
	return wrong.Invalid()
}

func (r *reader) fail(field string) { r.unread = append(r.unread, field) }

// text reads a text, in which no database keeps a NUL.
func (r *reader) text(field, text string) string {
	if strings.ContainsRune(text, 0) {
		r.fail(field)
		return ""
	}
	return text
}

// instant reads RFC 3339; "" is the zero time.
func (r *reader) instant(field, text string) time.Time {
	if text == "" {
		return time.Time{}
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.UTC().Year() < 1 || t.UTC().Year() > 9999 {
		r.fail(field)
		return time.Time{}
	}
	return timebok.Instant(t)
}

// day reads YYYY-MM-DD; "" is nil.
func (r *reader) day(field, text string) *date.Date {
	if text == "" {
		return nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1 {
		r.fail(field)
		return nil
	}
	return new(date.NewAt(t))
}

func day(d *date.Date) string {
	if d == nil {
		return ""
	}
	return d.UTC().Format(time.DateOnly)
}

// parsed reads a value by its own parser; "" is the zero value.
func parsed[T any](r *reader, field, text string, parse func(string) (T, error)) T {
	var zero T
	if text == "" {
		return zero
	}
	v, err := parse(text)
	if err != nil {
		r.fail(field)
		return zero
	}
	return v
}

// oneOf reads a word out of those that there are; "" is the zero value.
func oneOf[T ~string](r *reader, field, text string, words ...T) T {
	if text == "" {
		return ""
	}
	for _, w := range words {
		if text == string(w) {
			return w
		}
	}
	r.fail(field)
	return ""
}

func number[T ~int | ~int64](r *reader, field string, n, most T) T {
	if n < 0 || n > most {
		r.fail(field)
		return 0
	}
	return n
}

// readEvent reads an event as far as it goes. The error is of what is no JSON
// object or has no ID, so that it can't even be put aside.
func readEvent(n timebok.Network, raw []byte) (insurance.Event, error) {
	var w wireEvent
	if err := json.Unmarshal(raw, &w); err != nil {
		return insurance.Event{}, timebok.Reasons{timebok.BadValue.At("event")}.Invalid() // whose text may quote a person's data
	}
	r := &reader{}
	if strings.TrimSpace(r.text("id", w.ID)) == "" {
		return insurance.Event{}, timebok.Reasons{timebok.Missing.At("id")}.Invalid()
	}
	b := &w.Booking
	e := insurance.Event{
		ID: w.ID, Network: n,
		Kind: oneOf(r, "Kind", w.Kind, insurance.BookingMade, insurance.BookingChanged, insurance.BookingCancelled),
		Booking: insurance.ExternalBooking{
			ID: r.text("Booking.ID", b.ID), Version: b.Version,
			Practitioner: r.text("Booking.Practitioner", b.Practitioner),
			Treatment:    r.text("Booking.Treatment", b.Treatment),
			Start:        r.instant("Booking.Start", b.Start),
			Duration:     time.Duration(number(r, "Booking.Duration", b.Minutes, maxMinutes)) * time.Minute,
			CaseNumber:   r.text("Booking.CaseNumber", b.CaseNumber),
			Client: insurance.Person{
				Name:        timebok.Hide(r.text("Booking.Client.Name", b.Client.Name)),
				BirthDate:   r.day("Booking.Client.BirthDate", b.Client.BirthDate),
				BirthNumber: parsed(r, "Booking.Client.BirthNumber", b.Client.BirthNumber, timebok.ParseBirthNumber),
				Email:       parsed(r, "Booking.Client.Email", b.Client.Email, timebok.ParseEmailAddress),
				Phone:       parsed(r, "Booking.Client.Phone", b.Client.Phone, timebok.ParsePhoneNumber),
				Address:     timebok.Hide(r.text("Booking.Client.Address", b.Client.Address)),
				Lang:        oneOf(r, "Booking.Client.Lang", b.Client.Lang, timebok.Bokmaal, timebok.Nynorsk, timebok.English),
			},
		},
	}
	if b.Case != nil {
		e.Booking.Case = new(r.caseOf("Booking.Case.", n, *b.Case))
	}
	e.Unread = r.unread
	return e, nil
}

// maxMinutes is the longest session that is told of: a day.
const maxMinutes = 24 * 60

// caseOf reads a case, whose fields stand below a prefix.
func (r *reader) caseOf(at string, n timebok.Network, w wireCase) insurance.Case {
	c := insurance.Case{
		Case:   series.Case{Network: n, Number: r.text(at+"Number", w.Number)},
		Status: oneOf(r, at+"Status", w.Status, insurance.CaseOpen, insurance.CaseClosed),
		Payer: insurance.PayerInfo{
			Name: r.text(at+"Payer.Name", w.Payer.Name), Org: parsed(r, at+"Payer.Org", w.Payer.Org, timebok.ParseOrgNumber),
			DueDays:   number(r, at+"Payer.DueDays", w.Payer.DueDays, maxDays),
			ClaimDays: number(r, at+"Payer.ClaimDays", w.Payer.ClaimDays, maxDays),
		},
		BirthDate: r.day(at+"BirthDate", w.BirthDate),
		ValidFrom: r.day(at+"ValidFrom", w.ValidFrom),
		ValidTo:   r.day(at+"ValidTo", w.ValidTo),
		Used:      number(r, at+"Used", w.Used, maxSessions),
		FetchedAt: r.instant(at+"FetchedAt", w.FetchedAt),
	}
	if a := w.Payer.Address; a != nil {
		field := at + "Payer.Address"
		c.Payer.Address = timebok.Address{
			Street: r.text(field, a.Street), PostalCode: r.text(field, a.PostalCode),
			City: r.text(field, a.City), Country: r.text(field, a.Country),
		}
	}
	for i, cap := range w.Caps {
		field := fmt.Sprintf("%sCaps[%d]", at, i)
		c.Caps = append(c.Caps, series.Cap{
			Treatment: r.text(field, cap.Treatment),
			Unit:      oneOf(r, field, cap.Unit, series.CapSessions, series.CapAmount),
			Sessions:  number(r, field, cap.Sessions, maxSessions),
			Amount:    parsed(r, field, cap.Amount, timebok.ParseMoney),
		})
	}
	if s := w.Share; s != nil {
		c.Share = series.Share{
			Fixed:   parsed(r, at+"Share", s.Fixed, timebok.ParseMoney),
			Percent: timebok.BasisPoints(number(r, at+"Share", s.BasisPoints, 10_000)),
		}
	}
	return c
}

// Greater numbers are mistakes.
const maxDays, maxSessions = 3650, 100_000

// readPage reads a page. An event that is no event at all is not left out, and does
// not hold up those behind it: it comes with an ID made of what it is, and nothing
// else, so that it is put aside.
func readPage(n timebok.Network, w wirePage) insurance.Page {
	p := insurance.Page{Next: w.Next, More: w.More}
	for _, raw := range w.Events {
		e, err := readEvent(n, raw)
		if err != nil {
			sum := sha256.Sum256(raw)
			e = insurance.Event{ID: "unreadable " + hex.EncodeToString(sum[:12]), Network: n, Unread: []string{"event"}}
		}
		p.Events = append(p.Events, e)
	}
	return p
}

func (w wireAck) read(id timebok.MessageID) (insurance.Ack, error) {
	r := &reader{}
	a := insurance.Ack{
		ID: id, Event: w.Event, Version: w.Version, Codes: w.Codes,
		Result: oneOf(r, "result", w.Result, insurance.New, insurance.Changed, insurance.Identical,
			insurance.Stale, insurance.Quarantined, insurance.Declined),
	}
	r.need("event", a.Event != "")
	r.need("version", a.Version > 0)
	r.need("result", w.Result != "")
	return a, r.invalid()
}

func (r *reader) need(field string, ok bool) {
	if !ok {
		r.fail(field)
	}
}

func (w wireReport) read(id timebok.MessageID) (insurance.Status, error) {
	r := &reader{}
	s := insurance.Status{
		ID: id, Booking: w.Booking, Version: w.Version, Start: r.instant("start", w.Start),
		State: oneOf(r, "state", w.State, booking.Proposed, booking.Booked, booking.Arrived,
			booking.Completed, booking.NoShow, booking.Cancelled, booking.EnteredInError),
	}
	r.need("booking", s.Booking != "")
	r.need("version", s.Version > 0)
	r.need("state", w.State != "")
	r.need("start", w.Start != "")
	return s, r.invalid()
}

func (w wireAvailability) read() (insurance.Availability, error) {
	r := &reader{}
	a := insurance.Availability{
		Practitioner: w.Practitioner, Treatment: w.Treatment,
		Within: timebok.Period{Start: r.instant("from", w.From), End: r.instant("to", w.To)},
	}
	r.need("practitioner", a.Practitioner != "")
	r.need("treatment", a.Treatment != "")
	r.need("to", a.Within.Start.Before(a.Within.End))
	for i, p := range w.Free {
		at := fmt.Sprintf("free[%d]", i)
		free := timebok.Period{Start: r.instant(at, p.Start), End: r.instant(at, p.End)}
		r.need(at, free.Start.Before(free.End))
		a.Free = append(a.Free, free)
	}
	return a, r.invalid()
}
