package invoice_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
)

// backends are the stores on which every use-case is tested.
var backends = map[string]func(t *testing.T) storage.Driver{
	"memory": func(*testing.T) storage.Driver { return memory.New() },
	"sqlite": func(t *testing.T) storage.Driver {
		path := filepath.Join(t.TempDir(), "timebok.db")
		empty, err := emptyDatabase()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, empty, 0o600); err != nil {
			t.Fatal(err)
		}
		driver, err := sqlite.Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		return driver
	},
}

// emptyDatabase is a database file after Migrate, which takes longer than most
// tests here.
var emptyDatabase = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "invoice")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "timebok.db")
	if err := sqlite.Migrate(context.Background(), path, nil); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// A desk is a clinic with everything in it, saved in a store, and the use-cases.
type desk struct {
	testing.TB
	*storagetest.Clinic
	store  *storage.Store
	driver *cutDriver
	desk   *booking.Desk
	biller *invoice.Biller
	clock  *clock
}

// everywhere runs a test on every backend.
func everywhere(t *testing.T, test func(d *desk)) {
	for name, open := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each has a store of its own
			driver := open(t)
			t.Cleanup(func() {
				if err := driver.Close(); err != nil {
					t.Error(err)
				}
			})
			test(newDesk(t, driver))
		})
	}
}

// newDesk saves a clinic in an empty store.
func newDesk(t testing.TB, on storage.Driver) *desk {
	driver := &cutDriver{Driver: on}
	d := &desk{
		TB: t, Clinic: storagetest.NewClinic("A"), store: storage.New(driver, nil), driver: driver,
		clock: &clock{now: afterwards},
	}
	source := timebok.Source{Now: d.clock.time}
	d.desk = &booking.Desk{Source: source}
	d.biller = &invoice.Biller{Source: source, Format: plain{}}
	d.Clinic.Save(t, d.store)
	return d
}

// afterwards is noon in Oslo, 20 days after storagetest.Monday.
var afterwards = time.Date(2026, 3, 22, 11, 0, 0, 0, time.UTC)

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// cutDriver is a driver whose commits can be made to fail.
type cutDriver struct {
	storage.Driver
	mu  sync.Mutex
	cut int // so many commits are still to fail
}

func (d *cutDriver) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	tx, err := d.Driver.Begin(ctx, clinic, readOnly)
	if err != nil || readOnly {
		return tx, err
	}
	return cutTx{tx, d}, nil
}

func (d *cutDriver) failNext() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut++
}

type cutTx struct {
	storage.DriverTx
	d *cutDriver
}

func (tx cutTx) Commit(ctx context.Context) error {
	tx.d.mu.Lock()
	fail := tx.d.cut > 0
	if fail {
		tx.d.cut--
	}
	tx.d.mu.Unlock()
	if fail {
		tx.DriverTx.Rollback()
		return &timebok.UnavailableError{What: "storage"}
	}
	return tx.DriverTx.Commit(ctx)
}

// plain is a Format that writes what an invoice says as lines of text.
type plain struct{ err error }

func (p plain) Encode(v invoice.Invoice) ([]byte, error) {
	if p.err != nil {
		return nil, p.err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %d of %v, due %v, KID %q\n", v.Kind, v.Number, v.IssueDate, v.DueDate, v.KID)
	fmt.Fprintf(&b, "%s to %s, case %s, at %s\n", v.Seller.Name, v.Payer.Name, v.Case.Number, v.Place.Line())
	if v.Credits != nil {
		fmt.Fprintf(&b, "credits %d of %v\n", v.Credits.Number, v.Credits.IssueDate)
	}
	for _, l := range v.Lines {
		fmt.Fprintf(&b, "%s %s %s %s %s\n", l.Time.Start, l.Treatment, l.Item, l.Amount, l.Therapist.Name)
	}
	return b.Bytes(), nil
}

// update runs fn in a transaction of the clinic, which must work.
func (d *desk) update(fn func(ctx context.Context, tx storage.Tx) error) {
	d.Helper()
	if err := d.store.Update(d.Context(), d.Clinic.ID, fn); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) save(records ...timebok.Record) {
	d.Helper()
	d.update(func(_ context.Context, tx storage.Tx) error {
		tx.Save(records...)
		return nil
	})
}

// in runs one use-case in a transaction of its own and returns what it returned.
func in[T any](d *desk, fn func(ctx context.Context, tx storage.Tx) (T, error)) (out T, err error) {
	d.Helper()
	err = d.store.Update(d.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		out, err = fn(ctx, tx)
		return err
	})
	return out, err
}

