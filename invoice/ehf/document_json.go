package ehf

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/timebok/timebok"
)

// UnmarshalJSON reads the form that json.Marshal writes. A date is 2026-11-02 and one
// that there is: the date library takes others for some day, and panics on a few. They
// are an *timebok.InvalidError that names all of them.
func (d *Document) UnmarshalJSON(text []byte) (err error) {
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		return err
	}
	var wrong timebok.Reasons
	checkDates(tree, "", &wrong)
	if len(wrong) > 0 {
		return wrong.Invalid()
	}
	defer func() {
		if recover() != nil { // of two members with one name the tree has the last
			err = timebok.Reasons{timebok.BadValue.At("")}.Invalid()
		}
	}()
	type plain Document
	return json.Unmarshal(text, (*plain)(d))
}

// dateMembers are the members of a Document, and of what is in it, that are dates.
var dateMembers = []string{"issueDate", "dueDate", "taxPoint", "from", "to", "date"}

// checkDates adds a reason for each text in the place of a date that is none.
func checkDates(tree any, path string, wrong *timebok.Reasons) {
	switch v := tree.(type) {
	case []any:
		for i, x := range v {
			checkDates(x, fmt.Sprintf("%s[%d]", path, i), wrong)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			x := v[name]
			field := strings.TrimPrefix(path+"."+strings.ToUpper(name[:min(len(name), 1)])+name[min(len(name), 1):], ".")
			if s, ok := x.(string); ok && slices.ContainsFunc(dateMembers, func(m string) bool { return strings.EqualFold(m, name) }) {
				if _, good := civilDate([]byte(s)); !good {
					wrong.Add(timebok.BadValue, field)
				}
				continue
			}
			checkDates(x, field, wrong)
		}
	}
}
