package storagetest

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
)

var lists = group{"Lists", []clause{
	{"Each has a total order that ends in the ID, so After continues it without gaps or repeats.", []check{
		{"bookings by start and ID", listBookings},
		{"invoices by party and number, drafts by ID", listInvoices},
		{"audit entries by time and ID", listAudit},
		{"messages by due time and ID", listMessages},
		{"clients by ID", listClients},
		{"master data by ID", listMasterData},
		{"absences by start and ID", listAbsences},
		{"series by opening and ID", listSeries},
		{"quarantined events by time and ID", listQuarantine},
	}},
	{"The body of a loop over a list may use the same Tx.", []check{
		{"a loop's body reads and saves", loopBody},
		{"a loop may be left early", loopLeft},
	}},
}}

// manyPages is how many records a list has that a backend can't read at once, and few
// of which differ in what they are sorted by first.
const manyPages = 450

// shuffled returns records in an order of no meaning, the same in every run.
func shuffled[T any](records []T) []timebok.Record {
	out := make([]timebok.Record, len(records))
	for i, at := range rand.New(rand.NewPCG(1, 2)).Perm(len(records)) {
		out[i] = any(records[at]).(timebok.Record)
	}
	return out
}

// pages reads a list in pages and joins them.
func pages[T any](size int, page func(after *T, limit int) iter.Seq2[T, error]) ([]T, error) {
	var out []T
	var after *T
	for {
		got, err := collect(page(after, size))
		if err != nil || len(got) == 0 {
			return out, err
		}
		if len(got) > size {
			return out, fmt.Errorf("a page of %d has %d", size, len(got))
		}
		out = append(out, got...)
		last := got[len(got)-1]
		after = &last
	}
}

// wantPages fails unless the list gives want, whole and in pages of every size.
func wantPages[T any](e *env, what string, want []T, page func(ctx context.Context, tx storage.Tx, after *T, limit int) iter.Seq2[T, error]) {
	e.Helper()
	e.view(func(ctx context.Context, tx storage.Tx) error {
		whole, err := collect(page(ctx, tx, nil, 0))
		if err != nil {
			return err
		}
		if diff := same(whole, want); diff != "" {
			e.Errorf("%s (-want +got):\n%s", what, diff)
			return nil
		}
		for _, size := range []int{1, 2, 3, 7, len(want), len(want) + 1} {
			if size == 0 {
				continue
			}
			got, err := pages(size, func(after *T, limit int) iter.Seq2[T, error] { return page(ctx, tx, after, limit) })
			if err != nil {
				return err
			}
			if diff := same(got, want); diff != "" {
				e.Errorf("%s, in pages of %d (-want +got):\n%s", what, size, diff)
			}
		}
		return nil
	})
}

func loopBody(e *env) {
	all := e.manyBookings()
	e.save(append(shuffled(all), e.Records()...)...)
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		i := 0
		for b, err := range tx.Bookings(ctx, booking.Filter{}) {
			if err != nil {
				return err
			}
			if i < len(all) && b.ID != all[i].ID {
				e.Fatalf("booking %d is %v, want %v", i, b.ID, all[i].ID)
			}
			i++
			if _, err := tx.Client(ctx, b.Client); err != nil {
				return err
			}
			for s, err := range tx.SeriesOf(ctx, b.Client) { // a list in a list
				if err != nil {
					return err
				}
				if _, err := tx.LoadBooking(ctx, booking.Needs{Series: s.ID, Booking: b.ID}); err != nil {
					return err
				}
			}
			b.Version, b.Price = 2, timebok.Ore(int64(i))
			tx.Save(b)
			if got, err := tx.Booking(ctx, b.ID); err != nil || got.Version != 2 {
				e.Errorf("in the loop: version %d, %v; want what was just saved", got.Version, err)
			}
		}
		if i != len(all) {
			e.Errorf("the loop ran %d times, want %d", i, len(all))
		}
		return nil
	})
	if err != nil {
		e.Fatal(err)
	}
	e.view(func(ctx context.Context, tx storage.Tx) error {
		got, err := collect(tx.Bookings(ctx, booking.Filter{}))
		for i, b := range got {
			if b.Version != 2 || b.Price != timebok.Ore(int64(i+1)) {
				e.Errorf("booking %d has version %d and price %v", i, b.Version, b.Price)
			}
		}
		return err
	})
}

func loopLeft(e *env) {
	all := e.manyBookings()
	e.save(append(shuffled(all), e.Records()...)...)
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		for range 3 {
			for b, err := range tx.Bookings(ctx, booking.Filter{}) {
				if err != nil {
					return err
				}
				if b.ID != all[0].ID {
					e.Errorf("a loop that was left does not begin anew: got %v", b.ID)
				}
				break
			}
			for _, err := range tx.Practitioners(ctx) {
				if err != nil {
					return err
				}
				break
			}
		}
		changed := all[0]
		changed.Version = 2
		tx.Save(changed)
		return nil
	})
	if err != nil {
		e.Error(err)
	}
}
