package postgres

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
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
	var sql strings.Builder
	sql.WriteString(nameMe)
	args := []any{t.clinic}
	for i, k := range keys {
		if k.id == (uuid.UUID{}) || i > 0 && k == keys[i-1] || slices.Contains(t.locks, k) {
			continue
		}
		args = append(args, pgUUID(k.id))
		sql.WriteString(" UNION ALL SELECT NULL FROM (SELECT 1 FROM {}")
		sql.WriteString(lockTables[k.rank])
		sql.WriteString(" WHERE clinic_id = $1 AND id = $")
		sql.WriteString(strconv.Itoa(len(args)))
		sql.WriteString(t.mode(k))
		sql.WriteString(") l")
	}
	if len(args) == 1 {
		return nil
	}
	return []call{{sql: sql.String(), args: args}}
}

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
