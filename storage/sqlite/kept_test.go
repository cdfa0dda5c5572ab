package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/sqlite"
	"github.com/timebok/timebok/storage/storagetest"
	"pgregory.net/rapid"
)

// Whatever is booked, changed, deleted, undone, and done by others on the file: what
// an Update reads is what a View reads, which keeps nothing.
func TestKeptIsAsGoodAsRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		k := newKeeping(t, rapid.SampledFrom([]int{0, 5, 10_000}).Draw(r, "kept"))
		r.Repeat(map[string]func(*rapid.T){
			"book":   k.book,
			"change": k.change,
			"delete": k.delete,
			"away":   k.away,
			"master": k.master,
			"others": k.others,
			"undone": k.undone,
			"":       k.check,
		})
	})
}

// A keeping is a clinic whose Updates keep what they read.
type keeping struct {
	*storagetest.Clinic
	store  *storage.Store
	path   string
	t      *testing.T
	made   []booking.ID
	people []timebok.PractitionerID
	cases  []series.ID
	n      int
}

func newKeeping(t *testing.T, records int) *keeping {
	k := &keeping{Clinic: storagetest.NewClinic("kept"), path: newFile(t), t: t}
	d := open(t, k.path, nil)
	t.Cleanup(func() { _ = d.Close() })
	sqlite.Forgetful(d, records)
	k.store = storage.New(d, nil)
	k.Save(t, k.store)
	other := k.Case
	other.ID, other.Case.Number = series.ID{7}, "other"
	k.people, k.cases = []timebok.PractitionerID{k.Anne.ID, k.Kari.ID}, []series.ID{{}, k.Case.ID, other.ID}
	k.try(nil, other)
	return k
}

// try saves records, reads all, and fails if it is to.
func (k *keeping) try(fails error, records ...timebok.Record) bool {
	err := k.store.Update(k.t.Context(), k.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		tx.Save(records...)
		if _, err := k.read(ctx, tx); err != nil {
			return err
		}
		return fails
	})
	return err == nil
}

// read reads what bookings are decided on.
func (k *keeping) read(ctx context.Context, tx storage.Tx) (all []booking.View, err error) {
	for _, p := range k.people {
		for _, s := range k.cases {
			for day := range 2 {
				v, err := tx.LoadBooking(ctx, booking.Needs{
					Client: k.Ola.ID, Practitioner: p, Service: k.Talk.ID, Series: s,
					Within: timebok.Lasting(storagetest.Monday.Add(time.Duration(day)*14*time.Hour), 5*time.Hour),
				})
				if err != nil {
					return nil, err
				}
				all = append(all, v)
			}
		}
	}
	return all, nil
}

func (k *keeping) check(r *rapid.T) {
	var want, got []booking.View
	view := func(ctx context.Context, tx storage.Tx) (err error) { want, err = k.read(ctx, tx); return err }
	if err := k.store.View(k.t.Context(), k.Clinic.Clinic.ID, view); err != nil {
		r.Fatal(err)
	}
	update := func(ctx context.Context, tx storage.Tx) (err error) { got, err = k.read(ctx, tx); return err }
	if err := k.store.Update(k.t.Context(), k.Clinic.Clinic.ID, update); err != nil {
		r.Fatal(err)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			r.Fatalf("an Update reads %+v\nwhere a View reads %+v", got[i], want[i])
		}
	}
}

// draw gives a booking a place in calendar and series.
func (k *keeping) draw(r *rapid.T, b booking.Booking) booking.Booking {
	b.Practitioner = rapid.SampledFrom(k.people).Draw(r, "with")
	b.Series = rapid.SampledFrom(k.cases).Draw(r, "series")
	b.Time = timebok.Lasting(storagetest.Monday.Add(time.Duration(rapid.IntRange(0, 60).Draw(r, "hour"))*time.Hour), 45*time.Minute)
	return b
}

func (k *keeping) book(r *rapid.T) {
	k.n++
	b := k.draw(r, k.Booking(fmt.Sprint(k.n), 0))
	if k.try(nil, b) {
		k.made = append(k.made, b.ID)
	}
}

