package main

import (
	"net/url"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
)

// A panel is «Ny hendelse»: its form as it stands, and what belongs beside the
// fields. Its whole state is in the form, so the server keeps none.
type panel struct {
	// The form.
	ID                string // of the booking to be; makes pressing twice harmless
	Client            string // as typed or chosen
	Choice, Service   string // of «Tjenester og serier» and «Tjeneste»
	Before            string // the Choice when the form was made: which of the two changed?
	With, Day, Clock  string
	To, By, Why       string   // billing, if not as the series says
	Set               []string // rules to set aside
	SetWhy            string
	NewClient         bool // the form of "+" is open
	Name, Born, Email string
	NewCase           bool // «Forsikringssak» is open
	CaseNumber        string
	Calendar          url.Values // what the calendar shows beside it

	// What it means.
	client  *timebok.Client
	service *timebok.Service
	series  *series.Series
	found   *insurance.Case // by «Søk»

	// What there is to choose from, and what the library says of the choice.
	Clients, OpenSeries, Services, Staff []option
	Payers, Methods                      []option
	Inherited                            string // who set the billing
	Hint                                 string // a sakID to try
	Refused                              map[string][]problem
	Verdict                              *booking.Verdict
	Aside                                []option // rules that may be set aside, or are
}

// An option is one choice of a drop-down.
type option struct {
	Value, Text string
	Chosen      bool
}

// A problem is a reason against, with what would help.
type problem struct{ Text, Help string }

func (v *visit) readPanel(q url.Values) *panel {
	p := &panel{
		ID: q.Get("id"), Client: strings.TrimSpace(q.Get("klient")), Choice: q.Get("valg"), Service: q.Get("tjeneste"),
		Before: q.Get("forrige"), With: q.Get("behandler"), Day: q.Get("dato"), Clock: q.Get("tid"),
		To: q.Get("mottaker"), By: q.Get("fakturering"), Why: q.Get("hvorfor"), Set: q["sett"], SetWhy: q.Get("settfordi"),
		NewClient: q.Get("nyklient") != "", Name: q.Get("navn"), Born: q.Get("fodt"), Email: q.Get("epost"),
		NewCase: q.Get("sak") != "", CaseNumber: strings.TrimSpace(q.Get("sakid")),
		Calendar: url.Values{"dag": {q.Get("dag")}, "vis": {q.Get("vis")}, "hos": {q.Get("hos")}},
		Refused:  map[string][]problem{},
	}
	if p.ID == "" {
		p.ID = timebok.New[booking.Booking](v.desk.Source).String()
	}
	if !v.IsAdmin() {
		p.With = v.user.Of.String()
	}
	if day, wall, ok := strings.Cut(q.Get("ledig"), "T"); ok { // one of the proposed times
		p.Day, p.Clock = day, wall
	}
	return p
}

// values are the panel's fields as an address carries them.
func (p *panel) values() url.Values {
	q := url.Values{"ny": {"1"}}
	for name, value := range map[string]string{
		"id": p.ID, "klient": p.Client, "valg": p.Choice, "tjeneste": p.Service, "forrige": p.Choice, "behandler": p.With,
		"dato": p.Day, "tid": p.Clock, "mottaker": p.To, "fakturering": p.By, "hvorfor": p.Why,
		"dag": p.Calendar.Get("dag"), "vis": p.Calendar.Get("vis"), "hos": p.Calendar.Get("hos"),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// URL is the address of the panel with a field changed.
func (p *panel) URL(name, value string) string {
	q := p.values()
	q.Set(name, value)
	return "/kalender?" + q.Encode()
}

// request is the command that the form asks for. What is not filled in is zero,
// and the desk says so.
func (v *visit) request(p *panel) booking.Request {
	r := booking.Request{Override: booking.Waiver{Codes: p.Set, Why: p.SetWhy}}
	r.ID, _ = timebok.ParseID[booking.Booking](p.ID)
	r.With, _ = timebok.ParseID[timebok.Practitioner](p.With)
	r.Start = v.startOf(p.Day, p.Clock)
	if p.client != nil {
		r.Client = p.client.ID
	}
	if p.service != nil {
		r.Service = p.service.ID
	}
	billing := timebok.BillClient
	if id, ok := strings.CutPrefix(p.Choice, "serie:"); ok { // whatever has become of it: the desk says so
		var err error
		if r.Series, err = timebok.ParseID[series.Series](id); err != nil {
			r.Series = timebok.DeriveID[series.Series]("no series", id)
		}
	}
	if p.series != nil {
		billing = p.series.Terms().Billing
	}
	if p.To != "" {
		billing.To.Payer, _ = timebok.ParseID[timebok.Payer](p.To) // zero: the client
	}
	if p.By != "" {
		billing.By = timebok.BillingMethod(p.By)
	}
	if p.To != "" || p.By != "" {
		r.Billing, r.BillingWhy = &billing, p.Why
	}
	return r
}

// startOf is a wall time of a form as an instant, or zero.
func (v *visit) startOf(day, wall string) time.Time {
	d, err := time.Parse(time.DateOnly, day)
	t, err2 := time.Parse("15:04", wall)
	if err != nil || err2 != nil {
		return time.Time{}
	}
	return timebok.At(date.NewAt(d), clock.New(t.Hour(), t.Minute(), 0, 0), v.zone)
}

// What the template asks.

func (p *panel) HasClient() bool { return p.client != nil }

func (p *panel) Found() *insurance.Case { return p.found }

func (p *panel) Differs() bool { return p.To != "" || p.By != "" }

func (p *panel) Count() int {
	n := 0
	for _, ps := range p.Refused {
		n += len(ps)
	}
	return n
}
