package invoice_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
	"github.com/timebok/timebok/invoice/spool"
	"pgregory.net/rapid"
)

// ubl is what the insurer's machine reads of an invoice or credit note.
type ubl struct {
	XMLName xml.Name
	ID      string    `xml:"ID"`
	DueDate string    `xml:"DueDate"`
	Case    string    `xml:"OrderReference>ID"`
	Credits string    `xml:"BillingReference>InvoiceDocumentReference>ID"`
	Payable string    `xml:"LegalMonetaryTotal>PayableAmount"`
	Bills   []ublLine `xml:"InvoiceLine"`
	Notes   []ublLine `xml:"CreditNoteLine"`
	Lines   []ublLine `xml:"-"` // either
}

type ublLine struct {
	Amount     string `xml:"LineExtensionAmount"`
	Properties []struct {
		Name  string `xml:"Name"`
		Value string `xml:"Value"`
	} `xml:"Item>AdditionalItemProperty"`
}

func (l ublLine) property(name string) string {
	for _, p := range l.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

func parsed(t *testing.T, body []byte) ubl {
	t.Helper()
	var x ubl
	if err := xml.Unmarshal(body, &x); err != nil {
		t.Fatal(err)
	}
	x.Lines = append(x.Bills, x.Notes...)
	return x
}

// The whole way with the real format: from delivered sessions to the files of an
// invoice and a credit note in the spool.
func TestEHF(t *testing.T) {
	everywhere(t, func(d *desk) {
		d.biller.Format = ehf.Format{}
		d.clock.set(time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC))
		x := d.issued(0, 27) // 2 March, and the day that summer time begins
		d.deliver(d.Case.ID, d.withKari, 1)
		ofKari, err := d.issue(d.draft(d.Case.ID)) // a sole trader, paid to an IBAN
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.credit(x, invoice.CreditRequest{Bookings: []booking.ID{x.Lines[1].Booking}})
		if err != nil {
			t.Fatal(err)
		}
		dir := spool.Dir{Path: t.TempDir()}
		sender, _ := d.sender()
		sender.Transport = dir
		for _, tt := range []struct {
			invoice            invoice.Invoice
			root, due, credits string
			times, codes       []string
		}{
			{x, "Invoice", "2026-05-01", "", []string{"2026-03-02 10:00:00", "2026-03-29 11:00:00"}, []string{"PSY45", "PSY45"}},
			{ofKari, "Invoice", "2026-05-01", "", []string{"2026-03-03 10:00:00"}, []string{"FYS30"}},
			{r.note, "CreditNote", "", "1", []string{"2026-03-29 11:00:00"}, []string{"PSY45"}},
		} {
			if err := sender.Handle(d.Context(), d.delivery(tt.invoice)); err != nil {
				t.Fatal(err)
			}
			body, err := os.ReadFile(filepath.Join(dir.Path, d.invoice(tt.invoice.ID).Transport))
			if err != nil || !bytes.Equal(body, d.document(tt.invoice.ID).Body) {
				t.Errorf("the spooled file is not the document: %v", err)
			}
			got := parsed(t, body)
			if got.XMLName.Local != tt.root || got.ID != fmt.Sprint(tt.invoice.Number) || got.Case != "6QPTR" ||
				got.DueDate != tt.due || got.Credits != tt.credits || got.Payable != tt.invoice.Totals().Gross.String() ||
				len(got.Lines) != len(tt.times) {
				t.Errorf("the file says %+v", got)
				continue
			}
			for i, l := range got.Lines {
				if l.property("TreatmentId") != tt.codes[i] || l.property("TreatmentDateTime") != tt.times[i] ||
					l.Amount != tt.invoice.Lines[i].Amount.String() {
					t.Errorf("line %d says %+v", i, l)
				}
			}
			for what, secret := range map[string]string{
				"client": d.Ola.Name.Reveal(), "surname": "Prøvesen", "birth number": "10915596784", "birth date": "1955",
				"e-mail address": "ola@example.com", "telephone number": "40000000", "client's ID": d.Ola.ID.String(),
				"client's street": "Prøvevegen 1,", "therapist, who is not to be disclosed": d.Anne.Name,
			} {
				if strings.Contains(string(body), secret) {
					t.Errorf("the file names the %s", what)
				}
			}
		}
	})
}

// Invoices with taxed sessions come to the same sum here and in the file.
func TestEHFTotals(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		p := newPaper()
		p.biller.Format = ehf.Format{}
		var sessions []booking.Booking
		for n := range rapid.IntRange(1, 12).Draw(rt, "sessions") {
			b := p.delivered(n)
			b.Practitioner, b.Price = p.Kari.ID, timebok.Ore(rapid.Int64Range(1, 300_000).Draw(rt, "price"))
			b.Service = rapid.SampledFrom([]timebok.ServiceID{p.Physio.ID, p.Massage.ID}).Draw(rt, "service")
			b.Charges[0].Amount = b.Price
			sessions = append(sessions, b)
		}
		v := p.drafted(sessions...)
		v.Series.Approvals[0].Terms.Caps = nil
		verdict, err := p.biller.DecidePreflight(v)
		if err != nil || len(verdict.Refusals) > 0 {
			rt.Fatalf("%v, %v", verdict.Refusals.Text(timebok.English), err)
		}
		if got, want := parsed(t, verdict.Document).Payable, verdict.Invoice.Totals().Gross.String(); got != want {
			rt.Fatalf("the file says %s, the invoice %s", got, want)
		}
	})
}

// What the format refuses comes with the rest of pre-flight, under Document, and
// what pre-flight has said of a field is not said twice.
func TestEHFRefuses(t *testing.T) {
	p := newPaper()
	p.biller.Format = ehf.Format{}
	v := p.drafted(p.delivered(0), p.delivered(1))
	v.Invoice.Lines[0].VAT = timebok.VAT{Category: timebok.OutsideScope} // with an exempt one: BR-O-11
	verdict, err := p.biller.DecidePreflight(v)
	if err != nil {
		t.Fatal(err)
	}
	if len(verdict.Refusals) == 0 || verdict.Document != nil {
		t.Error("sessions outside the Act and exempt ones stand on one invoice")
	}
	for _, r := range verdict.Refusals {
		wantTexts(t, r)
		if !strings.HasPrefix(r.Field, "Document") {
			t.Errorf("%s stands at %q", r.Code(), r.Field)
		}
	}
	v = p.drafted(p.delivered(0))
	v.Clinic.Address.City, v.Invoice.Lines[0].Treatment = "", ""
	if verdict, err = p.biller.DecidePreflight(v); err != nil {
		t.Fatal(err)
	}
	sameReasons(t, verdict.Refusals, "Place: invoice.place", "Lines[0].Treatment: line.treatment")
}
