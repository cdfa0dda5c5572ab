package sqlite

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/detach"
	"github.com/timebok/timebok/internal/sqlrow"
)

// Kept is what the connection that writes keeps of what it has read: the records
// that every booking asks for. They are as good as read again. The Driver writes
// on no other connection, and this one forgets what it changes or takes back. That
// anybody else has committed - the host by its own SQL, another process, a backup
// that is restored - SQLite tells by its data_version, which every transaction
// asks for: then all is forgotten.
type kept struct {
	version int64 // data_version of all below; -1: not known
	most    int   // records in recent
	// What was used of late, and before that: when there is much of the former the
	// latter is forgotten.
	recent, older keptLists
}

type keptLists struct {
	lists  map[keptKey]any
	listed map[bookingKey]onLists
	size   int
}

func newLists() keptLists {
	return keptLists{lists: map[keptKey]any{}, listed: map[bookingKey]onLists{}}
}

// A keptKey names a list: the records of a kind that another record's ID, or their
// own, selects, or what occupies a practitioner on a day, or when they are away on it.
type keptKey struct {
	kind   timebok.Kind
	clinic timebok.ClinicID
	id     uuid.UUID
	day    int64
}

type bookingKey struct {
	clinic timebok.ClinicID
	id     booking.ID
}

// onLists are the lists that a booking may stand on.
type onLists struct{ series, day keptKey }

// maxKept is how many records are kept, of late and before that each: some ten
// megabytes.
const maxKept = 50_000

// asOf forgets all that is not of that version, and reports if there is nothing to
// forget.
func (k *kept) asOf(version int64) bool {
	if version == k.version {
		return true
	}
	k.forgetAll()
	k.version = version
	return false
}

func newKept(most int) *kept {
	return &kept{version: -1, most: most, recent: newLists(), older: newLists()}
}

func (k *kept) forgetAll() { *k = *newKept(k.most) }

func (k *kept) forget(keys ...keptKey) {
	for _, key := range keys {
		delete(k.recent.lists, key)
		delete(k.older.lists, key)
	}
}

// find returns a list, if it is kept.
func find[T any](k *kept, key keptKey) ([]T, bool) {
	list, ok := k.recent.lists[key].([]T)
	if ok {
		return list, true
	}
	if list, ok = k.older.lists[key].([]T); ok {
		delete(k.older.lists, key)
		k.add(key, list, len(list))
	}
	return list, ok
}

func (k *kept) add(key keptKey, list any, size int) {
	if k.recent.size > k.most {
		k.recent, k.older = newLists(), k.recent
	}
	k.recent.lists[key] = list
	k.recent.size += size + 1
	listed := k.recent.listed
	switch all := list.(type) {
	case []booking.Counted:
		for _, b := range all {
			of := bookingKey{key.clinic, b.ID}
			on := listed[of]
			on.series = key
			listed[of] = on
		}
	case []sqlrow.BusyRow:
		for _, b := range all {
			of := bookingKey{key.clinic, b.Booking}
			on := listed[of]
			on.day = key
			listed[of] = on
		}
	}
}

// wrote is told of each record that is written, and of the row of a new one.
func (k *kept) wrote(clinic timebok.ClinicID, r timebok.Record, added []any) error {
	ref := r.Ref()
	switch ref.Kind {
	case timebok.KindBooking:
		return k.wroteBooking(clinic, r, added)
	case timebok.KindAgreement, timebok.KindAbsence: // kept by service, and by practitioner and day
		for _, g := range []keptLists{k.recent, k.older} {
			maps.DeleteFunc(g.lists, func(key keptKey, _ any) bool { return key.kind == ref.Kind })
		}
	default:
		k.forget(keptKey{kind: ref.Kind, clinic: clinic, id: ref.ID})
	}
	return nil
}

// wroteBooking adds a new booking to its lists, as it would be read. It forgets those
// that a changed one stood on, and would come to.
func (k *kept) wroteBooking(clinic timebok.ClinicID, r timebok.Record, added []any) error {
	of := bookingKey{clinic, booking.ID(r.Ref().ID)}
	b, _ := r.(booking.Booking) // else it was deleted
	to := onLists{
		keptKey{kind: timebok.KindBooking, clinic: clinic, id: b.Series.UUID()},
		keptKey{kind: kindBusy, clinic: clinic, id: b.Practitioner.UUID(), day: dayOf(b.Time.Start)},
	}
	if added == nil {
		was, before := k.recent.listed[of], k.older.listed[of]
		k.forget(was.series, was.day, before.series, before.day, to.series, to.day)
		return nil
	}
	inSeries, series := find[booking.Counted](k, to.series)
	onDay, day := find[sqlrow.BusyRow](k, to.day)
	if !series && !day {
		return nil
	}
	b, err := bookingOf(added)
	if err != nil {
		return err
	}
	if series {
		at, _ := slices.BinarySearchFunc(inSeries, b.Counted(), inOrder)
		k.replace(to.series, slices.Insert(inSeries, at, b.Counted()), of, to)
	}
	if in := b.Occupied(); day && b.State.IsActive() && in.Start.Before(in.End) {
		k.replace(to.day, append(onDay, sqlrow.BusyRow{Practitioner: b.Practitioner, Busy: booking.Busy{Booking: b.ID, Time: in}}), of, to)
	}
	return nil
}

// replace puts a list with one more booking in the place of one that was found.
func (k *kept) replace(key keptKey, list any, of bookingKey, on onLists) {
	k.recent.lists[key] = list
	k.recent.listed[of] = on
	k.recent.size++
}

// kindBusy is the kind of the lists of what occupies a practitioner on a day.
const kindBusy timebok.Kind = "busy"

// dayOf is the day of an instant, counted from 1970.
func dayOf(t time.Time) int64 {
	return micros(t.Truncate(24*time.Hour)) / (24 * time.Hour).Microseconds()
}

// keptOn is what a selection finds of a practitioner and a day, such as what occupies
// the one by sessions that begin on the other. It is not the caller's to change.
func keptOn[T any](t *tx, s selection[T], kind timebok.Kind, of timebok.PractitionerID, day int64) ([]T, error) {
	return remembered(t, keptKey{kind: kind, clinic: t.id, id: of.UUID(), day: day}, func() ([]T, error) {
		begin := day * (24 * time.Hour).Microseconds()
		return s.all(t, idBytes(of), begin, begin+(24*time.Hour).Microseconds())
	})
}

// remembered is a list that is kept, or is read and kept from now on. It is not the
// caller's to change.
func remembered[T any](t *tx, key keptKey, read func() ([]T, error)) ([]T, error) {
	if found, ok := find[T](t.w.kept, key); ok {
		return found, nil
	}
	found, err := read()
	if err == nil {
		t.w.kept.add(key, found, len(found))
	}
	return found, err
}

// inOrder is the order of lists of bookings.
func inOrder(a, b booking.Counted) int {
	return cmp.Or(a.As.Start.Compare(b.As.Start), a.ID.Compare(b.ID))
}

// keeping is a selection by one ID whose records are kept.
func keeping[T any](kind timebok.Kind, s selection[T]) selection[T] {
	s.keeps = kind
	return s
}

// recall is all, of a selection whose records are kept.
func (s selection[T]) recall(t *tx, id []byte) ([]T, error) {
	key := keptKey{kind: s.keeps, clinic: t.id, id: uuid.UUID(id)}
	found, err := remembered(t, key, func() (found []T, err error) {
		err = s.each(t, []any{id}, func(r T) { found = append(found, r) })
		return found, err
	})
	found = slices.Clone(found)
	for i := range found {
		detach.From(&found[i])
	}
	return found, err
}
