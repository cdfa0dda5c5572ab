package insurance_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// backends are the stores that every test of this package runs on.
var backends = []struct {
	name string
	open func(tb testing.TB) storage.Driver
}{
	{"memory", func(testing.TB) storage.Driver { return memory.New() }},
	{"memory, every Update twice", func(testing.TB) storage.Driver { return storagetest.Twice(memory.New()) }},
	{"sqlite", openSQLite},
}

func openSQLite(tb testing.TB) storage.Driver {
	path := filepath.Join(tb.TempDir(), "timebok.db")
	if err := sqlite.Migrate(tb.Context(), path, nil); err != nil {
		tb.Fatal(err)
	}
	return must(sqlite.Open(path, nil))
}

// each runs a test on every backend, in a clinic that is connected to a network.
func each(t *testing.T, test func(c *clinic)) {
	t.Helper()
	eachWith(t, nil, test)
}

// eachWith is each with a network of a certain kind.
func eachWith(t *testing.T, o *networktest.Options, test func(c *clinic)) {
	t.Helper()
	for _, b := range backends {
		eachOf(t, b.name, o, test)
	}
}

// eachOf runs a test on one backend.
func eachOf(t *testing.T, name string, o *networktest.Options, test func(c *clinic)) {
	t.Helper()
	for _, b := range backends {
		if b.name != name {
			continue
		}
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			c := newClinic(t, b.open(t), o)
			test(c)
		})
	}
}

// A clinic is the made-up clinic with all it works with. It fails its test when
// the network is called while a transaction is open.
type clinic struct {
	testing.TB
	*storagetest.Clinic
	store   *storage.Store
	network *networktest.Fake
	outside insurance.Network // the same, watched
	intake  *insurance.Intake
	cases   *insurance.Cases
	desk    *booking.Desk

	open atomic.Int32 // transactions
	many bool         // at a time, so nothing follows from open
}

func newClinic(tb testing.TB, d storage.Driver, o *networktest.Options) *clinic {
	source := timebok.Source{Now: func() time.Time { return storagetest.Monday }}
	if o == nil {
		o = &networktest.Options{}
	}
	o = new(*o)
	o.Source.Now = source.Now
	c := &clinic{
		TB: tb, Clinic: storagetest.NewClinic("A"), store: storage.New(d, nil), network: networktest.New(o),
		cases: &insurance.Cases{Source: source}, desk: &booking.Desk{Source: source},
	}
	c.outside = watched{c.network, c}
	c.intake = &insurance.Intake{Source: source, Desk: c.desk, Update: c.run}
	tb.Cleanup(func() {
		if err := d.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	c.Save(tb, c.store)
	return c
}

// run carries out a transaction.
func (c *clinic) run(ctx context.Context, id timebok.ClinicID, fn func(ctx context.Context, tx insurance.Tx) error) error {
	ctx = context.WithValue(ctx, updateKey{}, new(int)) // storagetest.Twice tells Updates apart by it
	return c.store.Update(ctx, id, func(ctx context.Context, tx storage.Tx) error {
		c.open.Add(1)
		defer c.open.Add(-1)
		return fn(ctx, tx)
	})
}

type updateKey struct{}

// watched is a network that must not be called inside a transaction.
type watched struct {
	insurance.Network
	c *clinic
}

func (w watched) check() {
	if w.c.open.Load() > 0 && !w.c.many {
		w.c.Error("the network was called inside a transaction")
	}
}

func (w watched) Lookup(ctx context.Context, c insurance.Connection, number string, asOf time.Time) (insurance.Case, error) {
	w.check()
	return w.Network.Lookup(ctx, c, number, asOf)
}

func (w watched) Events(ctx context.Context, c insurance.Connection, cursor string) (insurance.Page, error) {
	w.check()
	return w.Network.Events(ctx, c, cursor)
}

func (w watched) Acknowledge(ctx context.Context, c insurance.Connection, a insurance.Ack) error {
	w.check()
	return w.Network.Acknowledge(ctx, c, a)
}

func (w watched) Report(ctx context.Context, c insurance.Connection, s insurance.Status) error {
	w.check()
	return w.Network.Report(ctx, c, s)
}

func (w watched) Publish(ctx context.Context, c insurance.Connection, a insurance.Availability) error {
	w.check()
	return w.Network.Publish(ctx, c, a)
}

// update runs fn in a transaction and returns its error.
func (c *clinic) update(fn func(ctx context.Context, tx storage.Tx) error) error {
	ctx := context.WithValue(c.Context(), updateKey{}, new(int))
	return c.store.Update(ctx, c.Clinic.ID, fn)
}

// save stores records, which must work.
func (c *clinic) save(records ...timebok.Record) {
	c.Helper()
	err := c.update(func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	})
	if err != nil {
		c.Fatalf("saving: %v", err)
	}
}

// poll reads the feed to its end, which must work.
func (c *clinic) poll() insurance.Tally {
	c.Helper()
	tally, err := c.intake.Poll(c.Context(), c.Clinic.ID, c.outside)
	if err != nil {
		c.Fatalf("Poll: %v", err)
	}
	return tally
}

// take takes one event in, which must work, and come to that result.
func (c *clinic) take(e insurance.Event, want insurance.Result) insurance.Received {
	c.Helper()
	got, err := c.intake.Take(c.Context(), c.Clinic.ID, c.outside, e)
	if err != nil {
		c.Fatalf("Take %s: %v", e.ID, err)
	}
	if got.Result != want {
		c.Fatalf("event %s is %s %v, want %s", e.ID, got.Result, got.Codes, want)
	}
	return got
}

// quarantined takes one event in, which must be quarantined with these rules.
func (c *clinic) quarantined(e insurance.Event, why ...*timebok.Rule) insurance.Received {
	c.Helper()
	got := c.take(e, insurance.Quarantined)
	var codes []string
	for _, r := range why {
		codes = append(codes, r.Code())
	}
	c.equal("codes", codes, got.Codes)
	return got
}

// resolve resolves a quarantined event.
func (c *clinic) resolve(r insurance.Received, how insurance.Resolution) (insurance.Received, error) {
	var got insurance.Received
	err := c.update(func(ctx context.Context, tx storage.Tx) (err error) {
		got, err = c.intake.Resolve(ctx, tx, c.Actor(), r.ID(), how)
		return err
	})
	return got, err
}

// check says why a resolution would be refused, which must work.
func (c *clinic) check(r insurance.Received, how insurance.Resolution) []string {
	c.Helper()
	var no timebok.Reasons
	err := c.store.View(c.Context(), c.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		no, err = c.intake.Check(ctx, tx, c.Actor(), r.ID(), how)
		return err
	})
	if err != nil {
		c.Fatalf("Check: %v", err)
	}
	return no.Codes()
}

