package main

import (
	"context"
	"strconv"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/storage"
)

// newNetwork is the simulated Behandlernettverk: it has approved everyone's case.
func newNetwork(src timebok.Source, today date.Date) *networktest.Fake {
	network := networktest.New(&networktest.Options{Source: src})
	for _, p := range people {
		if p.Sak != "" {
			network.AddCase(p.approved(today))
		}
	}
	return network
}

// A scenario is something that the simulated network can be asked to do. The name
// is what its form sends, the text what people choose.
type scenario struct {
	Name, Text string
	play       func(j *journal, b insurance.ExternalBooking)
}

var scenarios = []scenario{
	{"ny", "Ny klient booker sin første time", func(j *journal, b insurance.ExternalBooking) { j.place(b) }},
	{"kjent", "Kari Demovik booker en time til", func(j *journal, b insurance.ExternalBooking) {
		b.CaseNumber, b.Client = person("kari").Sak, person("kari").booker()
		j.place(b)
	}},
	{"flytt", "Klienten flytter den siste bookingen", func(j *journal, b insurance.ExternalBooking) {
		if last, ok := j.lastPlaced(); ok {
			j.network.Move(last, b.Start)
		}
	}},
	{"avbestill", "Klienten avbestiller den siste bookingen", func(j *journal, b insurance.ExternalBooking) {
		if last, ok := j.lastPlaced(); ok {
			j.network.Cancel(last)
		}
	}},
	{"dobbel", "Feil: hendelsen leveres to ganger", func(j *journal, b insurance.ExternalBooking) {
		j.network.SetFaults(networktest.Faults{Duplicate: 1})
		j.place(b)
		j.network.SetFaults(networktest.Faults{})
	}},
	{"stille", "Feil: nettverket svarer ikke på første forsøk", func(j *journal, b insurance.ExternalBooking) {
		j.place(b)
		j.network.SetFaults(networktest.Faults{FailCall: j.network.Calls() + 1})
	}},
	{"opptatt", "Feil: tiden er opptatt", func(j *journal, b insurance.ExternalBooking) {
		b.Start = j.workday(2, 9, 0) // where Kari is
		j.place(b)
	}},
	{"identitet", "Feil: fødselsdatoen er en annen enn sakens", func(j *journal, b insurance.ExternalBooking) {
		other := b.Client.BirthDate.Add(1)
		b.Client.BirthDate = &other
		j.place(b)
	}},
	{"behandler", "Feil: nettverket nevner en ukjent behandler", func(j *journal, b insurance.ExternalBooking) {
		b.Practitioner = "hvem-er-det"
		j.place(b)
	}},
	{"sak", "Feil: sakID-en finnes ikke", func(j *journal, b insurance.ExternalBooking) {
		b.CaseNumber = "0FINNES"
		j.place(b)
	}},
	{"ramme", "Forsikringsselskapet senker rammen for Kari Demovik", func(j *journal, _ insurance.ExternalBooking) {
		j.network.SetQuota(person("kari").Sak, 4)
	}},
}

// simulate plays a scenario: somebody with an approved case books a free time.
func (j *journal) simulate(ctx context.Context, name string) error {
	start, err := j.nextFree(ctx)
	if err != nil {
		return err
	}
	for _, s := range scenarios {
		if s.Name == name {
			p := j.nextBooker()
			s.play(j, insurance.ExternalBooking{
				Practitioner: "ola-nord", Treatment: "B1010", CaseNumber: p.Sak, Start: start, Client: p.booker(),
			})
			return nil
		}
	}
	return timebok.Reasons{timebok.BadValue.At("scenario")}.Invalid()
}

// nextFree is the first free time of Ola from the next working day on.
func (j *journal) nextFree(ctx context.Context) (start time.Time, err error) {
	from := timebok.Day(booking.AddWorkingDays(j.today(), 1), j.zone).Start
	err = j.view(ctx, func(ctx context.Context, tx storage.Tx) error {
		free, err := j.desk.FreeSlots(ctx, tx, booking.Search{
			Practitioners: []timebok.PractitionerID{olaID}, Service: therapyID,
			Within: timebok.Period{Start: from, End: from.AddDate(0, 1, 0)}, Step: time.Hour, Limit: 1,
		})
		if err == nil && len(free) == 0 {
			err = timebok.Reasons{booking.OutsideHours.At("Start")}.Refused()
		}
		if err == nil {
			start = free[0].Time.Start
		}
		return err
	})
	return start, err
}

// nextBooker is somebody new with a case: first those that are made up above, then
// more of the same kind.
func (j *journal) nextBooker() someone {
	j.mu.Lock()
	n := len(j.placed)
	j.mu.Unlock()
	for _, key := range []string{"jon", "eva"}[min(n, 2):] {
		return person(key)
	}
	number := strconv.Itoa(n - 1)
	p := someone{
		key: "sim" + number, Name: "Simulert Klient " + number, Born: date.New(1980, time.January, 1).Add(date.PeriodOfDays(n)),
		email: "klient" + number + "@example.com", Sak: "SIM" + number, Sessions: 5, from: -5, to: 180,
	}
	j.network.AddCase(p.approved(j.today()))
	return p
}

// booker is the person as the network describes them.
func (p someone) booker() insurance.Person {
	c := p.client()
	return insurance.Person{Name: c.Name, BirthDate: c.BirthDate, Email: c.Email, Lang: timebok.Bokmaal}
}

func (j *journal) place(b insurance.ExternalBooking) {
	e := j.network.Book(b)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.placed = append(j.placed, e.Booking.ID)
}

func (j *journal) lastPlaced() (string, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.placed) == 0 {
		return "", false
	}
	return j.placed[len(j.placed)-1], true
}
