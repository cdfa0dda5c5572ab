package storage

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
)

// MoveOptions tune a move. The zero MoveOptions are the defaults.
type MoveOptions struct {
	// Resume ends a move that another process began, or a Move that did not return.
	// Set it only when that process is gone: two that move one clinic at a time can
	// lose it.
	Resume   bool
	Batch    int                // records in a transaction; 0: 5,000
	Progress func(ImportReport) // told while records are copied
}

// A MoveReport says what was moved.
type MoveReport struct {
	Records map[timebok.Kind]int
}

// Moving is the rule that one process at a time moves a clinic.
var Moving = timebok.NewRule("clinic.moving",
	"klinikken er under flytting", "klinikken er under flytting", "the clinic is being moved")

// errMove is the cause of a move whose copy is not what it was made of.
var errMove = errors.New("timebok: storage: the copy of the clinic is not whole")

// Move moves a clinic to another store. Both stores must be Bulks. Views go on
// all the while; Updates wait for the end of it.
//
// The steps are: note the move in the Directory; fence the clinic in its store
// and in the new one; take away what an earlier try left in the new one; export
// and import; compare the numbers of records; switch the Directory; lift the new
// store's fence; erase the clinic from the old store, whose fence stays. Wherever
// it is cut off, the clinic is whole in the store that the Directory names, and
// Move with Resume ends it. A move that fails before the switch is taken back:
// the clinic stays where it is, and is open.
//
// A clinic that is in that store already is moved; with Resume, a move away from
// there is called off.
func (r *Router) Move(ctx context.Context, clinic timebok.ClinicID, to string, o *MoveOptions) (MoveReport, error) {
	if o == nil {
		o = &MoveOptions{}
	}
	at, err := r.directory.Find(ctx, clinic)
	if err != nil {
		return MoveReport{}, err
	}
	if at.Mover != "" && (!o.Resume || at.To != to && at.Store != to) {
		return MoveReport{}, timebok.Reasons{Moving.At("Clinic")}.Refused()
	}
	m := &move{Router: r, clinic: clinic, options: o, at: at}
	mine := at
	mine.Mover = uuid.NewString()
	switch {
	case at == Place{Store: to}: // there already
		return MoveReport{}, nil
	case at.From != "": // switched, but not cleared
		if err := m.swap(ctx, mine); err != nil {
			return MoveReport{}, err
		}
		return m.report, m.clear(ctx)
	case at.Store == to: // called off
		if err := m.swap(ctx, mine); err != nil {
			return MoveReport{}, err
		}
		return m.report, m.takeBack(ctx)
	}
	mine.To = to
	if err := m.swap(ctx, mine); err != nil {
		return MoveReport{}, err
	}
	if err := m.copy(ctx); err != nil {
		return MoveReport{}, errors.Join(err, m.takeBack(context.WithoutCancel(ctx)))
	}
	return m.report, m.clear(ctx)
}

// A move is a move under way.
type move struct {
	*Router
	clinic  timebok.ClinicID
	options *MoveOptions
	at      Place // as the Directory has it
	report  MoveReport
}

// swap notes a step in the Directory, if the move is still ours.
func (m *move) swap(ctx context.Context, next Place) error {
	if err := m.directory.Swap(ctx, m.clinic, m.at, next); err != nil {
		return err
	}
	m.at = next
	return nil
}

// bulk returns a store's driver as a Bulk.
func (m *move) bulk(name string) (Bulk, error) {
	s, err := m.named(name)
	if err != nil {
		return nil, err
	}
	b, ok := s.Driver.(Bulk)
	if !ok {
		return nil, &timebok.UnavailableError{What: "storage", Cause: fmt.Errorf("timebok: storage: %s can't move clinics: a %T is no Bulk", name, s.Driver)}
	}
	return b, nil
}

// copy makes the clinic in the new store, and switches the Directory to it.
func (m *move) copy(ctx context.Context) error {
	source, err := m.bulk(m.at.Store)
	if err != nil {
		return err
	}
	target, err := m.bulk(m.at.To)
	if err != nil {
		return err
	}
	if err := source.Fence(ctx, m.clinic); err != nil {
		return err
	}
	if err := target.Fence(ctx, m.clinic); err != nil {
		return err
	}
	if err := target.Erase(ctx, m.clinic); err != nil {
		return err
	}
	sent := map[timebok.Kind]int{}
	report, err := target.Import(ctx, m.clinic, counted(sent, source.Export(ctx, m.clinic)),
		&ImportOptions{Batch: m.options.Batch, Progress: m.options.Progress})
	if err != nil {
		return err
	}
	if total := sum(sent); report.Added != total {
		return &timebok.UnavailableError{What: "storage", Cause: fmt.Errorf("%w: %d of %d records; first differing %v, refused %v",
			errMove, report.Added, total, first(report.Differs), first(report.Refused))}
	}
	there := map[timebok.Kind]int{}
	for _, err := range counted(there, target.Export(ctx, m.clinic)) {
		if err != nil {
			return err
		}
	}
	if !maps.Equal(sent, there) {
		return &timebok.UnavailableError{What: "storage", Cause: fmt.Errorf("%w: sent %v, found %v", errMove, sent, there)}
	}
	m.report.Records = sent
	return m.swap(ctx, Place{Store: m.at.To, From: m.at.Store, Mover: m.at.Mover})
}

// takeBack opens the clinic where it was, after a step that failed.
func (m *move) takeBack(ctx context.Context) error {
	now, err := m.directory.Find(ctx, m.clinic)
	if err != nil {
		return err
	}
	if now != m.at { // the switch was made and its answer got lost, or somebody else goes on
		return nil
	}
	source, err := m.bulk(m.at.Store)
	if err != nil {
		return err
	}
	if err := source.Unfence(ctx, m.clinic); err != nil {
		return err
	}
	return m.swap(ctx, Place{Store: m.at.Store})
}

// clear opens the clinic in the new store and erases it from the old one.
func (m *move) clear(ctx context.Context) error {
	source, err := m.bulk(m.at.From)
	if err != nil {
		return err
	}
	target, err := m.bulk(m.at.Store)
	if err != nil {
		return err
	}
	if err := target.Unfence(ctx, m.clinic); err != nil {
		return err
	}
	if err := source.Erase(ctx, m.clinic); err != nil {
		return err
	}
	return m.swap(ctx, Place{Store: m.at.Store})
}

// counted passes records on and counts them by kind.
func counted(n map[timebok.Kind]int, records iter.Seq2[timebok.Record, error]) iter.Seq2[timebok.Record, error] {
	return func(yield func(timebok.Record, error) bool) {
		for r, err := range records {
			if err == nil {
				n[r.Ref().Kind]++
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func sum(n map[timebok.Kind]int) (total int) {
	for _, v := range n {
		total += v
	}
	return total
}

func first(refs []timebok.Ref) any {
	if len(refs) == 0 {
		return "none"
	}
	return refs[0]
}
