package sqlrow

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// Whatever form a row takes, its statement inserts its values, and passes none
// twice.
func TestInserts(t *testing.T) {
	pick := func(values ...any) *rapid.Generator[any] { return rapid.SampledFrom(values) }
	at := func(n int64) any { return time.UnixMicro(n).UTC() }
	value := rapid.OneOf(
		pick(nil), pick("", "NULL", "$1", "x", "1"), pick(true, false), pick(int64(0), int64(1), int64(2), int64(-1), int64(1<<50)),
		pick(uuid.UUID{0}, uuid.UUID{1}, uuid.UUID{2}), pick(at(0), at(1)), pick([]byte(nil), []byte{1}, []byte{1, 2}),
	)
	literals := map[string]any{"NULL": nil, "''": "", "true": true, "false": false, "0": int64(0), "1": int64(1)}
	const columns = 12
	inserts := NewInserts("$", func(values []string, arguments int) string {
		return strings.Join(append(values, strconv.Itoa(arguments)), ", ")
	})
	forms, rows := map[string]bool{}, 0
	rapid.Check(t, func(t *rapid.T) {
		row := make([]any, columns)
		for i := range row {
			row[i] = value.Draw(t, strconv.Itoa(i))
		}
		sql, args := inserts.Of(slices.Clone(row))
		forms[sql], rows = true, rows+1
		list := strings.Split(sql, ", ")
		if list[columns] != strconv.Itoa(len(args)) {
			t.Fatalf("%s: has %d arguments", sql, len(args))
		}
		var got []any
		used := map[int]bool{}
		for _, v := range list[:columns] {
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
	// The one more is of all others.
	if rows > 2*maxForms && len(forms) != maxForms+1 || rows <= maxForms && len(forms) < rows/2 {
		t.Errorf("%d statements for %d rows", len(forms), rows)
	}
}
