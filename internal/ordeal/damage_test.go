package ordeal_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/internal/ordeal"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
)

// A damage is what is wrong with the rows that a damaged driver reads.
type damage struct {
	bookings func(b booking.Booking) []booking.Booking
	invoices func(x invoice.Invoice) []invoice.Invoice
	audit    func(e timebok.AuditEntry) []timebok.AuditEntry
}

// Each kind of damage to a store that was good is found, and called by its name.
func TestDamageIsFound(t *testing.T) {
	d := memory.New()
	dir := worked(t, d)
	if tally := recount(t, d, dir); len(tally.Problems) > 0 || tally.Invoices == 0 || tally.Effects == 0 {
		t.Fatal(tally, tally.Problems)
	}
	n := 0
	another := func(b booking.Booking) booking.Booking {
		n++
		b.ID = timebok.DeriveID[booking.Booking]("another", fmt.Sprint(n))
		return b
	}
	for want, done := range map[string]damage{
		"overlaps": {bookings: func(b booking.Booking) []booking.Booking {
			if !b.State.IsActive() {
				return []booking.Booking{b}
			}
			return []booking.Booking{b, another(b)}
		}},
		"over its cap": {bookings: func(b booking.Booking) []booking.Booking {
			all := []booking.Booking{b}
			for range 20 {
				x := another(b)
				x.Practitioner = timebok.DeriveID[timebok.Practitioner](x.ID.String()) // so that none overlaps
				all = append(all, x)
			}
			return all
		}},
		"are one booking of the network": {bookings: func(b booking.Booking) []booking.Booking {
			if b.External.ID == "" {
				return []booking.Booking{b}
			}
			x := another(b)
			x.Time.Start, x.Time.End = x.Time.Start.AddDate(1, 0, 0), x.Time.End.AddDate(1, 0, 0)
			return []booking.Booking{b, x}
		}},
		"was done and is lost": {bookings: func(booking.Booking) []booking.Booking { return nil }},
		"left it at version 2": {bookings: func(b booking.Booking) []booking.Booking {
			b.Time.Start = b.Time.Start.AddDate(1, 0, 0)
			return []booking.Booking{b}
		}},
		"left it at version 3": {bookings: func(b booking.Booking) []booking.Booking {
			b.Version = min(b.Version, 2)
			return []booking.Booking{b}
		}},
		"of which billing made": {audit: func(e timebok.AuditEntry) []timebok.AuditEntry {
			if e.On.Kind == timebok.KindBooking && e.On.Version > 1 {
				return nil
			}
			return []timebok.AuditEntry{e}
		}},
		"is not 4: ": {invoices: func(x invoice.Invoice) []invoice.Invoice {
			if x.Number > 3 {
				return nil
			}
			return []invoice.Invoice{x}
		}},
		"has 2 audit entries": {audit: func(e timebok.AuditEntry) []timebok.AuditEntry { return []timebok.AuditEntry{e, e} }},
		"has 0 audit entries": {audit: func(timebok.AuditEntry) []timebok.AuditEntry { return nil }},
		"where 1 belongs": {invoices: func(x invoice.Invoice) []invoice.Invoice {
			if x.Number == 1 {
				return nil
			}
			return []invoice.Invoice{x}
		}},
		"stands on 2 invoices": {invoices: func(x invoice.Invoice) []invoice.Invoice { return []invoice.Invoice{x, x} }},
	} {
		t.Run(want, func(t *testing.T) { wantProblem(t, recount(t, damaged{d, done}, dir), want) })
	}
	for _, kind := range []timebok.Kind{timebok.KindBooking, timebok.KindInvoice, timebok.KindSeries, timebok.KindEvent, timebok.KindClient} {
		t.Run("audit of "+string(kind), func(t *testing.T) {
			done := damage{audit: func(e timebok.AuditEntry) []timebok.AuditEntry {
				if e.On.Kind == kind {
					return nil
				}
				return []timebok.AuditEntry{e}
			}}
			found := slices.DeleteFunc(recount(t, damaged{d, done}, dir).Problems, func(p string) bool { return !strings.Contains(p, "has 0 audit entries") })
			if len(found) == 0 {
				t.Error("nobody noticed")
			}
		})
	}
	t.Run("under 2 IDs", func(t *testing.T) {
		copied := rewritten(t, dir, func(line string) string {
			again, isAck := strings.CutPrefix(line, "effect "+string(insurance.AckNetwork)+" ")
			if !isAck {
				return line
			}
			_, rest, _ := strings.Cut(again, " ")
			return line + "effect " + string(insurance.AckNetwork) + " another " + rest
		})
		wantProblem(t, recount(t, d, copied), "under 2 IDs")
	})
	for effect, want := range map[string]string{
		"effect " + string(invoice.SubmitInvoice) + " ": "was never submitted", "effect " + string(booking.MailPractitioner) + " ": "nobody was told",
		"effect " + string(insurance.AckNetwork) + " ": "was never acknowledged",
	} {
		t.Run(want, func(t *testing.T) {
			dropped := false
			copied := rewritten(t, dir, func(line string) string {
				if strings.HasPrefix(line, effect) {
					dropped = true
					return ""
				}
				return line
			})
			if !dropped {
				t.Fatalf("there is no %q in the diary", effect)
			}
			wantProblem(t, recount(t, d, copied), want)
		})
	}
}

// rewritten copies a diary, with other lines in the place of each.
func rewritten(t *testing.T, dir string, by func(line string) string) string {
	t.Helper()
	copied := t.TempDir()
	text, err := os.ReadFile(filepath.Join(dir, "one.diary"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		out.WriteString(by(line))
	}
	if err := os.WriteFile(filepath.Join(copied, "one.diary"), []byte(out.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return copied
}

func wantProblem(t *testing.T, tally ordeal.Tally, want string) {
	t.Helper()
	if !strings.Contains(strings.Join(tally.Problems, "\n"), want) {
		t.Errorf("nobody noticed; found %d: %v", len(tally.Problems), tally.Problems[:min(3, len(tally.Problems))])
	}
}

// A damaged driver reads other rows than are stored.
type damaged struct {
	storage.Driver
	damage
}

func (d damaged) Begin(ctx context.Context, clinic timebok.ClinicID, readOnly bool) (storage.DriverTx, error) {
	tx, err := d.Driver.Begin(ctx, clinic, readOnly)
	return damagedTx{tx, d.damage}, err
}

type damagedTx struct {
	storage.DriverTx
	damage
}

func (t damagedTx) Bookings(ctx context.Context, f booking.Filter) iter.Seq2[booking.Booking, error] {
	return spoil(t.DriverTx.Bookings(ctx, f), t.bookings)
}

func (t damagedTx) Invoices(ctx context.Context, f invoice.Filter) iter.Seq2[invoice.Invoice, error] {
	return spoil(t.DriverTx.Invoices(ctx, f), t.invoices)
}

func (t damagedTx) Audit(ctx context.Context, f storage.AuditFilter) iter.Seq2[timebok.AuditEntry, error] {
	return spoil(t.DriverTx.Audit(ctx, f), t.audit)
}

// spoil puts other rows in the place of each.
func spoil[T any](rows iter.Seq2[T, error], by func(T) []T) iter.Seq2[T, error] {
	if by == nil {
		return rows
	}
	return func(yield func(T, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(row, err)
				return
			}
			for _, x := range by(row) {
				if !yield(x, nil) {
					return
				}
			}
		}
	}
}
