package sqlrow

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/timebok/timebok"
)

// Row returns the values of a record in the order of the table's Columns, with
// room for some more. What can't be stored is a *timebok.InvalidError: so are texts
// that are not UTF-8 or have a NUL in them, which not every database can hold.
func Row(d Dialect, m Mapping, clinic timebok.ClinicID, r timebok.Record, more int) ([]any, error) {
	ref, columns := r.Ref(), m.Columns()
	if ref.Kind == timebok.KindClinic && ref.ID != clinic.UUID() {
		return nil, timebok.Reasons{timebok.BadID.At("ID")}.Invalid() // another clinic's
	}
	row, err := m.Values(d, clinic, r, make([]any, 0, len(columns)+more))
	if errors.Is(err, ErrNoID) {
		return nil, timebok.Reasons{timebok.Missing.At("ID")}.Invalid()
	}
	if err != nil {
		return nil, timebok.Reasons{timebok.BadValue.At(string(ref.Kind))}.Invalid()
	}
	var wrong timebok.Reasons
	for i, v := range row {
		if text, ok := v.(string); ok && (!utf8.ValidString(text) || strings.Contains(text, "\x00")) {
			wrong.Add(timebok.BadValue, string(ref.Kind)+"."+columns[i])
		}
	}
	if err := wrong.Invalid(); err != nil {
		return nil, err
	}
	return row, nil
}
