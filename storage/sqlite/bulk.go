package sqlite

import (
	"bytes"
	"context"
	"database/sql/driver"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

var _ storage.Bulk = (*Driver)(nil)

// A bulkSQL is how whole records of a kind are written and read.
type bulkSQL struct {
	table        sqlrow.Bulk
	insert       insertSQL
	stored, list string

	at []int // of each column that is read, its place among those written; -1: not among them
}

var bulk = func() map[timebok.Kind]*bulkSQL {
	out := map[timebok.Kind]*bulkSQL{}
	for _, k := range storage.Kinds() {
		m := sqlrow.BulkOf(k)
		read := "SELECT " + strings.Join(m.Reads(), ", ") + " FROM " + m.Name() + " WHERE clinic_id = ?"
		b := &bulkSQL{table: m, insert: insertInto(m), stored: read + " AND id = ?", list: read + " ORDER BY id"}
		for _, name := range m.Reads() {
			at := slices.Index(m.Columns(), name)
			if name == "clinic_id" {
				at = -1
			}
			b.at = append(b.at, at)
		}
		out[k] = b
	}
	return out
}()

// Import stores records that are not there yet.
func (d *Driver) Import(ctx context.Context, clinic timebok.ClinicID, records iter.Seq2[timebok.Record, error], o *storage.ImportOptions) (storage.ImportReport, error) {
	return sqlrow.ImportAll(ctx, sqlrow.SQLite{}, clinic, records, o, func(batch []sqlrow.Incoming, before storage.ImportReport) (storage.ImportReport, error) {
		return d.importBatch(ctx, clinic, batch, before)
	})
}

// importBatch imports records in one transaction. A lost race is run again.
func (d *Driver) importBatch(ctx context.Context, clinic timebok.ClinicID, batch []sqlrow.Incoming, before storage.ImportReport) (report storage.ImportReport, err error) {
	for range 10 {
		report = before
		report.Differs, report.Refused = slices.Clip(before.Differs), slices.Clip(before.Refused)
		err = d.anyway(ctx, clinic, func(t *tx) error {
			for _, in := range batch {
				if err := t.importOne(in, &report); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, timebok.ErrConflict) {
			break
		}
	}
	return report, err
}

func (t *tx) importOne(in sqlrow.Incoming, report *storage.ImportReport) error {
	ref := in.Record.Ref()
	b := bulk[ref.Kind]
	sql, args := b.insert.of(slices.Clone(in.Row))
	n, err := t.write(sql, args...)
	if err != nil {
		typed, only := classifyWrite(err, in.Record)
		if !only || errors.Is(typed, timebok.ErrInvalid) {
			return typed
		}
	}
	if n > 0 {
		report.Added++
		return t.w.kept.wrote(t.id, in.Record, in.Row)
	}
	there, same := false, true
	err = t.query(b.stored, []any{t.clinic, ref.ID[:]}, func(row []driver.Value) error {
		there = true
		for i, at := range b.at {
			same = same && (at < 0 || equal(row[i], in.Row[at]))
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case !there:
		report.Refused = append(report.Refused, ref)
	case !same:
		report.Differs = append(report.Differs, ref)
	default:
		report.Same++
	}
	return nil
}

// bookingOf makes a booking of a row that was written, as it would be read.
func bookingOf(written []any) (booking.Booking, error) {
	in := make([]any, 0, 48)
	for _, at := range bulk[timebok.KindBooking].at {
		in = append(in, written[at])
	}
	return sqlrow.Bookings.Scan(sqlrow.SQLite{}, in)
}

func equal(a, b any) bool {
	if x, ok := a.([]byte); ok {
		y, ok := b.([]byte)
		return ok && bytes.Equal(x, y)
	}
	return a == b
}

// Export lists every record of the clinic, on a connection of its own with one
// snapshot.
func (d *Driver) Export(ctx context.Context, clinic timebok.ClinicID) iter.Seq2[timebok.Record, error] {
	return func(yield func(timebok.Record, error) bool) {
		err := d.export(ctx, clinic, func(r timebok.Record) bool { return yield(r, nil) })
		switch {
		case err == nil || errors.Is(err, errEnough):
		case ctx.Err() != nil:
			yield(nil, ctx.Err())
		default:
			yield(nil, classify(err))
		}
	}
}

// errEnough ends a query whose reader wants no more.
var errEnough = errors.New("enough")

func (d *Driver) export(ctx context.Context, clinic timebok.ClinicID, yield func(timebok.Record) bool) error {
	if err := d.usable(ctx); err != nil {
		return err
	}
	c, err := d.file.forReading()
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.run("BEGIN"); err != nil {
		return err
	}
	for _, kind := range storage.Kinds() {
		b := bulk[kind]
		var in []any
		err := c.query(b.list, []any{idBytes(clinic)}, func(row []driver.Value) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			in = in[:0]
			for _, v := range row {
				in = append(in, v)
			}
			r, err := b.table.Record(sqlrow.SQLite{}, in)
			if err != nil {
				return unreadable(err)
			}
			if !yield(r) {
				return errEnough
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
