package ehf

import (
	"slices"
	"strconv"

	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// From maps an issued invoice or credit note to a Document:
//
//   - the number of the case (sakID) is the order reference, on credit notes too;
//     without a case the payer's Reference is the buyer reference;
//   - each line is one session: quantity one, with TreatmentId, TreatmentDateTime
//     and what else the payer's Disclose list has, its day as the period of the
//     line, and time and place in words (bokføringsforskriften § 5-1-1);
//   - the payment ID is the KID, or the invoice's number;
//   - a seller registered for VAT has its MVA number, one in Foretaksregisteret
//     says so, and one in neither states its organisation number, which rule
//     BR-E-02 demands. Outside the VAT Act (O) no MVA number may stand there.
//
// It refuses, with an *timebok.InvalidError that lists everything, what is neither an
// invoice nor a credit note of one, a draft, an invoice that the client pays, one without
// number, issue date or place, a line without a time or a zone or, in a network's case,
// without a treatment code, and in an invoice a text with a birth number in it. Append
// judges the rest.
func From(v invoice.Invoice) (Document, error) {
	var wrong timebok.Reasons
	if v.Payer == nil {
		wrong.Add(timebok.EHFNeedsPayer, "Payer")
		return Document{}, wrong.Invalid()
	}
	if v.IsDraft() {
		wrong.Add(timebok.BadValue, "State")
	}
	need(&wrong, "Number", v.Number > 0)
	need(&wrong, "IssueDate", v.IssueDate != nil)
	if v.Place.City == "" {
		wrong.Add(invoice.NoPlace, "Place")
	}
	f := from{invoice: &v, wrong: &wrong}
	number := strconv.FormatInt(v.Number, 10)
	d := Document{
		Type: TypeInvoice, Number: number, IssueDate: v.IssueDate, DueDate: v.DueDate,
		Order: v.Case.Number, Seller: f.seller(), Buyer: f.buyer(),
		Delivery: &Delivery{Address: new(addressOf(v.Place))},
		Payment:  f.payment(number),
	}
	if d.Order == "" {
		d.BuyerReference = v.Payer.Reference
	}
	switch v.Kind {
	case invoice.CreditNote:
		d.Type = TypeCreditNote
		if v.Credits == nil {
			wrong.Add(NoPreceding, "Credits")
			break
		}
		need(&wrong, "Credits.Number", v.Credits.Number > 0)
		d.Preceding = []Preceding{{Number: strconv.FormatInt(v.Credits.Number, 10), IssueDate: new(v.Credits.IssueDate)}}
	case invoice.Bill:
	default:
		wrong.Add(timebok.BadValue, "Kind")
	}
	for i := range v.Lines {
		d.Lines = append(d.Lines, f.line(i))
	}
	d.Period = f.period
	if p := d.Period; p != nil && *p.From == *p.To {
		d.Delivery.Date = p.From
	}
	d.Exempt = f.exempt()
	if v.Kind != invoice.CreditNote { // what it takes back is sent already
		wrong = append(wrong, v.Personal(nil)...)
	}
	if err := wrong.Invalid(); err != nil {
		return Document{}, err
	}
	return d, nil
}

// from is one mapping in the course of its work.
type from struct {
	invoice *invoice.Invoice
	wrong   *timebok.Reasons
	period  *Period // of the lines so far
}

func (f *from) seller() Party {
	s := &f.invoice.Seller
	p := Party{
		Endpoint: Identifier{timebok.OrgNumberScheme, s.Org.String()},
		Name:     s.Name,
		Org:      Identifier{timebok.OrgNumberScheme, s.Org.String()},
		Address:  addressOf(s.Address),
		Contact:  Contact{Email: s.Email.Reveal()},
	}
	outside := slices.ContainsFunc(f.invoice.Lines, func(l invoice.Line) bool {
		return l.VAT.Category == timebok.OutsideScope
	})
	if s.VATRegistered && !outside {
		p.VATNumber = s.Org.MVA().String()
	}
	switch {
	case s.Foretaksregisteret:
		p.TaxNumber = Foretaksregisteret
	case !s.VATRegistered:
		p.TaxNumber = s.Org.String()
	}
	return p
}

func (f *from) buyer() Party {
	b := f.invoice.Payer
	return Party{
		Endpoint: Identifier{timebok.OrgNumberScheme, b.Org.String()},
		Name:     b.Name,
		Org:      Identifier{timebok.OrgNumberScheme, b.Org.String()},
		Address:  addressOf(b.Address),
	}
}

func addressOf(a timebok.Address) Address {
	return Address{Street: a.Street, PostalCode: a.PostalCode, City: a.City, Country: a.CountryCode()}
}

// payment is a credit transfer to the seller's IBAN if it has one, else to its
// Norwegian account: code 30 is right for both. A credit note has the account
// too, since some payers demand it there.
func (f *from) payment(number string) *Payment {
	s := &f.invoice.Seller
	p := &Payment{Code: CreditTransfer, ID: number}
	if !f.invoice.KID.IsZero() {
		p.ID = f.invoice.KID.String()
	}
	switch {
	case !s.IBAN.IsZero():
		p.Accounts = []Account{{ID: s.IBAN.String()}}
	case !s.Account.IsZero():
		p.Accounts = []Account{{ID: s.Account.String()}}
	}
	return p
}

// exempt gives the reason of each category that bears no tax. There is room for
// one in a category, so that different ones of its lines stand there together.
func (f *from) exempt() []Exemption {
	var out []Exemption
	said := map[timebok.VAT]bool{}
	for _, l := range f.invoice.Lines {
		if !(VAT{Category: l.VAT.Category}).needsReason() {
			continue
		}
		reason := l.VAT.Reason
		if reason == "" {
			reason = ownWords[l.VAT.Category]
		}
		i := slices.IndexFunc(out, func(e Exemption) bool { return e.Category == l.VAT.Category })
		switch {
		case i < 0:
			out = append(out, Exemption{Category: l.VAT.Category, Reason: reason})
		case !said[timebok.VAT{Category: l.VAT.Category, Reason: reason}]:
			out[i].Reason += "; " + reason
		}
		said[timebok.VAT{Category: l.VAT.Category, Reason: reason}] = true
	}
	return out
}

// ownWords are the words of a category whose lines give no reason.
var ownWords = map[timebok.VATCategory]string{
	timebok.Exempt:       "Unntatt merverdiavgift, jf. merverdiavgiftsloven kapittel 3",
	timebok.OutsideScope: "Utenfor merverdiavgiftsloven",
}

// cover widens the period of the document to a day.
func (f *from) cover(first, last civil.Date) {
	if f.period == nil {
		f.period = &Period{From: &first, To: &last}
		return
	}
	if first.Before(*f.period.From) {
		f.period.From = &first
	}
	if last.After(*f.period.To) {
		f.period.To = &last
	}
}
