package sqlrow_test

import (
	"errors"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/internal/sqlrow"
)

// A record is new to a transaction that has neither held, written nor taken away an
// earlier one with its ID: only then does finding it afterwards prove the commit.
func TestHeld(t *testing.T) {
	client := func(version int64) timebok.Record {
		return timebok.Client{ID: timebok.ClientID{1}, Version: version}
	}
	gone := timebok.Deletion{Of: client(2).Ref()} // of version 2
	type step struct {
		save  timebok.Record // nil: all that is held is written
		isNew bool
		base  int64
		stale bool
	}
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"new, and saved again", []step{{save: client(1), isNew: true}, {save: client(1)}, {save: client(2)}}},
		{"a change", []step{{save: client(3), base: 2}, {save: client(4), base: 2}}},
		{"written in between", []step{{save: client(1), isNew: true}, {}, {save: client(2), base: 1}, {}, {save: client(2), base: 2}}},
		{"a version is left out", []step{{save: client(1), isNew: true}, {save: client(3), stale: true}}},
		{"a version is left out after writing", []step{{save: client(1), isNew: true}, {}, {save: client(3), stale: true}}},
		{"deleted and made again", []step{{save: gone, base: 2}, {save: client(1), base: 2}}},
		{"deleted, written and made again", []step{{save: gone, base: 2}, {}, {save: client(1)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var h sqlrow.Held
			for i, s := range tt.steps {
				if s.save == nil {
					if h.Written(); len(h.Changes) > 0 {
						t.Fatalf("step %d: %d changes are still held", i, len(h.Changes))
					}
					continue
				}
				isNew, err := h.Hold(s.save, []any{i})
				var stale *timebok.StaleError
				if errors.As(err, &stale) != s.stale || isNew != s.isNew {
					t.Fatalf("step %d: new %v, error %v; want new %v, stale %v", i, isNew, err, s.isNew, s.stale)
				}
				if s.stale {
					continue
				}
				if len(h.Changes) != 1 || h.Changes[0].Base != s.base || h.Changes[0].Record.Ref() != s.save.Ref() {
					t.Fatalf("step %d: holds %+v, want base %d", i, h.Changes, s.base)
				}
			}
		})
	}
}
