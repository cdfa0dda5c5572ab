package ehf_test

import (
	"fmt"

	"github.com/rickb777/date"
	"github.com/shopspring/decimal"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
	"pgregory.net/rapid"
)

// anyDocument draws a document that Encode takes: an invoice or a credit note
// with awkward amounts, several rates, and any of the parts that it may have.
func anyDocument() *rapid.Generator[ehf.Document] {
	return rapid.Custom(func(t *rapid.T) ehf.Document {
		g := gen{t}
		d := ehf.Document{
			Type: ehf.TypeInvoice, Number: g.text(), IssueDate: g.day(2026, 0), DueDate: g.day(2026, 400),
			Note: rapid.SampledFrom([]string{"", "", "#AAI#", "#", "x#", "##", "#ab#", "#abcd#", "to #ADU#"}).Draw(g.t, "subject") + g.maybeText(), BuyerReference: g.maybeText(), Order: g.text(), AccountingCost: g.maybeText(),
			SalesOrder: g.maybeText(), Contract: g.maybeText(), Project: g.maybeText(), Terms: g.maybeText(),
			Seller: g.seller(), Buyer: g.buyer(), Payment: g.payment(),
		}
		if g.maybe() {
			d.Type, d.Preceding = ehf.TypeCreditNote, []ehf.Preceding{{Number: g.text(), IssueDate: g.day(2025, 0)}, {Number: g.text()}}
		}
		if g.maybe() {
			d.TaxPoint = g.day(2026, 30)
		}
		if g.maybe() {
			d.Object = ehf.Identifier{Value: g.text()}
		}
		if g.maybe() {
			d.Payee = &ehf.Payee{Name: "Finans " + g.text(), ID: ehf.Identifier{Scheme: "0192", Value: "974761106"}}
		}
		if g.maybe() {
			d.Delivery = &ehf.Delivery{Date: g.day(2026, 0), Name: g.maybeText()}
			if g.maybe() {
				d.Delivery.Address = new(g.address())
			}
		}
		if g.maybe() {
			d.Period = &ehf.Period{From: g.day(2026, 0), To: g.day(2027, 0)}
		}
		if g.maybe() {
			d.Prepaid, d.Rounding = g.money(), g.money()
		}
		g.amounts(&d)
		for range rapid.IntRange(0, 2).Draw(t, "attachments") {
			d.Attachments = append(d.Attachments, g.attachment())
		}
		return d
	})
}

// gen draws parts of documents.
type gen struct{ t *rapid.T }

func (g gen) maybe() bool { return rapid.Bool().Draw(g.t, "maybe") }

// runes are letters, what must be escaped, and what is rare.
var runes = []rune("abcXYZ019 .-æøåÆØÅ<>&\"'\t\n\r\u00a0–€]\u2028𝄞\ufffd")

// text has at least one letter, so that it is not blank.
func (g gen) text() string {
	return "x" + rapid.StringOfN(rapid.SampledFrom(runes), 0, 20, -1).Draw(g.t, "text")
}

func (g gen) maybeText() string {
	if g.maybe() {
		return g.text()
	}
	return ""
}

func (g gen) day(year, later int) *date.Date {
	first := date.New(year, 1, 1)
	return new(first.Add(date.PeriodOfDays(later + rapid.IntRange(0, 364).Draw(g.t, "day"))))
}

// money is an amount of up to 100 000 kroner either way, often an odd one.
func (g gen) money() timebok.Money {
	return timebok.Ore(rapid.OneOf(rapid.Int64Range(-10_000_000, 10_000_000), rapid.Int64Range(-101, 101)).Draw(g.t, "money"))
}

// number is a number of at most so many decimals, often half an øre.
func (g gen) number(low, high int64, places int32) decimal.Decimal {
	d := decimal.New(rapid.Int64Range(low, high).Draw(g.t, "number"), -rapid.Int32Range(0, places).Draw(g.t, "places"))
	if g.maybe() {
		d = d.Truncate(2).Add(decimal.New(5, -3))
	}
	return d
}

func (g gen) address() ehf.Address {
	return ehf.Address{
		Street: g.maybeText(), Additional: g.maybeText(), Line: g.maybeText(), City: g.maybeText(),
		PostalCode: g.maybeText(), Subdivision: g.maybeText(), Country: "NO",
	}
}

func (g gen) seller() ehf.Party {
	p := g.buyer()
	p.Endpoint.Value, p.Org.Value, p.VATNumber = "987654325", "987654325", "NO987654325MVA"
	p.TaxNumber, p.LegalForm = ehf.Foretaksregisteret, g.maybeText()
	return p
}

