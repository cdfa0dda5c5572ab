package sqlrow

import (
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// Seen is what a View saved: audit entries, which are stored when it is over.
type Seen []timebok.AuditEntry

// Hold holds an audit entry, and refuses any other record.
func (s *Seen) Hold(r timebok.Record) error {
	e, ok := r.(timebok.AuditEntry)
	if !ok {
		return timebok.Reasons{storage.ReadOnly.At("")}.Refused()
	}
	e.Codes = slices.Clone(e.Codes)
	if i := slices.IndexFunc(*s, func(x timebok.AuditEntry) bool { return x.ID == e.ID }); i >= 0 {
		(*s)[i] = e
	} else {
		*s = append(*s, e)
	}
	return nil
}

// Among is a page of stored entries with those of the View in their places: up to n of
// those that a filter chooses, after one (nil: from the first).
func (s Seen) Among(stored []timebok.AuditEntry, f storage.AuditFilter, after *timebok.AuditEntry, n int) []timebok.AuditEntry {
	if len(s) == 0 {
		return stored
	}
	for _, e := range s {
		onOther := f.On.ID != (timebok.Ref{}).ID && (e.On.Kind != f.On.Kind || e.On.ID != f.On.ID)
		ofOther := !f.Client.IsZero() && e.Client != f.Client
		if onOther || ofOther || after != nil && auditOrder(e, *after) <= 0 {
			continue
		}
		stored = append(stored, e)
	}
	slices.SortFunc(stored, auditOrder)
	return stored[:min(n, len(stored))]
}

// auditOrder is the order of audit entries: by time, then ID.
func auditOrder(a, b timebok.AuditEntry) int {
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return a.ID.Compare(b.ID)
}
