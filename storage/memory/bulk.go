package memory

import (
	"context"
	"iter"
	"reflect"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/detach"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

var _ storage.Bulk = (*Driver)(nil)

// Import stores records that are not there yet.
func (d *Driver) Import(ctx context.Context, clinic timebok.ClinicID, records iter.Seq2[timebok.Record, error], o *storage.ImportOptions) (storage.ImportReport, error) {
	return sqlrow.ImportAll(ctx, sqlrow.SQLite{}, clinic, records, o, func(batch []sqlrow.Incoming, report storage.ImportReport) (storage.ImportReport, error) {
		err := d.importBatch(ctx, clinic, batch, &report)
		return report, err
	})
}

// importBatch imports records in one transaction.
func (d *Driver) importBatch(ctx context.Context, clinic timebok.ClinicID, batch []sqlrow.Incoming, report *storage.ImportReport) error {
	c, err := d.take(ctx, clinic)
	if err != nil {
		return err
	}
	defer c.leave()
	state, by := *c.now().state, new(owner)
	var rest []sqlrow.Incoming
	for _, in := range batch {
		ref := in.Record.Ref()
		rows := state.table(ref.Kind)
		if rows == nil {
			rest = append(rest, in)
			continue
		}
		if old, there := rows.get(row{id: ref.ID}); there {
			compare(report, clinic, in, old.rec)
			continue
		}
		r := toStore(in.Record)
		state.put(by, r)
		if state.guard(r) != nil {
			state.remove(by, ref)
			report.Refused = append(report.Refused, ref)
			continue
		}
		report.Added++
	}
	d.relay.Lock()
	defer d.relay.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = &state
	for _, in := range rest {
		if err := c.importBeside(by, in, report); err != nil {
			return err
		}
	}
	return nil
}

// importBeside imports what stands beside the records: a message, or an audit
// entry.
func (c *clinic) importBeside(by *owner, in sqlrow.Incoming, report *storage.ImportReport) error {
	switch r := in.Record.(type) {
	case storage.Queued:
		if old, there := c.outbox.get(r.ID); there {
			compare(report, c.id, in, &old.Queued)
			return nil
		}
		m := &message{Queued: r}
		m.Clinic = c.id
		detach.From(&m.Message)
		c.outbox.put(by, m)
	case timebok.AuditEntry:
		if old, there := c.trail.byID.get(&r); there {
			compare(report, c.id, in, old)
			return nil
		}
		detach.From(&r)
		if err := c.trail.add(by, &r); err != nil {
			return err
		}
	}
	report.Added++
	return nil
}

// compare counts a record that is there already. Two are equal if a database
// would keep them as the same row.
func compare(report *storage.ImportReport, clinic timebok.ClinicID, in sqlrow.Incoming, stored timebok.Record) {
	value, _ := reflect.ValueOf(stored).Elem().Interface().(timebok.Record)
	there, err := sqlrow.Import(sqlrow.SQLite{}, clinic, value)
	if err != nil || !reflect.DeepEqual(there.Row, in.Row) {
		report.Differs = append(report.Differs, in.Record.Ref())
		return
	}
	report.Same++
}

// Export lists every record of the clinic as it is when the loop begins.
func (d *Driver) Export(ctx context.Context, clinic timebok.ClinicID) iter.Seq2[timebok.Record, error] {
	return func(yield func(timebok.Record, error) bool) {
		c, err := d.clinic(clinic)
		if err != nil {
			yield(nil, err)
			return
		}
		for r := range c.now().records() {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// records lists copies of all records by kind, then ID.
func (s snapshot) records() iter.Seq[timebok.Record] {
	return func(yield func(timebok.Record) bool) {
		for _, kind := range storage.Kinds() {
			for r := range s.ofKind(kind) {
				if !yield(r) {
					return
				}
			}
		}
	}
}

func (s snapshot) ofKind(kind timebok.Kind) iter.Seq[timebok.Record] {
	return func(yield func(timebok.Record) bool) {
		switch kind {
		case timebok.KindMessage:
			for m := range s.outbox.byID.from(&message{}) {
				if !yield(m.queued()) {
					return
				}
			}
		case timebok.KindAudit:
			for e := range s.trail.byID.from(&timebok.AuditEntry{}) {
				if !yield(fresh(e)) {
					return
				}
			}
		default:
			for r := range s.state.table(kind).from(row{id: uuid.UUID{}}) {
				copied := reflect.New(reflect.TypeOf(r.rec).Elem())
				copied.Elem().Set(reflect.ValueOf(r.rec).Elem())
				detach.From(copied.Interface())
				if v, ok := copied.Elem().Interface().(timebok.Record); ok && !yield(v) {
					return
				}
			}
		}
	}
}