// must runs one use-case, which must work.
func must[T any](d *desk, fn func(ctx context.Context, tx storage.Tx) (T, error)) T {
	d.Helper()
	out, err := in(d, fn)
	if err != nil {
		d.Fatal(err)
	}
	return out
}

// read runs fn in a View, which must work.
func read[T any](d *desk, fn func(ctx context.Context, tx storage.Tx) (T, error)) (out T) {
	d.Helper()
	err := d.store.View(d.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		out, err = fn(ctx, tx)
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return out
}

// slot is the start of the nth free time of the clinic: at 10:00, one a day.
func slot(n int) time.Time {
	return storagetest.Monday.Add(3*time.Hour + time.Duration(n)*24*time.Hour)
}

// deliver books sessions of Ola in a series and completes them: the nth at slot n.
// The change may be nil.
func (d *desk) deliver(in series.ID, change func(*booking.Request), slots ...int) []booking.Booking {
	d.Helper()
	var out []booking.Booking
	for _, n := range slots {
		out = append(out, must(d, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) {
			r := d.Request(slot(n))
			r.Series = in
			if change != nil {
				change(&r)
			}
			b, err := d.desk.Book(ctx, tx, d.Actor(), r)
			if err != nil {
				return b, err
			}
			return d.desk.Complete(ctx, tx, d.Actor(), b.ID, b.Version)
		}))
	}
	return out
}

// withKari makes a request one for physiotherapy with Kari, who bills herself.
func (d *desk) withKari(r *booking.Request) { r.With, r.Service = d.Kari.ID, d.Physio.ID }

// The use-cases, each in a transaction of its own. This one drafts.
func (d *desk) drafts(of series.ID, c timebok.ClientID) ([]invoice.Invoice, error) {
	d.Helper()
	return in(d, func(ctx context.Context, tx storage.Tx) ([]invoice.Invoice, error) {
		return d.biller.DraftFor(ctx, tx, d.Actor(), of, c)
	})
}

// draft makes the one draft of a series.
func (d *desk) draft(of series.ID) invoice.Invoice {
	d.Helper()
	made, err := d.drafts(of, timebok.ClientID{})
	if err != nil || len(made) != 1 {
		d.Fatalf("DraftFor: %d drafts, %v, want one", len(made), err)
	}
	return made[0]
}

func (d *desk) issue(x invoice.Invoice) (invoice.Invoice, error) {
	d.Helper()
	return in(d, func(ctx context.Context, tx storage.Tx) (invoice.Invoice, error) {
		return d.biller.Issue(ctx, tx, d.Actor(), x.ID, x.Version)
	})
}

// issued delivers sessions in the case and issues an invoice for them.
func (d *desk) issued(slots ...int) invoice.Invoice {
	d.Helper()
	d.deliver(d.Case.ID, nil, slots...)
	x, err := d.issue(d.draft(d.Case.ID))
	if err != nil {
		d.Fatal(err)
	}
	return x
}

func (d *desk) discard(x invoice.Invoice) (invoice.Invoice, error) {
	d.Helper()
	return in(d, func(ctx context.Context, tx storage.Tx) (invoice.Invoice, error) {
		return d.biller.Discard(ctx, tx, d.Actor(), x.ID, x.Version)
	})
}

func (d *desk) mark(x invoice.Invoice, next invoice.State) (invoice.Invoice, error) {
	d.Helper()
	return in(d, func(ctx context.Context, tx storage.Tx) (invoice.Invoice, error) {
		return d.biller.Mark(ctx, tx, d.Actor(), invoice.Mark{Invoice: x.ID, Version: x.Version, State: next})
	})
}

