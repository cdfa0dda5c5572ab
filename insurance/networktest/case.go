package networktest

import (
	"slices"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
)

// NewCase returns an open case with ten sessions for a client born then, paid by
// a made-up insurer, and without limits of time.
func NewCase(number string, born date.Date) insurance.Case {
	return insurance.Case{
		Case:   series.Case{Network: timebok.Behandlernettverk, Number: number},
		Status: insurance.CaseOpen, BirthDate: &born,
		Payer: insurance.PayerInfo{
			Name: "Fjellforsikring AS", Org: mustOrg("995525828"), DueDays: 30, ClaimDays: 60,
			Address: timebok.Address{Street: "Prøvegata 1", PostalCode: "0150", City: "Oslo"},
		},
		Caps: []series.Cap{series.Sessions(10)},
	}
}

// NewPerson returns a person who books, with only what is needed to know them.
func NewPerson(name string, born date.Date) insurance.Person {
	return insurance.Person{Name: timebok.Hide(name), BirthDate: &born, Lang: timebok.Bokmaal}
}

func mustOrg(digits string) timebok.OrgNumber {
	org, err := timebok.ParseOrgNumber(digits)
	if err != nil {
		panic(err)
	}
	return org
}

// A history is a case with all that it was.
type history struct {
	number string
	was    []snapshot
}

// A snapshot is what a case was from a time on.
type snapshot struct {
	from time.Time
	insurance.Case
}

// at is what the case was at a time. What it was first also holds for the time
// before, since the fake can't know what that was.
func (h *history) at(t time.Time) insurance.Case {
	said := h.was[0].Case
	for _, s := range h.was {
		if !s.from.After(t) {
			said = s.Case
		}
	}
	return copied(said)
}

func (h *history) now() insurance.Case { return copied(h.was[len(h.was)-1].Case) }

// copied returns a case that shares nothing with c.
func copied(c insurance.Case) insurance.Case {
	c.Caps = slices.Clone(c.Caps)
	for _, day := range []**date.Date{&c.BirthDate, &c.ValidFrom, &c.ValidTo} {
		if *day != nil {
			*day = new(**day)
		}
	}
	return c
}

// AddCase makes a case known to the network, or replaces it. It gets the
// network's name, and is open unless it says otherwise.
func (f *Fake) AddCase(c insurance.Case) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.caseOf(c.Number)
	if h == nil {
		h = &history{number: c.Number}
		f.cases = append(f.cases, h)
	}
	f.record(h, c)
}

// ChangeCase changes a case from now on.
func (f *Fake) ChangeCase(number string, change func(c *insurance.Case)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h := f.mustCase(number)
	c := h.now()
	change(&c)
	f.record(h, c)
}

// SetQuota raises or lowers the number of sessions of a case.
func (f *Fake) SetQuota(number string, sessions int) {
	f.ChangeCase(number, func(c *insurance.Case) { c.Caps = []series.Cap{series.Sessions(sessions)} })
}

// CloseCase closes a case.
func (f *Fake) CloseCase(number string) {
	f.ChangeCase(number, func(c *insurance.Case) { c.Status = insurance.CaseClosed })
}

// Knows reports whether the network knows a case.
func (f *Fake) Knows(number string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.caseOf(number) != nil
}

// Case returns a case as it is now.
func (f *Fake) Case(number string) insurance.Case {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mustCase(number).now()
}

func (f *Fake) record(h *history, c insurance.Case) {
	c.Network, c.Number = f.name, h.number
	if c.Status == "" {
		c.Status = insurance.CaseOpen
	}
	h.was = append(h.was, snapshot{f.source.Time(), copied(c)})
}

// caseOf finds a case as people write its number, or nil.
func (f *Fake) caseOf(number string) *history {
	for _, h := range f.cases {
		if strings.EqualFold(h.number, strings.TrimSpace(number)) {
			return h
		}
	}
	return nil
}

func (f *Fake) mustCase(number string) *history {
	h := f.caseOf(number)
	if h == nil {
		panic("networktest: the network has no case " + number)
	}
	return h
}
