package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const first = `Patient 1 is stored, with a session.
Patient 2 is not stored: Start: the practitioner is taken from 2026-11-23 10:00 to 2026-11-23 10:45 [slot.taken]
Patient 2 is stored, with a session.
1 Kari Demovik: 23.11.2026 10:00, booked
2 Per Prøvesen: 23.11.2026 11:00, booked
  4 records
  8 records
  11 records
Imported: 10 new, 0 there already, 0 differ, 1 refused.
Refused: booking 7962f1b1-12e1-5add-bea5-3a3acd4e486d
  4 records
  8 records
  11 records
Imported: 0 new, 10 there already, 0 differ, 1 refused.
Refused: booking 7962f1b1-12e1-5add-bea5-3a3acd4e486d
Case 7KLMN: 10 of 12 sessions are used.
`

const second = `Patient 1 is there already.
Patient 2 is there already.
Patient 2 is there already.
1 Kari Demovik: 23.11.2026 10:00, booked
2 Per Prøvesen: 23.11.2026 11:00, booked
  4 records
  8 records
  11 records
Imported: 0 new, 10 there already, 0 differ, 1 refused.
Refused: booking 7962f1b1-12e1-5add-bea5-3a3acd4e486d
  4 records
  8 records
  11 records
Imported: 0 new, 10 there already, 0 differ, 1 refused.
Refused: booking 7962f1b1-12e1-5add-bea5-3a3acd4e486d
Case 7KLMN: 10 of 12 sessions are used.
`

// The program says what it should, and on the same file again it does nothing twice.
func TestRunTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.db")
	for _, want := range []string{first, second} {
		var out bytes.Buffer
		if err := run(t.Context(), &out, path); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("output (-want +got):\n%s", diff)
		}
	}
}
