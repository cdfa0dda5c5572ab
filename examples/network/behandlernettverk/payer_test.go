package behandlernettverk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/examples/network/behandlernettverk"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
	"github.com/timebok/timebok/invoice/invoicetest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/storagetest"
)

// An accounts office bills what a host has delivered, through the network's own
// access point.
type office struct {
	testing.TB
	*host
	network *behandlernettverk.Network
	biller  *invoice.Biller
	desk    *booking.Desk
	relay   *outbox.Relay
	day     int // since Monday
}

// newOffice has a client with two sessions held in a case of three, a week ago.
func newOffice(t testing.TB) *office {
	o := &office{TB: t}
	source := timebok.Source{Now: func() time.Time { return storagetest.Monday.AddDate(0, 0, o.day) }}
	n := behandlernettverk.New(&behandlernettverk.Options{Source: source, Clinics: []behandlernettverk.Clinic{{Account: account}}})
	server := httptest.NewServer(n.Handler())
	t.Cleanup(server.Close)
	n.Connect(behandlernettverk.Clinic{Account: account, Key: timebok.Hide("nøkkel-1")})
	_, client := serveAt(t, n, server.URL)
	o.host, o.network = newHost(t, client), n
	o.intake.Source = source
	o.biller = &invoice.Biller{Source: source, Format: ehf.Format{}}
	o.desk = &booking.Desk{Source: source}
	sender := &invoice.Sender{
		Transport: n.Transport(), Biller: o.biller,
		View: storage.In[invoice.Tx](o.store.View), Update: storage.In[invoice.Tx](o.store.Update),
	}
	o.relay = &outbox.Relay{Store: o.store, Source: source, Handlers: map[timebok.MessageKind]timebok.Handler{invoice.SubmitInvoice: sender}}

	c := networktest.NewCase("KARI1", born)
	c.Caps = []series.Cap{series.Sessions(3)}
	c.ValidFrom, c.ValidTo = new(date.New(2026, 3, 1)), new(date.New(2026, 6, 30))
	n.AddCase(c)
	o.hold(0, 1)
	return o
}

// hold books sessions on days from Monday on, lets the time pass, and completes them.
func (o *office) hold(days ...int) {
	for _, d := range days {
		w := wish(storagetest.Monday.AddDate(0, 0, d).Add(2 * time.Hour))
		w.CaseNumber = "KARI1"
		must(o.network.Force(w))
	}
	o.poll(o)
	o.day = max(o.day, slices.Max(days)+7)
	o.do(func(ctx context.Context, tx storage.Tx) error {
		for b, err := range tx.Bookings(ctx, booking.Filter{States: []booking.State{booking.Booked}}) {
			if err != nil {
				return err
			}
			if _, err := o.desk.Complete(ctx, tx, o.Actor(), b.ID, b.Version); err != nil {
				return err
			}
		}
		return nil
	})
}

func (o *office) do(fn func(ctx context.Context, tx storage.Tx) error) {
	o.Helper()
	if err := o.store.Update(o.Context(), o.host.Clinic.Clinic.ID, fn); err != nil {
		o.Fatal(err)
	}
}

// bill issues an invoice of all that is delivered, and sends it.
func (o *office) bill() (issued invoice.Invoice) {
	o.Helper()
	o.do(func(ctx context.Context, tx storage.Tx) error {
		b, err := tx.Booking(ctx, insurance.BookingID(timebok.Behandlernettverk, o.network.History()[0].Booking.ID))
		if err != nil {
			return err
		}
		drafts, err := o.biller.DraftFor(ctx, tx, o.Actor(), b.Series, timebok.ClientID{})
		if err != nil {
			return err
		}
		issued, err = o.biller.Issue(ctx, tx, o.Actor(), drafts[0].ID, drafts[0].Version)
		return err
	})
	o.send()
	return issued
}

func (o *office) send() {
	o.Helper()
	if report, err := o.relay.RunOnce(o.Context()); err != nil || report.Done == 0 {
		o.Fatalf("%+v, %v", report, err)
	}
}

// document is the file of an invoice.
func (o *office) document(id invoice.ID) []byte {
	var d invoice.Document
	o.do(func(ctx context.Context, tx storage.Tx) (err error) {
		d, err = tx.Document(ctx, id)
		return err
	})
	return d.Body
}

// last is the verdict of the document that came last.
func (o *office) last() behandlernettverk.Verdict {
	v := o.network.Verdicts()
	if len(v) == 0 {
		o.Fatal("nothing was received")
	}
	return v[len(v)-1]
}

func codes(v behandlernettverk.Verdict) []string {
	var out []string
	for _, w := range v.Wrong {
		out = append(out, w.Code)
	}
	return out
}

