package invoicetest

import (
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// A Harness opens the transport that is tested, and looks at its other side.
type Harness struct {
	// Open returns a transport to an access point that has no document yet.
	Open func(t *testing.T) invoice.Transport
	// Sent returns the documents that arrived at the other side, in any order.
	Sent func(t *testing.T, tr invoice.Transport) []Sent
	// Reopen returns another transport to the same access point, as after a
	// restart of the program. Nil: it keeps nothing, and that is not tested.
	Reopen func(t *testing.T, tr invoice.Transport) invoice.Transport
	// Cut makes the other side unreachable, and returns what mends it. Nil: it
	// can't be, and that is not tested.
	Cut func(t *testing.T, tr invoice.Transport) (mend func())
}

// Sent is a document at the other side.
type Sent struct {
	Number int64
	Body   []byte
}

// Run tests a transport against the contract of invoice.Transport. The documents
// are small texts that stand for XML, with numbers from 1001 on and synthetic
// organisations: a transport to a real access point needs its sandbox.
func Run(t *testing.T, h Harness) {
	for _, c := range contract {
		if c.needs == nil || c.needs(h) {
			t.Run(c.sentence, func(t *testing.T) {
				c.run(&env{TB: t, t: t, Harness: h, transport: h.Open(t)})
			})
		}
	}
}

// A clause is a sentence of the contract with its test.
type clause struct {
	sentence string
	run      func(e *env)
	needs    func(h Harness) bool // nil: nothing
}

var contract = []clause{
	{"a document is handed over byte for byte", handsOver, nil},
	{"invoices and credit notes of one number are two", kindsApart, nil},
	{"safe for concurrent use", concurrent, nil},
	{"the same key sends nothing and returns the first receipt", sameKey, nil},
	{"the same key at once sends one", sameKeyAtOnce, nil},
	{"the same key after a restart sends nothing", sameKeyLater, func(h Harness) bool { return h.Reopen != nil }},
	{"another document under a key is refused with KeyTaken", otherDocument, nil},
	{"no answer is unavailable, and safe to repeat", unavailable, func(h Harness) bool { return h.Cut != nil }},
	{"a cancelled context is unavailable, and safe to repeat", cancelled, nil},
	{"what is never taken is invalid or refused, with every reason", neverTaken, nil},
	{"the caller may change its bytes afterwards", keepsNoBytes, nil},
}

type env struct {
	testing.TB
	t *testing.T // for the Harness
	Harness
	transport invoice.Transport
}

// submission returns the nth submission of a test.
func submission(n int64) invoice.Submission {
	id := timebok.DeriveID[invoice.Document]("invoicetest", time.Duration(n).String())
	s := invoice.Submission{
		Key: id.String(), Number: 1000 + n, Kind: invoice.Bill,
		Document: invoice.Document{
			Invoice: invoice.ID(id), Type: "application/xml", At: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC),
			Body: []byte("<Invoice><ID>" + id.String() + "</ID><Note>Ærlig betalt</Note></Invoice>\n"),
		},
	}
	s.Sender, _ = timebok.ParseOrgNumber("988077917")
	s.Receiver, _ = timebok.ParseOrgNumber("995525828")
	return s
}
