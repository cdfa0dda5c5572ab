package postgres

import (
	"context"
	"iter"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

// Audit lists audit entries by time, then ID. A View sees those that it saved.
func (t *tx) Audit(ctx context.Context, f storage.AuditFilter) iter.Seq2[timebok.AuditEntry, error] {
	return paged(f.Limit, func(last *timebok.AuditEntry, n int) ([]timebok.AuditEntry, error) {
		if last == nil {
			last = f.After
		}
		w := &where{}
		if f.On.ID != (timebok.Ref{}).ID {
			w.and("on_id = ? AND on_kind = ?", pgUUID(f.On.ID), string(f.On.Kind))
		}
		if !f.Client.IsZero() {
			w.and("client_id = ?", id(f.Client))
		}
		if last != nil {
			w.and("(at, id) > (?, ?)", instant(last.At), id(last.ID))
		}
		w.add(" ORDER BY at, id LIMIT ?", int64(n))
		stored, err := search(ctx, t, sqlrow.AuditEntries, w)
		if err != nil || len(t.entries) == 0 {
			return stored, err
		}
		return t.withOwn(stored, f, last, n), nil
	})
}

// withOwn is the page with the entries of a View that are not stored yet.
func (t *tx) withOwn(page []timebok.AuditEntry, f storage.AuditFilter, last *timebok.AuditEntry, n int) []timebok.AuditEntry {
	for _, e := range t.entries {
		onOther := f.On.ID != (timebok.Ref{}).ID && (e.On.Kind != f.On.Kind || e.On.ID != f.On.ID)
		ofOther := !f.Client.IsZero() && e.Client != f.Client
		if onOther || ofOther || last != nil && auditOrder(e, *last) <= 0 {
			continue
		}
		page = append(page, e)
	}
	slices.SortFunc(page, auditOrder)
	return page[:min(n, len(page))]
}

func auditOrder(a, b timebok.AuditEntry) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return a.ID.Compare(b.ID)
}