// What Timebok bills is accepted, and so is what it credits and bills again.
func TestInvoiceIsAccepted(t *testing.T) {
	o := newOffice(t)
	bill := o.bill()
	v := o.last()
	if !v.Accepted || v.Case != "KARI1" || v.Sessions != 2 || v.Seller != o.Company.Org.String() {
		t.Fatalf("%+v", v)
	}
	again := o.network.Receive(o.document(bill.ID)) // the same file once more
	if diff := cmp.Diff(v, again); diff != "" || len(o.network.Verdicts()) != 1 {
		t.Errorf("the same file has another verdict (-was +is):\n%s", diff)
	}
	var draft *invoice.Invoice
	o.do(func(ctx context.Context, tx storage.Tx) error {
		bill, err := tx.Invoice(ctx, bill.ID) // the sender has marked it
		if err != nil {
			return err
		}
		_, draft, err = o.biller.Credit(ctx, tx, o.Actor(), invoice.CreditRequest{
			Invoice: bill.ID, Version: bill.Version, Bookings: []booking.ID{bill.Lines[0].Booking},
		})
		return err
	})
	o.send()
	o.do(func(ctx context.Context, tx storage.Tx) error {
		_, err := o.biller.Issue(ctx, tx, o.Actor(), draft.ID, draft.Version)
		return err
	})
	o.send()
	var credits int
	for _, v := range o.network.Verdicts() {
		if !v.Accepted {
			t.Errorf("%+v", v)
		}
		if v.Credit {
			credits++
		}
	}
	if len(o.network.Verdicts()) != 3 || credits != 1 {
		t.Errorf("%+v", o.network.Verdicts())
	}
}

// Each thing that is wrong with an invoice is found, by itself.
func TestInvoiceIsRejected(t *testing.T) {
	o := newOffice(t)
	var good []byte
	{ // a document that the network has not seen
		other := newOffice(t)
		good = other.document(other.bill().ID)
	}
	o.day = 8
	set := func(element, value string) func([]byte) []byte {
		return func(doc []byte) []byte {
			return regexp.MustCompile(element).ReplaceAll(doc, []byte(value))
		}
	}
	const first = "2026-03-02 09:00:00"
	for _, tt := range []struct {
		name   string
		change func([]byte) []byte
		want   string
	}{
		{"no sakID", set(`<cac:OrderReference>\s*<cbc:ID>KARI1</cbc:ID>\s*</cac:OrderReference>`, `<cbc:BuyerReference>x</cbc:BuyerReference>`), "case.missing"},
		{"another sakID", set(`>KARI1<`, `>KARI2<`), "case.unknown"},
		{"no treatment code", set(`>TreatmentId<`, `>TreatmentCode<`), "treatment.missing"},
		{"no time", set(`>TreatmentDateTime<`, `>Time<`), "time.missing"},
		{"half a time", set(`>`+first+`<`, `>2026-03-02<`), "time.invalid"},
		{"another payer", set(`995525828`, `974761106`), "payer.other"},
		{"before the case", set(`>`+first+`<`, `>2026-02-28 09:00:00<`), "cover.period"},
		{"after the case", set(`>`+first+`<`, `>2026-07-01 09:00:00<`), "cover.period"},
		{"not held yet", set(`>`+first+`<`, `>2026-03-12 09:00:00<`), "treatment.future"},
		{"one session twice", set(`>2026-03-03 09:00:00<`, `>`+first+`<`), "treatment.twice"},
		{"too little time to pay", set(`<cbc:DueDate>[^<]*<`, `<cbc:DueDate>2026-03-20<`), "due.early"},
		{"a wrong sum", set(`<cbc:PayableAmount currencyID="NOK">[^<]*<`, `<cbc:PayableAmount currencyID="NOK">1.00<`), "BR-CO-16"},
		{"no UBL", set(`<cbc:ID>1</cbc:ID>`, `<cbc:Idé>1</cbc:Idé>`), "document.schema"},
		{"no XML", func([]byte) []byte { return []byte("<Invoice") }, "document.unreadable"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			bad := tt.change(good)
			if bytes.Equal(bad, good) {
				t.Fatalf("nothing was changed in\n%s", good)
			}
			v := o.network.Receive(bad)
			if v.Accepted || !slices.Contains(codes(v), tt.want) {
				t.Errorf("%+v, want %s", v, tt.want)
			}
			for _, w := range v.Wrong {
				if w.Text == "" {
					t.Errorf("%s says nothing", w.Code)
				}
			}
		})
	}
	if v := o.network.Receive(good); !v.Accepted { // what was rejected uses nothing
		t.Errorf("%+v", v)
	}
	other := regexp.MustCompile(`<cbc:ID>1</cbc:ID>`).ReplaceAll(good, []byte(`<cbc:ID>2</cbc:ID>`))
	if v := o.network.Receive(other); v.Accepted || !slices.Contains(codes(v), "treatment.twice") || !slices.Contains(codes(v), "cover.sessions") {
		t.Errorf("under another number: %+v", v)
	}
	same := regexp.MustCompile(`PSY45`).ReplaceAll(good, []byte(`PSY46`))
	if v := o.network.Receive(same); v.Accepted || !slices.Contains(codes(v), "document.number") {
		t.Errorf("another document under the number: %+v", v)
	}
}

