package timebok_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
	"github.com/timebok/timebok/invoice/invoicetest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/sqlite"
)

// A host is a journal system in miniature, for the examples and the tests of the
// whole flow: one clinic with one practitioner, connected to a network that has
// approved three sessions for kari.
type host struct {
	now   time.Time
	store *storage.Store
	dir   string

	clinic       timebok.ClinicID
	practitioner timebok.PractitionerID
	therapy      timebok.ServiceID
	ola          timebok.Actor

	desk    *booking.Desk
	cases   *insurance.Cases
	intake  *insurance.Intake
	biller  *invoice.Biller
	network *networktest.Fake
	access  *invoicetest.Recorder
	mailer  notice.MailerFunc
	relay   *outbox.Relay
}

// newHost opens a host on a backend, "memory" or "sqlite". It panics where a
// program would not start.
func newHost(backend string) *host {
	h := &host{
		now:          oslo(2026, 11, 23, 8, 0),
		clinic:       timebok.DeriveID[timebok.Clinic]("fjordgata"),
		practitioner: timebok.DeriveID[timebok.Practitioner]("ola"),
		therapy:      timebok.DeriveID[timebok.Service]("therapy"),
		mailer:       printMail,
	}
	src := timebok.Source{Now: func() time.Time { return h.now }}
	h.ola = timebok.Actor{User: "ola", Role: timebok.PractitionerRole, Clinic: h.clinic}
	h.store = h.open(backend)
	h.desk = &booking.Desk{Source: src}
	h.cases = &insurance.Cases{Source: src}
	h.intake = &insurance.Intake{Source: src, Desk: h.desk, Update: storage.In[insurance.Tx](h.store.Update)}
	h.biller = &invoice.Biller{Source: src, Format: ehf.Format{}}
	h.network = approving(src)
	h.access = &invoicetest.Recorder{}

	answers := must(timebok.ParseEmailAddress("svar@fjordgata.example"))
	post := &notice.Post{
		Source: src, View: storage.In[booking.Tx](h.store.View),
		Mailer:    notice.MailerFunc(func(ctx context.Context, m notice.Mail) error { return h.mailer(ctx, m) }),
		Organizer: func(timebok.ClinicID) timebok.EmailAddress { return answers },
	}
	reporter := &insurance.Reporter{Networks: []insurance.Network{h.network}, View: storage.In[insurance.Tx](h.store.View)}
	sender := &invoice.Sender{
		Transport: h.access, Biller: h.biller,
		View: storage.In[invoice.Tx](h.store.View), Update: storage.In[invoice.Tx](h.store.Update),
	}
	h.relay = &outbox.Relay{Store: h.store, Source: src, Handlers: map[timebok.MessageKind]timebok.Handler{
		booking.MailPractitioner: post, booking.MailClient: post, booking.ReportNetwork: reporter,
		insurance.AckNetwork: reporter, invoice.SubmitInvoice: sender,
	}}
	h.update(h.setUp)
	return h
}

func (h *host) open(backend string) *storage.Store {
	if backend == "memory" {
		return storage.New(memory.New(), nil)
	}
	dir, err := os.MkdirTemp("", "timebok-test-")
	check(err)
	h.dir = dir
	path := filepath.Join(dir, "timebok.db")
	check(sqlite.Migrate(context.Background(), path, nil))
	db, err := sqlite.Open(path, nil)
	check(err)
	return storage.New(db, nil)
}

func (h *host) close() {
	check(h.store.Close())
	if h.dir != "" {
		check(os.RemoveAll(h.dir))
	}
}

// setUp saves the clinic's master data and its connection to the network.
func (h *host) setUp(_ context.Context, tx storage.Tx) error {
	party := timebok.DeriveID[timebok.BillingParty]("firm")
	address := timebok.Address{Street: "Fjordgata 1", PostalCode: "7010", City: "Trondheim"}
	hours := booking.Schedule{Practitioner: h.practitioner, Version: 1}
	for day := time.Monday; day <= time.Friday; day++ {
		hours.Week = append(hours.Week, booking.Hours{Day: day, From: clock.New(8, 0, 0, 0), To: clock.New(16, 0, 0, 0)})
	}
	tx.Save(
		timebok.Clinic{ID: h.clinic, Version: 1, Name: "Fjordgata", Zone: timebok.OsloZone, Party: party, Address: address},
		timebok.BillingParty{
			ID: party, Version: 1, Name: "Fjordgata AS", Org: must(timebok.ParseOrgNumber("923456783")),
			Form: timebok.LimitedCompany, Foretaksregisteret: true, Address: address,
			Account: must(timebok.ParseBankAccount("12345678903")), KID: timebok.KID10,
		},
		timebok.Practitioner{
			ID: h.practitioner, Version: 1, Name: "Ola Nord", Email: must(timebok.ParseEmailAddress("ola@fjordgata.example")),
			Keys: []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: "ola-nord"}},
		},
		hours,
		timebok.Service{
			ID: h.therapy, Version: 1, Name: "Konsultasjon 50 minutter", Duration: 50 * time.Minute,
			Price: timebok.Kroner(1250), VAT: timebok.HealthService,
			Keys: []timebok.NetworkKey{{Network: timebok.Behandlernettverk, Key: "B1010"}},
		},
		h.connection(),
	)
	return nil
}

// connection is the clinic's agreement with the network.
func (h *host) connection() insurance.Connection { return h.network.Connection() }

// approving is a network that has approved a case of three sessions.
func approving(src timebok.Source) *networktest.Fake {
	network := networktest.New(&networktest.Options{Source: src})
	from, to := date.New(2026, 11, 9), date.New(2027, 5, 31)
	network.AddCase(insurance.Case{
		Case: series.Case{Number: "6QPTR"}, BirthDate: kari.BirthDate, ValidFrom: &from, ValidTo: &to,
		Caps: []series.Cap{series.Sessions(3)},
		Payer: insurance.PayerInfo{
			Name: "Prøve Helseforsikring AS", Org: must(timebok.ParseOrgNumber("987654325")), DueDays: 30, ClaimDays: 60,
			Address: timebok.Address{Street: "Forsikringsveien 2", PostalCode: "0155", City: "Oslo"},
		},
	})
	return network
}

// update runs a transaction that must succeed, try one that may not.
func (h *host) update(fn func(ctx context.Context, tx storage.Tx) error) { check(h.try(fn)) }

func (h *host) try(fn func(ctx context.Context, tx storage.Tx) error) error {
	return h.store.Update(context.Background(), h.clinic, fn)
}

// relayAll performs what is due in the outbox.
func (h *host) relayAll(ctx context.Context) {
	_, err := h.relay.RunOnce(ctx)
	check(err)
}

func check(err error) {
	if err != nil {
		panic(fmt.Sprintf("the host does not work: %v", err))
	}
}

func must[T any](v T, err error) T {
	check(err)
	return v
}