// A reversal is a credit note with the new draft, if there is one.
type reversal struct {
	note  invoice.Invoice
	draft *invoice.Invoice
}

func (d *desk) credit(x invoice.Invoice, r invoice.CreditRequest) (reversal, error) {
	d.Helper()
	r.Invoice, r.Version = x.ID, x.Version
	return in(d, func(ctx context.Context, tx storage.Tx) (out reversal, err error) {
		out.note, out.draft, err = d.biller.Credit(ctx, tx, d.Actor(), r)
		return out, err
	})
}

// What is stored.
func (d *desk) invoice(id invoice.ID) invoice.Invoice {
	d.Helper()
	return read(d, func(ctx context.Context, tx storage.Tx) (invoice.Invoice, error) { return tx.Invoice(ctx, id) })
}

func (d *desk) invoices(f invoice.Filter) []invoice.Invoice {
	d.Helper()
	return read(d, func(ctx context.Context, tx storage.Tx) ([]invoice.Invoice, error) {
		return collect(tx.Invoices(ctx, f))
	})
}

func (d *desk) booking(id booking.ID) booking.Booking {
	d.Helper()
	return read(d, func(ctx context.Context, tx storage.Tx) (booking.Booking, error) { return tx.Booking(ctx, id) })
}

func (d *desk) document(id invoice.ID) invoice.Document {
	d.Helper()
	return read(d, func(ctx context.Context, tx storage.Tx) (invoice.Document, error) { return tx.Document(ctx, id) })
}

func (d *desk) messages() []storage.Queued {
	d.Helper()
	all := read(d, func(ctx context.Context, tx storage.Tx) ([]storage.Queued, error) {
		return collect(tx.Messages(ctx, storage.MessageFilter{}))
	})
	return slices.DeleteFunc(all, func(q storage.Queued) bool { return !strings.HasPrefix(string(q.Kind), "invoice.") })
}

func (d *desk) audited() []timebok.AuditEntry {
	d.Helper()
	all := read(d, func(ctx context.Context, tx storage.Tx) ([]timebok.AuditEntry, error) {
		return collect(tx.Audit(ctx, storage.AuditFilter{}))
	})
	return slices.DeleteFunc(all, func(e timebok.AuditEntry) bool { return !strings.HasPrefix(e.Action, "invoice.") })
}

func (d *desk) numbering(of timebok.BillingPartyID) *invoice.Numbering {
	d.Helper()
	return read(d, func(ctx context.Context, tx storage.Tx) (*invoice.Numbering, error) {
		v, err := tx.LoadInvoicing(ctx, invoice.Needs{Party: of})
		return v.Numbering, err
	})
}

// everything is all that billing can change.
func (d *desk) everything() any {
	d.Helper()
	return read(d, func(ctx context.Context, tx storage.Tx) ([]any, error) {
		bookings, err1 := collect(tx.Bookings(ctx, booking.Filter{}))
		invoices, err2 := collect(tx.Invoices(ctx, invoice.Filter{}))
		messages, err3 := collect(tx.Messages(ctx, storage.MessageFilter{}))
		audit, err4 := collect(tx.Audit(ctx, storage.AuditFilter{}))
		a, err5 := tx.LoadInvoicing(ctx, invoice.Needs{Party: d.Company.ID})
		b, err6 := tx.LoadInvoicing(ctx, invoice.Needs{Party: d.SoleTrader.ID})
		return []any{bookings, invoices, messages, audit, a.Numbering, b.Numbering},
			errors.Join(err1, err2, err3, err4, err5, err6)
	})
}

// changesNothing fails if what f does is seen in the store.
func (d *desk) changesNothing(f func()) {
	d.Helper()
	before := d.everything()
	f()
	if after := d.everything(); !reflect.DeepEqual(before, after) {
		d.Errorf("something is left behind (-before +after):\n%s", cmp.Diff(before, after, cmpopts.EquateEmpty()))
	}
}

func collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for v, err := range list {
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}
