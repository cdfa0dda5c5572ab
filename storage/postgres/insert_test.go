package postgres_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage/postgres"
	"pgregory.net/rapid"
)

// Whatever form a row takes, its statement inserts its values, and passes none
// twice.
func TestInserts(t *testing.T) {
	pick := func(values ...any) *rapid.Generator[any] { return rapid.SampledFrom(values) }
	id := func(n byte) any { return pgtype.UUID{Bytes: uuid.UUID{n}, Valid: true} }
	at := func(n int64) any { return pgtype.Timestamptz{Time: time.UnixMicro(n).UTC(), Valid: true} }
	value := rapid.OneOf(
		pick(nil), pick("", "NULL", "$1", "x", "1"), pick(true, false), pick(int64(0), int64(1), int64(2), int64(-1)),
		pick(id(0), id(1), id(2)), pick(at(0), at(1)), pick([]byte(nil), []byte{1}),
	)
	literals := map[string]any{"NULL": nil, "''": "", "true": true, "false": false, "0": int64(0), "1": int64(1)}
	insert, columns := postgres.Inserts(timebok.KindAudit)
	forms := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		row := make([]any, len(columns))
		for i := range row {
			row[i] = value.Draw(t, columns[i])
		}
		sql, args := insert(slices.Clone(row))
		forms[sql] = true
		head, list, _ := strings.Cut(strings.TrimSuffix(sql, ")"), ") VALUES (")
		if _, names, _ := strings.Cut(head, "("); !slices.Equal(strings.Split(names, ", "), columns) {
			t.Fatalf("%s: not the columns", sql)
		}
		var got []any
		used := map[int]bool{}
		for _, v := range strings.Split(list, ", ") {
			n, isArgument := strings.CutPrefix(v, "$")
			literal, isLiteral := literals[v]
			if isArgument == isLiteral {
				t.Fatalf("%s: what is %s?", sql, v)
			}
			if isArgument {
				place, err := strconv.Atoi(n)
				if err != nil || place > len(args) {
					t.Fatalf("%s: has %d arguments", sql, len(args))
				}
				used[place], literal = true, args[place-1]
			}
			got = append(got, literal)
		}
		if diff := cmp.Diff(row, got); diff != "" || len(used) != len(args) {
			t.Fatalf("%s: of %d arguments %d are used (-want +got):\n%s", sql, len(args), len(used), diff)
		}
	})
	kept := 0
	for sql := range forms {
		if strings.Contains(sql, "''") || strings.Contains(sql, "true") {
			kept++
		}
	}
	if len(forms) < 50 || kept > postgres.MaxForms {
		t.Errorf("%d statements, of which %d are of their own form", len(forms), kept)
	}
}