// one reads one of the bookings that were made.
func (k *keeping) one(r *rapid.T) booking.Booking {
	if len(k.made) == 0 {
		r.Skip()
	}
	id := rapid.SampledFrom(k.made).Draw(r, "booking")
	var b booking.Booking
	err := k.store.View(k.t.Context(), k.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) (err error) {
		b, err = tx.Booking(ctx, id)
		return err
	})
	if errors.Is(err, timebok.ErrNotFound) {
		r.Skip()
	}
	if err != nil {
		r.Fatal(err)
	}
	return b
}

func (k *keeping) change(r *rapid.T) {
	b := k.draw(r, k.one(r))
	b.Version++
	b.State = rapid.SampledFrom([]booking.State{booking.Booked, booking.Arrived, booking.EnteredInError}).Draw(r, "state")
	k.try(nil, b)
}

func (k *keeping) delete(r *rapid.T) {
	b := k.one(r)
	k.try(nil, timebok.Deletion{Of: b.Ref()})
}

// master changes what bookings hang on.
func (k *keeping) master(r *rapid.T) {
	k.n++
	name := fmt.Sprint("name ", k.n)
	err := k.store.Update(k.t.Context(), k.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		v, err := tx.LoadBooking(ctx, booking.Needs{
			Client: k.Ola.ID, Practitioner: k.Anne.ID, Service: k.Talk.ID, Series: k.Case.ID, Within: timebok.Lasting(storagetest.Monday, time.Hour),
		})
		if err != nil {
			return err
		}
		v.Clinic.Version, v.Client.Version, v.Practitioner.Version = v.Clinic.Version+1, v.Client.Version+1, v.Practitioner.Version+1
		v.Service.Version, v.Series.Version = v.Service.Version+1, v.Series.Version+1
		v.Clinic.Name, v.Client.Name, v.Practitioner.Name, v.Service.Name, v.Series.Name = name, timebok.Hide(name), name, name, name
		s := *v.Calendar.Schedule
		s.Version, s.HolidaysOpen = s.Version+1, !s.HolidaysOpen
		agreed := timebok.PriceAgreement{
			ID: timebok.DeriveID[timebok.PriceAgreement](name), Version: 1, Payer: k.Insurer.ID, Service: k.Talk.ID, Price: timebok.Ore(int64(k.n)),
		}
		all := []timebok.Record{v.Clinic, *v.Client, *v.Practitioner, *v.Service, *v.Series, s, agreed}
		tx.Save(rapid.SampledFrom(all).Draw(r, "record"))
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
}

// away makes, moves or deletes an absence, of some hours or some days.
func (k *keeping) away(r *rapid.T) {
	id := booking.AbsenceID{byte(rapid.IntRange(1, 3).Draw(r, "absence"))}
	var there []booking.Absence
	err := k.store.View(k.t.Context(), k.Clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		there = nil
		for _, p := range k.people {
			for a, err := range tx.Absences(ctx, p, timebok.Lasting(storagetest.Monday.Add(-1000*time.Hour), 2000*time.Hour)) {
				if err != nil {
					return err
				}
				if a.ID == id {
					there = append(there, a)
				}
			}
		}
		return nil
	})
	if err != nil {
		r.Fatal(err)
	}
	a := booking.Absence{
		ID: id, Version: 1, Practitioner: rapid.SampledFrom(k.people).Draw(r, "with"), Kind: booking.Course,
		Time: timebok.Lasting(storagetest.Monday.Add(time.Duration(rapid.IntRange(-60, 60).Draw(r, "hour"))*time.Hour),
			time.Duration(rapid.SampledFrom([]int{1, 6, 24, 70}).Draw(r, "hours"))*time.Hour),
	}
	if len(there) > 0 {
		if a.Version += there[0].Version; rapid.Bool().Draw(r, "delete") {
			k.try(nil, timebok.Deletion{Of: there[0].Ref()})
			return
		}
	}
	if !k.try(nil, a) {
		r.Fatal("not stored")
	}
}

