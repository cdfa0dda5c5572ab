package ehf_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/timebok/timebok/invoice/ehf"
	"pgregory.net/rapid"
)

func TestDecodeReadsWhatEncodeWrites(t *testing.T) {
	all := documents()
	for name, v := range invoices() {
		all[name] = must(ehf.From(v))
	}
	for name, d := range all {
		if diff := decodeDiff(d); diff != "" {
			t.Errorf("%s (-encoded +decoded):\n%s", name, diff)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		d := anyDocument().Draw(t, "document")
		if diff := decodeDiff(d); diff != "" {
			t.Fatalf("(-encoded +decoded):\n%s", diff)
		}
	})
}

// decodeDiff says how a document that went through Encode and Decode differs.
func decodeDiff(d ehf.Document) string {
	doc, err := ehf.Append(nil, d)
	if err != nil {
		return err.Error()
	}
	got, left, err := ehf.Decode(doc, nil)
	if err != nil {
		return err.Error()
	}
	return cmp.Diff(d, got) + cmp.Diff([]ehf.Leftover(nil), left)
}
