package sqlite

import (
	"context"
	"iter"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
	"github.com/timebok/timebok/storage"
)

// Audit lists audit entries by time, then ID. A View sees those that it saved.
func (t *tx) Audit(ctx context.Context, f storage.AuditFilter) iter.Seq2[timebok.AuditEntry, error] {
	return paged(ctx, t, f.Limit, func(last *timebok.AuditEntry, n int) ([]timebok.AuditEntry, error) {
		if last == nil {
			last = f.After
		}
		w := &where{}
		if f.On.ID != (timebok.Ref{}).ID {
			w.and("on_id = ? AND on_kind = ?", f.On.ID[:], string(f.On.Kind))
		}
		if !f.Client.IsZero() {
			w.and("client_id = ?", idBytes(f.Client))
		}
		if last != nil {
			w.and("(at, id) > (?, ?)", micros(last.At), idBytes(last.ID))
		}
		w.sql.WriteString(" ORDER BY at, id LIMIT ?")
		stored, err := from(sqlrow.AuditEntries, w.sql.String()).all(t, append(w.args, int64(n))...)
		if err != nil {
			return nil, err
		}
		return t.seen.Among(stored, f, last, n), nil
	})
}
