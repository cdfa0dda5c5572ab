package ehf

import (
	"encoding/json"

	"github.com/timebok/timebok"
)

// UnmarshalJSON reads the form that json.Marshal writes. The date library panics on
// some texts that are no dates; they are an *timebok.InvalidError here.
func (d *Document) UnmarshalJSON(text []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = timebok.Reasons{timebok.BadValue.At("IssueDate")}.Invalid()
		}
	}()
	type plain Document
	return json.Unmarshal(text, (*plain)(d))
}
