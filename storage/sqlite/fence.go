package sqlite

import (
	"context"
	"database/sql/driver"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// readFences reads which clinics are fenced: when another connection may have
// changed it, and when this one did.
func (w *writer) readFences() error {
	fenced := map[timebok.ClinicID]bool{}
	err := w.conn.query("SELECT clinic_id FROM clinic_fence", nil, func(row []driver.Value) error {
		b, _ := row[0].([]byte)
		fenced[timebok.ClinicID(b)] = true
		return nil
	})
	if err == nil {
		w.fenced = fenced
	}
	return classify(err)
}

// Fence closes the clinic for every Update. It is an Update itself: when its turn
// has come, those before it have ended, and its COMMIT is theirs.
func (d *Driver) Fence(ctx context.Context, clinic timebok.ClinicID) error {
	return d.setFence(ctx, clinic, "INSERT INTO clinic_fence (clinic_id) VALUES (?) ON CONFLICT DO NOTHING")
}

// Unfence opens the clinic again.
func (d *Driver) Unfence(ctx context.Context, clinic timebok.ClinicID) error {
	return d.setFence(ctx, clinic, "DELETE FROM clinic_fence WHERE clinic_id = ?")
}

func (d *Driver) setFence(ctx context.Context, clinic timebok.ClinicID, sql string) error {
	if clinic.IsZero() {
		return timebok.Reasons{timebok.Missing.At("Clinic")}.Invalid()
	}
	return d.anyway(ctx, clinic, func(t *tx) error {
		if _, err := t.write(sql, t.clinic); err != nil {
			return err
		}
		return t.w.readFences() // for those who share the transaction
	})
}

// anyway runs a write in its turn, fenced or not. An error undoes it.
func (d *Driver) anyway(ctx context.Context, clinic timebok.ClinicID, fn func(*tx) error) error {
	t, err := d.beginAnyway(ctx, clinic)
	if err != nil {
		return err
	}
	if err := fn(t); err != nil {
		t.spoiled = t.spoiled || !isTyped(err)
		if unfounded := t.Rollback(); unfounded != nil {
			return unfounded
		}
		return classify(err)
	}
	return t.Commit(context.WithoutCancel(ctx)) // what is written is not for one to take back that others share
}

// eraseAtOnce is how many records are erased in a transaction: others have their
// turns in between.
const eraseAtOnce = 5000

// Erase takes away all records of a fenced clinic, the clinic's own first.
func (d *Driver) Erase(ctx context.Context, clinic timebok.ClinicID) error {
	for _, kind := range storage.Kinds() {
		table := writes[kind].table.Name()
		sql := "DELETE FROM " + table + " WHERE clinic_id = ? AND id IN (SELECT id FROM " + table + " WHERE clinic_id = ? LIMIT ?)"
		for more := true; more; {
			err := d.anyway(ctx, clinic, func(t *tx) error {
				if !t.w.fenced[clinic] {
					return timebok.Reasons{storage.NotFenced.At("Clinic")}.Refused()
				}
				t.w.kept.forgetAll()
				n, err := t.write(sql, t.clinic, t.clinic, int64(eraseAtOnce))
				more = n == eraseAtOnce
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
