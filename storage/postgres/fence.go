package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// An Update, or a lease, looks for the fence once it has a transaction ID, in a
// statement of its own. Either that statement sees the fence, or it began before
// the fence was committed: then its transaction has a lower ID than any that is
// given after that, and Fence waits for all that have. So no lock is needed that
// all Updates of a clinic would share.
const (
	nameMe  = "SELECT pg_current_xact_id()"
	noFence = "SELECT 1 / (1 - count(*)) FROM {}clinic_fence WHERE clinic_id = $1" // fails as noRow does
)

func passFence(t *tx) []call {
	return []call{{sql: nameMe}, {sql: noFence, args: []any{t.clinic}, fail: behindFence}}
}

func behindFence(err error) error {
	if e, refused := refusalOf(err); refused && e.Code == divisionByZero {
		return storage.Fenced()
	}
	return err
}

// Fence closes the clinic for every Update. It waits for every transaction of the
// server that has written something and has not ended, also of other clinics.
func (d *Driver) Fence(ctx context.Context, clinic timebok.ClinicID) error {
	if err := d.setFence(ctx, clinic, "INSERT INTO {}clinic_fence (clinic_id) VALUES ($1) ON CONFLICT DO NOTHING"); err != nil {
		return err
	}
	// An ID that is given now is above that of every Update that did not see the
	// fence. The end of a snapshot is not: it is where the ended ones end.
	var next int64
	if err := d.pool.QueryRow(ctx, nameMe+"::text::bigint").Scan(&next); err != nil {
		return classify(ctx, err)
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		var ended bool
		err := d.pool.QueryRow(ctx, "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= $1", next).Scan(&ended)
		if err != nil || ended {
			return classify(ctx, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// Unfence opens the clinic again.
func (d *Driver) Unfence(ctx context.Context, clinic timebok.ClinicID) error {
	return d.setFence(ctx, clinic, "DELETE FROM {}clinic_fence WHERE clinic_id = $1")
}

func (d *Driver) setFence(ctx context.Context, clinic timebok.ClinicID, sql string) error {
	if clinic.IsZero() {
		return timebok.Reasons{timebok.Missing.At("Clinic")}.Invalid()
	}
	return d.beyondFence(ctx, clinic, func(t *tx) error {
		return t.read(ctx, call{sql: sql, args: []any{t.clinic}})
	})
}

// beyondFence runs an Update that the fence does not keep out. Lost races are run
// again.
func (d *Driver) beyondFence(ctx context.Context, clinic timebok.ClinicID, fn func(*tx) error) (err error) {
	for range 10 {
		if err := d.ready(ctx); err != nil {
			return err
		}
		t := newTx(d, clinic)
		t.anyway, t.update = true, ctx
		if err = fn(t); err == nil {
			err = t.Commit(ctx)
		}
		t.Rollback()
		if !isConflict(err) {
			return err
		}
	}
	return err
}

// eraseAtOnce is how many records are erased in a transaction.
const eraseAtOnce = 5000

const lockFence = "SELECT 1 FROM {}clinic_fence WHERE clinic_id = $1 FOR UPDATE"

// Erase takes away all records of a fenced clinic, the clinic's own first.
func (d *Driver) Erase(ctx context.Context, clinic timebok.ClinicID) error {
	for _, kind := range storage.Kinds() {
		if err := d.eraseFrom(ctx, clinic, writes[kind].table.Name()); err != nil {
			return err
		}
	}
	if err := d.eraseFrom(ctx, clinic, "network_key"); err != nil || !d.stamped {
		return err
	}
	return d.beyondFence(ctx, clinic, func(t *tx) error {
		return t.read(ctx, call{sql: "DELETE FROM {}clinic_stamp WHERE clinic_id = $1", args: []any{t.clinic}})
	})
}

func (d *Driver) eraseFrom(ctx context.Context, clinic timebok.ClinicID, table string) error {
	sql := "DELETE FROM {}" + table + " WHERE clinic_id = $1 AND id IN (SELECT id FROM {}" + table + " WHERE clinic_id = $1 LIMIT $2) RETURNING 1"
	for more := true; more; {
		err := d.beyondFence(ctx, clinic, func(t *tx) error {
			fenced, n := false, 0
			if err := t.read(ctx, call{sql: lockFence, args: []any{t.clinic}, rows: func(rows pgx.Rows) error {
				fenced = rows.Next()
				return nil
			}}); err != nil {
				return err
			}
			if !fenced {
				return timebok.Reasons{storage.NotFenced.At("Clinic")}.Refused()
			}
			err := t.read(ctx, call{sql: sql, args: []any{t.clinic, int64(eraseAtOnce)}, rows: func(rows pgx.Rows) error {
				for rows.Next() {
					n++
				}
				return nil
			}})
			more = n >= eraseAtOnce
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