// Sessions that are older than the payer's terms allow are rejected.
func TestInvoiceIsLate(t *testing.T) {
	o := newOffice(t)
	doc := o.document(o.bill().ID)
	for days, want := range map[int]bool{60: true, 61: false} {
		other := newOffice(t)
		other.day = days
		v := other.network.Receive(doc)
		if got := !slices.Contains(codes(v), "treatment.late"); got != want {
			t.Errorf("after %d days: %+v", days, v)
		}
	}
}

// A lowered quota is felt when the next invoice comes.
func TestInvoiceOverQuota(t *testing.T) {
	o := newOffice(t)
	if err := o.network.SetQuota("KARI1", 1); err != nil {
		t.Fatal(err)
	}
	o.bill()
	if v := o.last(); v.Accepted || !slices.Equal(codes(v), []string{"cover.sessions"}) {
		t.Errorf("%+v", v)
	}
	other := newOffice(t)
	must(0, other.network.ChangeCase("KARI1", func(c *insurance.Case) {
		c.Caps = []series.Cap{{Unit: series.CapAmount, Amount: timebok.Kroner(2000)}}
	}))
	other.bill()
	if v := other.last(); v.Accepted || !slices.Equal(codes(v), []string{"cover.amount"}) {
		t.Errorf("%+v", v)
	}
}

// A credit note takes back what was invoiced, once.
func TestCreditNoteIsRejected(t *testing.T) {
	o := newOffice(t)
	bill := o.bill()
	o.do(func(ctx context.Context, tx storage.Tx) error {
		bill, err := tx.Invoice(ctx, bill.ID)
		if err == nil {
			_, _, err = o.biller.Credit(ctx, tx, o.Actor(), invoice.CreditRequest{Invoice: bill.ID, Version: bill.Version})
		}
		return err
	})
	var note []byte
	o.do(func(ctx context.Context, tx storage.Tx) error {
		for x, err := range tx.Invoices(ctx, invoice.Filter{}) {
			if err != nil {
				return err
			}
			if x.Kind == invoice.CreditNote {
				d, err := tx.Document(ctx, x.ID)
				note = d.Body
				return err
			}
		}
		return nil
	})
	empty := newOffice(t)
	if v := empty.network.Receive(note); v.Accepted || !slices.Contains(codes(v), "credit.unknown") || !slices.Contains(codes(v), "credit.session") {
		t.Errorf("of what was never billed: %+v", v)
	}
	o.send()
	if v := o.last(); !v.Accepted || !v.Credit {
		t.Errorf("%+v", v)
	}
	again := bytes.Replace(note, []byte("<cbc:ID>2</cbc:ID>"), []byte("<cbc:ID>3</cbc:ID>"), 1)
	if v := o.network.Receive(again); v.Accepted || !slices.Contains(codes(v), "credit.session") {
		t.Errorf("once more: %+v", v)
	}
}

// The access point keeps the contract of invoice.Transport.
func TestTransport(t *testing.T) {
	networks := map[invoice.Transport]*behandlernettverk.Network{}
	invoicetest.Run(t, invoicetest.Harness{
		Open: func(*testing.T) invoice.Transport {
			n := behandlernettverk.New(nil)
			tr := n.Transport()
			networks[tr] = n
			return tr
		},
		Sent: func(_ *testing.T, tr invoice.Transport) []invoicetest.Sent {
			var out []invoicetest.Sent
			for _, d := range networks[tr].Submissions() {
				out = append(out, invoicetest.Sent{Number: d.Number, Body: d.Document.Body})
			}
			return out
		},
	})
}

// The mailbox answers over HTTP as Receive does.
func TestMailbox(t *testing.T) {
	o := newOffice(t)
	w := httptest.NewRecorder()
	o.network.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "POST", "/ehf", strings.NewReader("no XML")))
	var v behandlernettverk.Verdict
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil || v.Accepted || !slices.Equal(codes(v), []string{"document.unreadable"}) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
