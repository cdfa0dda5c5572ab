package ehf_test

import (
	"testing"

	"github.com/timebok/timebok/invoice/ehf"
)

func TestAppendGolden(t *testing.T) {
	for name, d := range documents() {
		t.Run(name, func(t *testing.T) {
			got, err := ehf.Append(nil, d)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, got)
		})
	}
}
