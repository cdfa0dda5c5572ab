package backend

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A tx is a transaction: a state, which it copies before it changes it.
type tx struct {
	d        *Driver
	clinic   timebok.ClinicID
	readOnly bool
	ended    bool

	state  state
	mine   map[key]bool // what this transaction saved; nil: nothing, and the state is shared
	failed error        // what the commit must fail with
}

// ClinicID is the clinic that the transaction is bound to.
func (tx *tx) ClinicID() timebok.ClinicID { return tx.clinic }

// usable returns why the transaction can't be used. A caller may have kept it.
func (tx *tx) usable(ctx context.Context) error {
	if tx.ended {
		return timebok.Reasons{storage.Ended.At("")}.Refused()
	}
	return ctx.Err()
}

// Save puts records into the transaction's own state, where its later reads find
// them. It returns nothing: what is wrong fails the commit.
func (tx *tx) Save(records ...timebok.Record) {
	for _, r := range records {
		if tx.ended || tx.failed != nil {
			return
		}
		tx.failed = tx.save(r)
	}
}

func (tx *tx) save(r timebok.Record) error {
	if _, ok := r.(timebok.AuditEntry); tx.readOnly && !ok {
		return timebok.Reasons{storage.ReadOnly.At("")}.Refused()
	}
	ref := r.Ref()
	deletion, gone := r.(timebok.Deletion)
	if gone && (ref.Kind == timebok.KindAudit || ref.Kind == timebok.KindMessage) || !slices.Contains(storage.Kinds(), ref.Kind) {
		return timebok.Reasons{timebok.BadValue.At("Kind")}.Invalid()
	}
	tx.copyOnce()
	k := keyOf(ref)
	var stored int64 // 0: nothing
	if old, ok := tx.state[k]; ok {
		stored = old.Ref().Version
	}
	if gone {
		if stored == 0 || stored != deletion.Of.Version {
			return &timebok.StaleError{Ref: deletion.Of, Stored: stored}
		}
		delete(tx.state, k)
		tx.mine[k] = true
		return nil
	}
	switch {
	case ref.Version == stored+1: // new, or the next version
	case ref.Version == stored && tx.mine[k]: // saved again: the last counts
	case ref.Version == 1:
		return &timebok.ExistsError{Ref: ref}
	default:
		ref.Version-- // which the caller read
		return &timebok.StaleError{Ref: ref, Stored: stored}
	}
	if m, ok := r.(timebok.Message); ok {
		r = queued{Queued: storage.Queued{Message: m, Clinic: tx.clinic}}
	}
	tx.state[k] = fresh(r)
	tx.mine[k] = true
	return nil
}

// copyOnce is called before the first change: from then on the state is our own.
func (tx *tx) copyOnce() {
	if tx.mine != nil {
		return
	}
	tx.mine = map[key]bool{}
	if tx.state = maps.Clone(tx.state); tx.state == nil {
		tx.state = state{}
	}
}

// Commit makes what was saved the state of the clinic.
func (tx *tx) Commit(ctx context.Context) error {
	err := tx.usable(ctx)
	if err == nil {
		err = tx.failed
	}
	if err == nil {
		err = tx.state.guard(tx.mine)
	}
	if err == nil && len(tx.mine) > 0 {
		err = tx.publish(ctx)
	}
	_ = tx.Rollback() // lets the next one in; what is published stays
	return err
}

// publish copies what this transaction saved to the state of the clinic as it is
// now. For an Update that is the one it began with. A View had no turn: it takes
// one for its audit entries.
func (tx *tx) publish(ctx context.Context) error {
	if tx.readOnly {
		if err := tx.d.take(ctx); err != nil {
			return err
		}
		defer tx.d.leave()
	}
	return tx.d.change(tx.clinic, func(s state) error {
		for k := range tx.mine {
			r, ok := tx.state[k]
			if _, taken := s[k]; taken && tx.readOnly {
				return &timebok.ExistsError{Ref: r.Ref()}
			}
			if delete(s, k); ok {
				s[k] = r
			}
		}
		return nil
	})
}

// Rollback forgets what was saved. What was read was committed, so it can be
// relied upon.
func (tx *tx) Rollback() error {
	if !tx.ended && !tx.readOnly {
		tx.d.leave()
	}
	tx.ended = true
	return nil
}

// guard is the second guard: what must hold whatever a program forgot to look at.
// A database would have constraints for it.
func (s state) guard(changed map[key]bool) error {
	for k := range changed {
		switch r := s[k].(type) {
		case booking.Booking:
			if !r.State.IsActive() || r.Overlapping() {
				continue
			}
			for b := range all(s, func(b booking.Booking) bool {
				return b.ID != r.ID && b.Practitioner == r.Practitioner && b.State.IsActive() && !b.Overlapping() &&
					b.Occupied().Overlaps(r.Occupied())
			}) {
				taken := b.Occupied()
				loc, err := timebok.LoadZone(r.Zone)
				if err != nil {
					loc = time.UTC
				}
				return timebok.Reasons{booking.SlotTaken.At("Start",
					timebok.P("start", taken.Start.In(loc)), timebok.P("end", taken.End.In(loc)))}.Refused()
			}
		case series.Series:
			for range all(s, func(o series.Series) bool {
				return r.Case.Number != "" && o.Case == r.Case && o.ID != r.ID
			}) {
				return &timebok.ExistsError{Ref: r.Ref()}
			}
		case invoice.Invoice:
			for range all(s, func(o invoice.Invoice) bool {
				return r.Number != 0 && o.Party == r.Party && o.Number == r.Number && o.ID != r.ID
			}) {
				return &timebok.ExistsError{Ref: r.Ref()}
			}
		}
	}
	return nil
}