// resolved resolves a quarantined event, which must work.
func (c *clinic) resolved(r insurance.Received, how insurance.Resolution, want insurance.Result) insurance.Received {
	c.Helper()
	c.equal("reasons of Check", []string{}, c.check(r, how))
	got, err := c.resolve(r, how)
	if err != nil || got.Result != want {
		c.Fatalf("Resolve: %s, %v, want %s", got.Result, err, want)
	}
	return got
}

// unresolved fails the test unless resolving is refused for these reasons.
func (c *clinic) unresolved(r insurance.Received, how insurance.Resolution, why ...*timebok.Rule) {
	c.Helper()
	before := c.everything()
	said := c.check(r, how)
	_, err := c.resolve(r, how)
	c.refused(err, why...)
	c.equal("reasons of Check", timebok.ReasonsOf(err).Codes(), said)
	c.equal("everything after a resolution that is refused", before, c.everything())
}

// refused fails the test unless the error is a refusal for exactly these reasons.
func (c *clinic) refused(err error, why ...*timebok.Rule) {
	c.Helper()
	var refusal *timebok.Refusal
	if !errors.As(err, &refusal) {
		c.Fatalf("error is %v, want a refusal", err)
	}
	var want []string
	for _, r := range why {
		want = append(want, r.Code())
	}
	c.equal("reasons", want, refusal.Reasons.Codes())
}

func (c *clinic) equal(what string, want, got any, opts ...cmp.Option) {
	c.Helper()
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		c.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// born is the birth date of Kari, the client whom the network brings.
var born = date.New(1990, 4, 1)

func kari() insurance.Person {
	p := networktest.NewPerson("Kari Blåbær Prøve", born)
	p.Email = must(timebok.ParseEmailAddress("kari@example.com"))
	p.Phone = must(timebok.ParsePhoneNumber("+4740000009"))
	return p
}

// slot is the n-th time that anybody can be booked at.
func slot(n int) time.Time {
	return storagetest.Monday.AddDate(0, 0, n/11).Add(time.Duration(1+n%11) * time.Hour)
}

// wish is a booking of Kari with Anne, in a case that the network knows.
func wish(n int) insurance.ExternalBooking {
	return insurance.ExternalBooking{
		Practitioner: "anne-1", Treatment: "PSY45", Start: slot(n), CaseNumber: "KARI1", Client: kari(),
	}
}

// book makes a booking at the network, whose case is Kari's if it says no other.
func (c *clinic) book(b insurance.ExternalBooking) insurance.Event {
	if b.CaseNumber == "KARI1" {
		c.addCase("KARI1")
	}
	return c.network.Book(b)
}

// addCase makes a case of Kari known to the network.
func (c *clinic) addCase(number string) insurance.Case {
	found := networktest.NewCase(number, born)
	found.Caps = []series.Cap{series.Sessions(1000)}
	c.network.AddCase(found)
	return found
}

// look looks a case up, which must work.
func (c *clinic) look(number string) insurance.Case {
	c.Helper()
	found, err := c.cases.Search(c.Context(), c.outside, c.Connection, number)
	if err != nil {
		c.Fatalf("Search: %v", err)
	}
	return found
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
