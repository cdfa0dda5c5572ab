package sqlite

import (
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/timebok/timebok"
)

// micros is an instant as SQLite gets it.
func micros(t time.Time) int64 { return timebok.Instant(t).UnixMicro() }

// jsonIDs is a list of IDs as one argument, for json_each and unhex.
func jsonIDs[T any](ids []timebok.ID[T]) string {
	b := make([]byte, 0, 2+35*len(ids))
	b = append(b, '[')
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = hex.AppendEncode(b, id[:])
		b = append(b, '"')
	}
	return string(append(b, ']'))
}

// jsonTexts is a list of texts as one argument, for json_each.
func jsonTexts[S ~string](texts []S) string {
	b, err := json.Marshal(texts)
	if err != nil {
		return "[]" // can't be: texts always marshal
	}
	return string(b)
}

// The longest time that a booking can begin before its practitioner is occupied
// by it no more, and after its practitioner is: a session and the buffer after
// it, and the buffer before. The table checks both.
const (
	longestSession = 24 * time.Hour
	reachBack      = longestSession + timebok.MaxBuffer
	reachAhead     = timebok.MaxBuffer
)
