package postgres

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
)

// The order in which records are locked: by rank, then by ID.
const (
	connectionRank = iota
	practitionerRank
	seriesRank
	clientRank
	numberingRank
)

// lockTables are the tables of the ranks. The numbering of a party is locked by
// the party, which is there before it.
var lockTables = [...]string{"connection", "practitioner", "series", "client", "billing_party"}

// A lockKey names what is locked.
type lockKey struct {
	rank int
	id   uuid.UUID
}

func (k lockKey) compare(other lockKey) int {
	return cmp.Or(cmp.Compare(k.rank, other.rank), bytes.Compare(k.id[:], other.id[:]))
}

// Without being in the way of those who only refer to the row.
const (
	forUpdate = " FOR NO KEY UPDATE"
	atOnce    = " NOWAIT"
)

// mode returns how a statement may lock, and notes that it does. Whoever holds
// nothing that comes later waits for the lock. Who does hold such a thing may be
// waited for by whoever has the lock, so it doesn't wait: it loses the race, and
// its next run begins with all locks in their order.
func (t *tx) mode(k lockKey) string {
	late := slices.ContainsFunc(t.locks, func(held lockKey) bool { return held.compare(k) > 0 })
	t.locks = append(t.locks, k)
	if late {
		t.late = true
		return forUpdate + atOnce
	}
	return forUpdate
}

// lockAll returns the call that takes locks in their order, one arm after the
// other. It gives the transaction an ID, whatever it finds to lock.
func (t *tx) lockAll(keys []lockKey) []call {
	slices.SortFunc(keys, lockKey.compare)
	var sql string
	args := append(make([]any, 0, 1+len(keys)), t.clinic)
	for i, k := range keys {
		if k.id == (uuid.UUID{}) || i > 0 && k == keys[i-1] || slices.Contains(t.locks, k) {
			continue
		}
		args = append(args, pgUUID(k.id))
		if mode := t.mode(k); len(args) == 2 {
			sql = lockFirst[k.rank][mode]
		} else {
			sql += lockArm(k.rank, mode, len(args))
		}
	}
	if len(args) == 1 {
		return nil
	}
	return []call{{sql: sql, args: args}}
}

func lockArm(rank int, mode string, arg int) string {
	return " UNION ALL SELECT NULL FROM (SELECT 1 FROM {}" + lockTables[rank] + " WHERE clinic_id = $1 AND id = $" + strconv.Itoa(arg) + mode + ") l"
}

// lockFirst are the statements up to their first arm, by rank and mode.
var lockFirst = func() (out [len(lockTables)]map[string]string) {
	for rank := range out {
		out[rank] = map[string]string{}
		for _, mode := range []string{forUpdate, forUpdate + atOnce} {
			out[rank][mode] = nameMe + lockArm(rank, mode, 2)
		}
	}
	return out
}()

// A transaction that asked for locks against their order, and lost, leaves them
// for the next run of its Update, which Begin knows by its context.

func (t *tx) leaveLocks() {
	if t.update == nil {
		return // nobody will run it again
	}
	d, left := t.d, &t.locks
	d.left.Store(t.update, left)
	time.AfterFunc(time.Minute, func() { d.left.CompareAndDelete(t.update, left) }) // nobody came
}

func (d *Driver) takeLocks(update context.Context) []lockKey {
	left, ok := d.left.LoadAndDelete(update)
	if !ok {
		return nil
	}
	return *left.(*[]lockKey)
}

// holds reports whether a practitioner is locked.
func (t *tx) holds(of timebok.PractitionerID) bool {
	return slices.Contains(t.locks, lockKey{practitionerRank, of.UUID()})
}
