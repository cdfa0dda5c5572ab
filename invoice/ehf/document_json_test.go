package ehf

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/timebok/timebok"
)

// The date library panics on this text; a host that reads JSON must not.
func TestDocumentJSONRefusesBadDates(t *testing.T) {
	for _, date := range []string{"0000000-00", "00000-00", "tomorrow"} {
		var d Document
		err := json.Unmarshal([]byte(`{"issueDate":"`+date+`"}`), &d)
		if err == nil {
			t.Errorf("%q is taken", date)
		}
	}
	var d Document
	if err := json.Unmarshal([]byte(`{"issueDate":"0000000-00"}`), &d); !errors.Is(err, timebok.ErrInvalid) {
		t.Errorf("got %v", err)
	}
}
