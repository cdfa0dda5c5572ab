package timebok_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// By itself: a client nobody knows books at the network. Client, series, booking
// and the mail to the practitioner come of one event; the session is held, and the
// insurer gets its EHF.
func Example() {
	ctx := context.Background()
	h := newHost("memory")
	defer h.close()

	h.network.Book(kariBooks) // at Behandlernettverk, with sakID 6QPTR
	tally, err := h.intake.Poll(ctx, h.clinic, h.network)
	fmt.Println(tally, err)
	h.relayAll(ctx)

	var b booking.Booking
	h.update(func(ctx context.Context, tx storage.Tx) error {
		for b = range bookings(ctx, tx) {
			s, err := tx.Series(ctx, b.Series)
			fmt.Println(s.Name, s.Terms().Billing.By, b.State, err)
		}
		return nil
	})

	h.now = h.now.AddDate(0, 0, 7) // a week later
	h.update(func(ctx context.Context, tx storage.Tx) (err error) {
		b, err = h.desk.Complete(ctx, tx, h.ola, b.ID, b.Version)
		return err
	})
	h.update(func(ctx context.Context, tx storage.Tx) error {
		drafts, err := h.biller.DraftFor(ctx, tx, h.ola, b.Series, timebok.ClientID{})
		if err != nil {
			return err
		}
		bill, err := h.biller.Issue(ctx, tx, h.ola, drafts[0].ID, drafts[0].Version)
		fmt.Println("invoice", bill.Number, bill.Totals().Gross, "due", bill.DueDate)
		return err
	})
	h.relayAll(ctx)
	for _, sent := range h.access.Taken() {
		fmt.Println("to", sent.Receiver, strings.Count(string(sent.Document.Body), "TreatmentDateTime"), "session")
	}
	// Output:
	// map[new:1] <nil>
	// mail to ola@fjordgata.example: Ny time i kalenderen
	// Forsikringssak 6QPTR ehf booked <nil>
	// invoice 1 1250.00 due 2026-12-30
	// to 987654325 1 session
}

// By hand: the sakID is looked up («Søk»), its series opened («Opprett»), and a
// session booked in it («Inviter klient»).
func Example_byHand() {
	ctx := context.Background()
	h := newHost("memory")
	defer h.close()

	found, err := h.cases.Search(ctx, h.network, h.connection(), "6QPTR")
	fmt.Println(found.Payer.Name, found.Caps[0].Sessions, "sessions to", found.ValidTo, err)

	h.update(func(ctx context.Context, tx storage.Tx) error {
		tx.Save(kari)
		s, err := h.cases.Open(ctx, tx, h.ola, kari.ID, found)
		if err != nil {
			return err
		}
		b, err := h.desk.Book(ctx, tx, h.ola, booking.Request{
			Client: kari.ID, Series: s.ID, Service: h.therapy, With: h.practitioner,
			Start: oslo(2026, 12, 1, 9, 0), Invite: true,
		})
		fmt.Println(b.State, b.Billing.By, b.Treatment)
		return err
	})
	h.relayAll(ctx)

	h.update(func(ctx context.Context, tx storage.Tx) error {
		open, err := h.desk.OpenSeries(ctx, tx, h.ola, kari.ID, date.New(2026, 11, 23))
		for _, s := range open { // «Åpne serier»
			fmt.Println(s.Series.Name, s.Remaining, "left, to", s.ValidTo)
		}
		return err
	})
	// Output:
	// Prøve Helseforsikring AS 3 sessions to 2027-05-31 <nil>
	// booked ehf B1010
	// mail to kari@example.com: Du har fått en time
	// Forsikringssak 6QPTR 2 left, to 2027-05-31
}

// A refusal lists every reason, with a code for programs and words for people.
func Example_refusal() {
	h := newHost("memory")
	defer h.close()
	h.update(func(ctx context.Context, tx storage.Tx) error {
		tx.Save(kari)
		return nil
	})
	var s series.Series
	h.update(func(ctx context.Context, tx storage.Tx) (err error) {
		s, err = h.desk.StartSeries(ctx, tx, h.ola, series.Series{Client: kari.ID, Kind: series.SelfPaying}, series.Terms{
			Caps: []series.Cap{series.Sessions(0)}, Billing: timebok.BillClient,
		})
		return err
	})
	err := h.try(func(ctx context.Context, tx storage.Tx) error {
		_, err := h.desk.Book(ctx, tx, h.ola, booking.Request{
			Client: kari.ID, With: h.practitioner, Service: h.therapy, Series: s.ID,
			Start: oslo(2026, 12, 25, 9, 0),
		})
		return err
	})
	var no *timebok.Refusal
	if errors.As(err, &no) {
		for _, reason := range no.Reasons {
			fmt.Printf("%s %s: %s\n", reason.Field, reason.Code(), reason.Text(timebok.Bokmaal))
		}
	}
	fmt.Println(errors.Is(err, booking.Holiday), errors.Is(err, timebok.ErrRefused))
	// Output:
	// Start day.holiday: 25.12.2026 er en helligdag
	// Series cap.exhausted: rammen på 0 er brukt opp, denne ville gjort det til 1
	// true true
}

// kari is a client who does not exist; her birth number is synthetic
// (Skatteetaten's test series).
var kari = timebok.Client{
	ID: timebok.DeriveID[timebok.Client]("kari"), Version: 1, Origin: timebok.Manual,
	Name: timebok.Hide("Kari Demovik"), BirthDate: &karisDay, BirthNumber: must(timebok.ParseBirthNumber("10915596784")),
	Email: must(timebok.ParseEmailAddress("kari@example.com")), Lang: timebok.Bokmaal,
}

var karisDay = date.New(1955, 11, 10)

// kariBooks is what she books at the network.
var kariBooks = insurance.ExternalBooking{
	ID: "B-1001", Practitioner: "ola-nord", Treatment: "B1010", CaseNumber: "6QPTR", Start: oslo(2026, 11, 24, 10, 0),
	Client: insurance.Person{Name: kari.Name, BirthDate: kari.BirthDate, BirthNumber: kari.BirthNumber, Email: kari.Email},
}

func bookings(ctx context.Context, tx storage.Tx) func(yield func(booking.Booking) bool) {
	return func(yield func(booking.Booking) bool) {
		for b, err := range tx.Bookings(ctx, booking.Filter{}) {
			if err != nil || !yield(b) {
				return
			}
		}
	}
}

func printMail(_ context.Context, m notice.Mail) error {
	fmt.Printf("mail to %s: %s\n", m.To.Reveal(), m.Subject)
	return nil
}

func oslo(year int, month time.Month, day, hour, minute int) time.Time {
	loc, err := timebok.LoadZone(timebok.OsloZone)
	if err != nil {
		panic(err)
	}
	return time.Date(year, month, day, hour, minute, 0, 0, loc)
}
