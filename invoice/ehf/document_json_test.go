package ehf

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// The date library panics on some of these texts, and takes the others for some day.
func TestDocumentJSONRefusesBadDates(t *testing.T) {
	for _, date := range []string{"0000000-00", "00000-00", "tomorrow", "2026-02-30", "2026-13-45", "20260230", "", "2026-11-02T00:00:00", " 2026-11-02", "+2026-11-02"} {
		for _, doc := range []string{`{"issueDate":"?"}`, `{"DUEDATE":"?"}`, `{"lines":[{},{"period":{"from":"?"}}]}`, `{"issueDate":"?","issueDate":"2026-11-02"}`} {
			var d Document
			err := json.Unmarshal([]byte(strings.ReplaceAll(doc, "?", date)), &d)
			if strings.Count(doc, "issueDate") == 2 {
				if err == nil && d.IssueDate.String() != "2026-11-02" { // the last counts
					t.Errorf("%s with %q: %v", doc, date, d.IssueDate)
				}
				continue
			}
			if !errors.Is(err, timebok.ErrInvalid) {
				t.Errorf("%s with %q: %v", doc, date, err)
			}
		}
	}
	var d Document
	err := json.Unmarshal([]byte(`{"dueDate":"2026-02-30","lines":[{},{"period":{"from":"2026-01-01","to":""}}]}`), &d)
	var fields []string
	for _, r := range timebok.ReasonsOf(err) {
		fields = append(fields, r.Field)
	}
	slices.Sort(fields)
	if !slices.Equal(fields, []string{"DueDate", "Lines[1].Period.To"}) {
		t.Errorf("names %q: %v", fields, err)
	}
}

// Every date of a document is looked at.
func TestDateMembersAreAll(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var found []string
	var walk func(reflect.Type)
	walk = func(of reflect.Type) {
		for of.Kind() == reflect.Pointer || of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || seen[of] {
			return
		}
		seen[of] = true
		for f := range of.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			isDate := f.Type == reflect.TypeFor[*civil.Date]() || f.Type == reflect.TypeFor[civil.Date]()
			if isDate != slices.Contains(dateMembers, name) {
				t.Errorf("%v.%s: date %v", of, name, isDate)
			}
			if isDate {
				found = append(found, name)
				continue
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[Document]())
	if len(found) < len(dateMembers) {
		t.Errorf("found %q only", found)
	}
}
