package postgres

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

var _ storage.Bulk = (*Driver)(nil)

// Import stores records that are not there yet: those of a batch are copied to a
// temporary table, and from there in one statement.
func (d *Driver) Import(ctx context.Context, clinic timebok.ClinicID, records iter.Seq2[timebok.Record, error], o *storage.ImportOptions) (storage.ImportReport, error) {
	report, err := sqlrow.ImportAll(ctx, dialect{}, clinic, records, o, func(batch []sqlrow.Incoming, before storage.ImportReport) (storage.ImportReport, error) {
		return d.importBatch(ctx, clinic, batch, before)
	})
	if err == nil && report.Added >= manyRecords {
		d.tidy(ctx)
	}
	return report, err
}

// manyRecords are so many that the tables should be looked after at once, not when
// PostgreSQL does so the next time.
const manyRecords = 10_000

// tidy tells the planner what the tables hold, and marks what was stored as seen
// by all: else the first who reads a row has to. It may fail: then PostgreSQL does
// so by itself, later.
func (d *Driver) tidy(ctx context.Context) {
	for _, kind := range storage.Kinds() {
		_, _ = d.pool.Exec(ctx, d.fill("VACUUM (ANALYZE) {}"+sqlrow.BulkOf(kind).Name()))
	}
}

// importBatch imports records in one transaction.
func (d *Driver) importBatch(ctx context.Context, clinic timebok.ClinicID, batch []sqlrow.Incoming, before storage.ImportReport) (storage.ImportReport, error) {
	fates := make([]fate, len(batch))
	err := d.beyondFence(ctx, clinic, func(t *tx) error {
		clear(fates)
		for _, kind := range storage.Kinds() {
			p := &parcel{t: t, batch: batch, fates: fates, table: sqlrow.BulkOf(kind)}
			for i, in := range batch {
				if in.Record.Ref().Kind == kind {
					p.places = append(p.places, i)
				}
			}
			if len(p.places) > 0 {
				if err := p.store(ctx); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return before, err
	}
	report := before
	report.Differs, report.Refused = slices.Clip(before.Differs), slices.Clip(before.Refused)
	for i, in := range batch {
		switch fates[i] {
		case added:
			report.Added++
		case same:
			report.Same++
		case differs:
			report.Differs = append(report.Differs, in.Record.Ref())
		case refused:
			report.Refused = append(report.Refused, in.Record.Ref())
		}
	}
	return report, nil
}

// A fate is what became of a record of an import.
type fate int

const (
	refused fate = iota // for nothing is there
	added
	same
	differs
)

// A parcel is the records of one kind in a batch.
type parcel struct {
	t      *tx
	batch  []sqlrow.Incoming
	fates  []fate
	table  sqlrow.Bulk
	places []int // in batch
}

// store copies the records to the temporary table, inserts those that are not
// there, and compares the others with what is.
func (p *parcel) store(ctx context.Context) error {
	columns := p.table.Columns()
	list, incoming := strings.Join(columns, ", "), "incoming_"+p.table.Name()
	ordered := append(slices.Clone(columns), "import_place")
	if err := p.t.read(ctx,
		call{sql: "CREATE TEMP TABLE " + incoming + " ON COMMIT DROP AS SELECT " + list + ", 0::bigint AS import_place FROM {}" + p.table.Name() + " WITH NO DATA"},
	); err != nil {
		return err
	}
	if err := p.copy(ctx, incoming, ordered); err != nil {
		return err
	}
	first := map[uuid.UUID]int{}
	for _, i := range slices.Backward(p.places) {
		first[p.batch[i].Record.Ref().ID] = i
	}
	insert := call{
		sql: "INSERT INTO {}" + p.table.Name() + " (" + list + ") SELECT " + list + " FROM " + incoming + " ORDER BY import_place ON CONFLICT DO NOTHING RETURNING id",
		rows: func(rows pgx.Rows) error {
			for rows.Next() {
				var id uuid.UUID
				if err := rows.Scan((*[16]byte)(&id)); err != nil {
					return err
				}
				p.fates[first[id]] = added
			}
			return nil
		},
		fail: func(err error) error {
			return classifyWrite(ctx, err, sqlrow.Change{Record: p.batch[p.places[0]].Record})
		},
	}
	inserts := []call{insert}
	if p.table.Name() == "booking" && !p.t.d.guard {
		inserts = p.oneByOne(insert, list, incoming)
	}
	if err := p.t.read(ctx, inserts...); err != nil {
		return err
	}
	if err := p.compare(ctx, incoming, columns); err != nil {
		return err
	}
	return p.keys(ctx)
}

// oneByOne are the calls that insert bookings where the database itself doesn't
// keep them apart: each if nothing that is there by then stands in its way.
func (p *parcel) oneByOne(insert call, list, incoming string) []call {
	calls := []call{
		{sql: "CREATE INDEX ON " + incoming + " (import_place)"},
		{sql: "SELECT 1 FROM {}practitioner WHERE clinic_id = $1 AND id IN (SELECT practitioner_id FROM " + incoming + ") ORDER BY id" + forUpdate,
			args: []any{p.t.clinic}},
	}
	insert.sql = "INSERT INTO {}booking (" + list + ") SELECT " + list + " FROM " + incoming +
		" a WHERE import_place = $2 AND NOT (" + isGuarded + " AND " + inTheWay + ") ON CONFLICT DO NOTHING RETURNING id"
	for _, i := range p.places {
		insert.args = []any{p.t.clinic, int64(i)}
		calls = append(calls, insert)
	}
	return calls
}

// copy fills the temporary table.
func (p *parcel) copy(ctx context.Context, into string, columns []string) error {
	n := -1
	source := pgx.CopyFromFunc(func() ([]any, error) {
		if n++; n == len(p.places) {
			return nil, nil
		}
		return append(p.batch[p.places[n]].Row, int64(p.places[n])), nil
	})
	_, err := p.t.conn.CopyFrom(ctx, pgx.Identifier{into}, columns, source)
	if err != nil {
		p.t.failed = classifyWrite(ctx, err, sqlrow.Change{Record: p.batch[p.places[0]].Record})
	}
	return p.t.failed
}

// compare looks at what was there already.
func (p *parcel) compare(ctx context.Context, incoming string, columns []string) error {
	var now, was []string
	for _, name := range columns[2:] {
		now, was = append(now, "i."+name), append(was, "e."+name)
	}
	return p.t.read(ctx, call{
		sql: "SELECT i.import_place, (" + strings.Join(now, ", ") + ") IS NOT DISTINCT FROM (" + strings.Join(was, ", ") + ") FROM " + incoming +
			" i JOIN {}" + p.table.Name() + " e ON e.clinic_id = $1 AND e.id = i.id",
		args: []any{p.t.clinic},
		rows: func(rows pgx.Rows) error {
			for rows.Next() {
				var place int64
				var equal bool
				if err := rows.Scan(&place, &equal); err != nil {
					return err
				}
				switch {
				case p.fates[place] == added:
				case equal:
					p.fates[place] = same
				default:
					p.fates[place] = differs
				}
			}
			return nil
		},
	})
}

// keys writes the network keys of the practitioners and services that were added.
func (p *parcel) keys(ctx context.Context) error {
	var calls []call
	for _, i := range p.places {
		if p.fates[i] == added {
			calls = append(calls, p.t.writeKeys(sqlrow.Change{Record: p.batch[i].Record}, false)...)
		}
	}
	if len(calls) == 0 {
		return nil
	}
	return p.t.read(ctx, calls...)
}

// Export lists every record of the clinic, on a connection of its own with one
// snapshot.
func (d *Driver) Export(ctx context.Context, clinic timebok.ClinicID) iter.Seq2[timebok.Record, error] {
	return func(yield func(timebok.Record, error) bool) {
		if err := d.export(ctx, clinic, func(r timebok.Record) bool { return yield(r, nil) }); err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// errEnough ends a query whose reader wants no more.
var errEnough = errors.New("enough")

func (d *Driver) export(ctx context.Context, clinic timebok.ClinicID, yield func(timebok.Record) bool) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	tx, err := d.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return classify(ctx, err)
	}
	defer func() {
		undo, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		_ = tx.Rollback(undo) // it only read
	}()
	for _, kind := range storage.Kinds() {
		table := sqlrow.BulkOf(kind)
		rows, err := tx.Query(ctx, d.fill("SELECT "+strings.Join(table.Reads(), ", ")+" FROM {}"+table.Name()+" WHERE clinic_id = $1 ORDER BY id"), id(clinic))
		if err != nil {
			return classify(ctx, err)
		}
		err = eachRow(rows, func(row []any) error {
			r, err := table.Record(dialect{}, row)
			if err != nil {
				return unreadable(err)
			}
			if !yield(r) {
				return errEnough
			}
			return nil
		})
		if err != nil {
			rows.Close()
			if errors.Is(err, errEnough) {
				return err
			}
			return classify(ctx, err)
		}
		if err := rows.Err(); err != nil {
			return classify(ctx, err)
		}
	}
	return nil
}