func (g gen) buyer() ehf.Party {
	p := ehf.Party{
		Endpoint: ehf.Identifier{Scheme: "0192", Value: "123456785"}, Name: g.text(), TradingName: g.maybeText(),
		Org: ehf.Identifier{Scheme: "0192", Value: "123456785"}, Address: g.address(),
	}
	if g.maybe() {
		p.IDs = []ehf.Identifier{{Value: g.text()}}
	}
	if g.maybe() {
		p.VATNumber = "NO123456785MVA"
	}
	if g.maybe() {
		p.Contact = ehf.Contact{Name: g.maybeText(), Phone: g.maybeText(), Email: g.maybeText()}
	}
	return p
}

func (g gen) payment() *ehf.Payment {
	p := &ehf.Payment{Code: ehf.CreditTransfer, Name: g.maybeText(), ID: rapid.SampledFrom([]string{"", "12344", "1000005-", "00"}).Draw(g.t, "kid"), Accounts: []ehf.Account{{ID: "86011117947", Name: g.maybeText()}}}
	if g.maybe() {
		p.Accounts = append(p.Accounts, ehf.Account{ID: "NO9386011117947", Name: g.maybeText(), BIC: "DNBANOKK"})
	}
	return p
}

func (g gen) attachment() ehf.Attachment {
	if g.maybe() {
		return ehf.Attachment{ID: g.text(), Description: g.maybeText(), URI: "https://example.org/?a=1&b=" + g.text()}
	}
	return ehf.Attachment{
		ID: g.text(), MIME: "application/pdf", Filename: g.text() + ".pdf",
		Content: rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(g.t, "content"),
	}
}

// amounts draws lines and adjustments, of categories that may stand together.
func (g gen) amounts(d *ehf.Document) {
	vats := []ehf.VAT{
		{Category: timebok.Standard, Rate: 2500}, {Category: timebok.Standard, Rate: 1500}, {Category: timebok.Standard, Rate: 1111},
		{Category: timebok.Exempt}, {Category: timebok.ZeroRated},
	}
	if rapid.IntRange(0, 5).Draw(g.t, "outside") == 0 {
		vats = []ehf.VAT{{Category: timebok.OutsideScope}}
		d.Seller.VATNumber, d.Buyer.VATNumber = "", ""
	}
	vat := rapid.SampledFrom(vats)
	used := map[timebok.VATCategory]bool{}
	for i := range rapid.IntRange(1, 30).Draw(g.t, "lines") {
		l := ehf.Line{
			ID: fmt.Sprint(i + 1), Note: g.maybeText(), Quantity: g.number(-500, 5_000, 4), Unit: rapid.SampledFrom([]string{"C62", "HUR", "MIN", "EA"}).Draw(g.t, "unit"),
			Price: g.number(0, 999_999, 6), VAT: vat.Draw(g.t, "vat"), Name: g.text(), Description: g.maybeText(), OrderLine: g.maybeText(),
			Cost: g.maybeText(), SellersID: g.maybeText(), BuyersID: g.maybeText(),
		}
		if g.maybe() {
			l.Per = g.number(50, 9_999, 1)
		}
		if g.maybe() {
			l.Period = &ehf.Period{From: g.day(2026, 366), To: g.day(2026, 731)}
			if d.Period != nil {
				l.Period = d.Period
			}
		}
		for range rapid.IntRange(0, 2).Draw(g.t, "properties") {
			l.Properties = append(l.Properties, ehf.Property{Name: g.text(), Value: g.text()})
		}
		for range rapid.IntRange(0, 2).Draw(g.t, "adjustments") {
			l.Adjustments = append(l.Adjustments, g.adjustment())
		}
		used[l.VAT.Category] = true
		d.Lines = append(d.Lines, l)
	}
	for range rapid.IntRange(0, 3).Draw(g.t, "adjustments") {
		a := g.adjustment()
		a.VAT = new(vat.Draw(g.t, "vat"))
		used[a.VAT.Category] = true
		d.Adjustments = append(d.Adjustments, a)
	}
	for _, c := range []timebok.VATCategory{timebok.Exempt, timebok.OutsideScope} {
		if used[c] {
			d.Exempt = append(d.Exempt, ehf.Exemption{Category: c, Reason: g.text()})
		}
	}
}

func (g gen) adjustment() ehf.Adjustment {
	a := ehf.Adjustment{Charge: g.maybe(), Reason: g.text(), Amount: g.money()}
	if g.maybe() {
		a.Base = timebok.Ore(rapid.Int64Range(1, 1_000_000).Draw(g.t, "base"))
		a.Percent = g.number(1, 99_999, 3)
		a.Amount = must(a.Base.Percent(a.Percent))
		off := a.Amount.Add(timebok.Ore(rapid.Int64Range(-2, 2).Draw(g.t, "off"))) // R040 bears two øre, of the exact percentage
		if exact := a.Base.Decimal().Mul(a.Percent).Shift(-2); exact.Sub(off.Decimal()).Abs().LessThanOrEqual(number("0.02")) {
			a.Amount = off
		}
	}
	return a
}