// others writes to the file on another connection, as a host's own SQL would.
func (k *keeping) others(r *rapid.T) {
	k.n++
	raw(k.t, k.path, rapid.SampledFrom([]string{
		fmt.Sprintf("UPDATE clinic SET name = 'name %d'", k.n), fmt.Sprintf("UPDATE practitioner SET name = 'name %d'", k.n),
		fmt.Sprintf("UPDATE service SET name = 'name %d'", k.n), fmt.Sprintf("UPDATE series SET name = 'name %d'", k.n),
		fmt.Sprintf("UPDATE booking SET treatment = 'T%d'", k.n), "UPDATE booking SET active = 0 WHERE rowid % 2 = 0",
		"DELETE FROM booking WHERE rowid % 3 = 0", "UPDATE schedule SET holidays_open = NOT holidays_open",
		"UPDATE absence SET ends = ends + 3600000000", "DELETE FROM absence WHERE rowid % 2 = 0",
	}).Draw(r, "sql"))
}

// undone writes, reads, and takes it back, alone or in the transaction of others.
func (k *keeping) undone(r *rapid.T) {
	k.n++
	s := k.Case
	s.ID, s.Case.Number = series.ID{9}, fmt.Sprint("undone ", k.n)
	if k.try(errors.New("undone"), s, k.draw(r, k.Booking(fmt.Sprint(k.n), 0))) {
		r.Fatal("stored")
	}
}

// What is undone within a group is not remembered by the next in it.
func TestUndoneInGroupIsForgotten(t *testing.T) {
	d := newDesk(t)
	errOwn := errors.New("own")
	renamed := d.Talk
	renamed.Version, renamed.Name = 2, "renamed"
	name := ""
	reads := func(ctx context.Context, tx storage.Tx) error {
		s, err := tx.Service(ctx, d.Talk.ID)
		name = s.Name
		return err
	}
	errs := d.together(t, d.Store, saving(d.client(1)), reads, func(ctx context.Context, tx storage.Tx) error {
		tx.Save(renamed)
		return errors.Join(reads(ctx, tx), errOwn)
	}, reads)
	if !errors.Is(errs[2], errOwn) || errors.Join(errs[0], errs[1], errs[3]) != nil || name != d.Talk.Name {
		t.Errorf("read %q; %v", name, errs)
	}
}

// The same ID in two clinics is two bookings, each on lists of its own.
func TestKeptOfTwoClinics(t *testing.T) {
	d := newDesk(t)
	other := storagetest.NewClinic("B")
	other.Save(t, d.Store)
	see := func(c *storagetest.Clinic, save ...timebok.Record) (n int) {
		t.Helper()
		err := d.Update(t.Context(), c.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			tx.Save(save...)
			v, err := tx.LoadBooking(ctx, booking.Needs{Practitioner: c.Anne.ID, Within: timebok.Lasting(storagetest.Monday, 10*time.Hour)})
			n = len(v.Calendar.Busy)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	here, there := d.Clinic.Booking("x", time.Hour), other.Booking("x", time.Hour)
	there.ID = here.ID
	if a, b := see(d.Clinic, here), see(other, there); a != 1 || b != 1 {
		t.Fatalf("%d and %d bookings, want one in each", a, b)
	}
	here.Version, here.Practitioner = 2, d.Kari.ID
	if a, b := see(d.Clinic, here), see(other); a != 0 || b != 1 {
		t.Errorf("%d and %d bookings, want none and one", a, b)
	}
}

// Nothing is read twice that only this driver writes.
func TestKept(t *testing.T) {
	d := newDesk(t)
	book := func(hour int) int {
		before := d.tap.count("SELECT")
		r := d.Request(storagetest.Monday.Add(time.Duration(hour) * time.Hour))
		r.Series = d.Paid.ID
		r.Client = d.Paid.Client
		err := d.Update(t.Context(), d.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
			_, err := d.Desk.Book(ctx, tx, d.Actor(), r)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return d.tap.count("SELECT") - before
	}
	book(1)
	if n := book(3); n != 0 {
		t.Errorf("the second booking took %d SELECTs, want none", n)
	}
}
