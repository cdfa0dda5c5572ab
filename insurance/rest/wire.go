package rest

import (
	"encoding/json"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
)

// The JSON forms of the contract. A person's data is clear text in them, so they
// stay inside this package. Their fields are those of openapi.json, as a test keeps.

type wireCase struct {
	Number    string     `json:"number"`
	Status    string     `json:"status"`
	Payer     wirePayer  `json:"payer"`
	BirthDate string     `json:"birthDate,omitempty"`
	ValidFrom string     `json:"validFrom,omitempty"`
	ValidTo   string     `json:"validTo,omitempty"`
	Caps      []wireCap  `json:"caps,omitempty"`
	Used      int        `json:"used,omitempty"`
	Share     *wireShare `json:"share,omitempty"`
	FetchedAt string     `json:"fetchedAt,omitempty"`
}

type wirePayer struct {
	Name      string       `json:"name"`
	Org       string       `json:"org"`
	Address   *wireAddress `json:"address,omitempty"`
	DueDays   int          `json:"dueDays,omitempty"`
	ClaimDays int          `json:"claimDays,omitempty"`
}

type wireAddress struct {
	Street     string `json:"street,omitempty"`
	PostalCode string `json:"postalCode,omitempty"`
	City       string `json:"city,omitempty"`
	Country    string `json:"country,omitempty"`
}

type wireCap struct {
	Treatment string `json:"treatment,omitempty"`
	Unit      string `json:"unit"`
	Sessions  int    `json:"sessions,omitempty"`
	Amount    string `json:"amount,omitempty"`
}

type wireShare struct {
	Fixed       string `json:"fixed,omitempty"`
	BasisPoints int    `json:"basisPoints,omitempty"`
}

type wirePage struct {
	Events []json.RawMessage `json:"events"`
	Next   string            `json:"next"`
	More   bool              `json:"more"`
}

type wireEvent struct {
	ID      string      `json:"id"`
	Kind    string      `json:"kind"`
	Booking wireBooking `json:"booking"`
}

type wireBooking struct {
	ID           string     `json:"id"`
	Version      int64      `json:"version"`
	Practitioner string     `json:"practitioner"`
	Treatment    string     `json:"treatment"`
	Start        string     `json:"start"`
	Minutes      int        `json:"minutes,omitempty"`
	CaseNumber   string     `json:"caseNumber"`
	Case         *wireCase  `json:"case,omitempty"`
	Client       wirePerson `json:"client"`
}

type wirePerson struct {
	Name        string `json:"name"`
	BirthDate   string `json:"birthDate,omitempty"`
	BirthNumber string `json:"birthNumber,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Address     string `json:"address,omitempty"`
	Lang        string `json:"lang,omitempty"`
}

type wireAck struct {
	Event   string   `json:"event"`
	Version int64    `json:"version"`
	Result  string   `json:"result"`
	Codes   []string `json:"codes,omitempty"`
}

type wireReport struct {
	Booking string `json:"booking"`
	Version int64  `json:"version"`
	State   string `json:"state"`
	Start   string `json:"start"`
}

type wireAvailability struct {
	Practitioner string       `json:"practitioner"`
	Treatment    string       `json:"treatment"`
	From         string       `json:"from"`
	To           string       `json:"to"`
	Free         []wirePeriod `json:"free"`
}

type wirePeriod struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

// wireOutcome answers a webhook.
type wireOutcome struct {
	Event  string   `json:"event"`
	Result string   `json:"result"`
	Codes  []string `json:"codes,omitempty"`
}

// wireProblem is an error (RFC 9457). The title is the code's meaning, and neither
// says anything about a person.
type wireProblem struct {
	Title   string       `json:"title"`
	Status  int          `json:"status"`
	Code    string       `json:"code,omitempty"`
	Reasons []wireReason `json:"reasons,omitempty"`
}

type wireReason struct {
	Field string `json:"field,omitempty"`
	Code  string `json:"code"`
}

// instant writes a time as RFC 3339 in UTC, to the microsecond.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return timebok.Instant(t).Format(time.RFC3339Nano)
}

func writeEvent(e insurance.Event) wireEvent {
	b := e.Booking
	p := b.Client
	w := wireEvent{ID: e.ID, Kind: string(e.Kind), Booking: wireBooking{
		ID: b.ID, Version: b.Version, Practitioner: b.Practitioner, Treatment: b.Treatment,
		Start: instant(b.Start), Minutes: int(b.Duration / time.Minute), CaseNumber: b.CaseNumber,
		Client: wirePerson{
			Name: p.Name.Reveal(), BirthDate: day(p.BirthDate), BirthNumber: p.BirthNumber.Reveal(),
			Email: p.Email.Reveal(), Phone: p.Phone.Reveal(), Address: p.Address.Reveal(), Lang: string(p.Lang),
		},
	}}
	if b.Case != nil {
		w.Booking.Case = new(writeCase(*b.Case))
	}
	return w
}

func writeCase(c insurance.Case) wireCase {
	w := wireCase{
		Number: c.Number, Status: string(c.Status), Used: c.Used, FetchedAt: instant(c.FetchedAt),
		BirthDate: day(c.BirthDate), ValidFrom: day(c.ValidFrom), ValidTo: day(c.ValidTo),
		Payer: wirePayer{Name: c.Payer.Name, Org: c.Payer.Org.String(), DueDays: c.Payer.DueDays, ClaimDays: c.Payer.ClaimDays},
	}
	if a := c.Payer.Address; a != (timebok.Address{}) {
		w.Payer.Address = &wireAddress{a.Street, a.PostalCode, a.City, a.Country}
	}
	for _, cap := range c.Caps {
		w.Caps = append(w.Caps, wireCap{cap.Treatment, string(cap.Unit), cap.Sessions, amount(cap.Amount)})
	}
	if s := c.Share; !s.Fixed.IsZero() || s.Percent != 0 {
		w.Share = &wireShare{amount(s.Fixed), int(s.Percent)}
	}
	return w
}

func amount(m timebok.Money) string {
	if m.IsZero() {
		return ""
	}
	return m.String()
}

func writePage(p insurance.Page) wirePage {
	w := wirePage{Events: make([]json.RawMessage, len(p.Events)), Next: p.Next, More: p.More}
	for i, e := range p.Events {
		w.Events[i], _ = json.Marshal(writeEvent(e)) // texts and numbers always marshal
	}
	return w
}

func writeAvailability(a insurance.Availability) wireAvailability {
	w := wireAvailability{
		Practitioner: a.Practitioner, Treatment: a.Treatment,
		From: instant(a.Within.Start), To: instant(a.Within.End), Free: make([]wirePeriod, len(a.Free)),
	}
	for i, p := range a.Free {
		w.Free[i] = wirePeriod{instant(p.Start), instant(p.End)}
	}
	return w
}
