package sqlrow

import (
	"errors"
	"testing"

	"github.com/timebok/timebok"
)

// All texts that not every database can hold are named at once, by kind and column.
func TestRowRefusesTexts(t *testing.T) {
	s := timebok.Payer{ID: timebok.ID[timebok.Payer]{1}, Version: 1, Name: "a\x00b", Reference: "å\xff", Address: timebok.Address{City: "Tromsø"}}
	_, err := Row(SQLite{}, Payers, clinic, s, 0)
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Reasons) != 2 || invalid.Reasons[0].Field != "payer.name" || invalid.Reasons[1].Field != "payer.reference" {
		t.Errorf("got %v, want that payer.name and payer.reference are invalid", err)
	}
	s.Name, s.Reference = "ab", "å"
	if row, err := Row(SQLite{}, Payers, clinic, s, 0); err != nil || len(row) != len(Payers.Columns()) {
		t.Errorf("a good record: %v, %v", row, err)
	}
}
