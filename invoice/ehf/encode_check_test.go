package ehf_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
)

// wantReasons checks that the error is invalid input, for these rules.
func wantReasons(t *testing.T, err error, rules ...*timebok.Rule) {
	t.Helper()
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) || !errors.Is(err, timebok.ErrInvalid) {
		t.Fatalf("error %v, want an *InvalidError", err)
	}
	for _, r := range rules {
		if !errors.Is(err, r) {
			t.Errorf("%v does not name %s", err, r.Code())
		}
	}
	for _, r := range invalid.Reasons {
		if !slices.Contains(rules, r.Rule) {
			t.Errorf("unexpected: %s %s", r.Field, r.Code())
		}
		for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
			if text := r.Text(l); text == "" || strings.Contains(text, "{") {
				t.Errorf("%s in %s: %q", r.Code(), l, text)
			}
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	type doc = ehf.Document
	outside := func(d *doc) {
		d.Lines = d.Lines[:1]
		d.Adjustments = nil
		d.Lines[0].VAT.Category = timebok.OutsideScope
		d.Exempt = []ehf.Exemption{{Category: timebok.OutsideScope, Reason: "Utenfor"}}
	}
	tests := []struct {
		name   string
		rule   *timebok.Rule
		field  string
		change func(d *doc)
	}{
		{"no number", timebok.Missing, "Number", func(d *doc) { d.Number = "" }},
		{"no issue date", timebok.Missing, "IssueDate", func(d *doc) { d.IssueDate = nil }},
		{"no type", ehf.BadType, "Type", func(d *doc) { d.Type = "" }},
		{"a corrected invoice", ehf.BadType, "Type", func(d *doc) { d.Type = "384" }},
		{"euro", ehf.BadCurrency, "Currency", func(d *doc) { d.Currency = "EUR" }},
		{"neither sakID nor buyer reference", ehf.NoReference, "Order", func(d *doc) { d.Order, d.SalesOrder, d.BuyerReference = "", "", "" }},
		{"the seller's order alone", timebok.Missing, "Order", func(d *doc) { d.Order = "" }},
		{"no due date", ehf.NoDueDate, "DueDate", func(d *doc) { d.DueDate = nil }},
		{"a credit note of nothing", ehf.NoPreceding, "Preceding", func(d *doc) { d.Type = ehf.TypeCreditNote }},
		{"a preceding invoice without number", timebok.Missing, "Preceding[0].Number", func(d *doc) { d.Preceding = []ehf.Preceding{{}} }},
		{"a due date with no place for it", timebok.Missing, "Payment", func(d *doc) {
			d.Type, d.Preceding, d.Payment = ehf.TypeCreditNote, []ehf.Preceding{{Number: "1"}}, nil
		}},
		{"a period of no days", ehf.BadDays, "Period", func(d *doc) { d.Period = &ehf.Period{} }},
		{"a period that ends before it begins", ehf.BadDays, "Period", func(d *doc) { d.Period.From, d.Lines[0].Period = day("2026-11-01"), nil }},
		{"a line's period that ends before it begins", ehf.BadDays, "Lines[0].Period", func(d *doc) {
			d.Lines[0].Period = &ehf.Period{From: day("2026-10-02"), To: day("2026-10-01")}
		}},
		{"a line before the document's period", ehf.OutsidePeriod, "Lines[0].Period", func(d *doc) { d.Lines[0].Period = &ehf.Period{From: day("2026-09-30")} }},
		{"a line after the document's period", ehf.OutsidePeriod, "Lines[0].Period", func(d *doc) { d.Lines[0].Period = &ehf.Period{To: day("2026-11-01")} }},
		{"no seller's address in the network", ehf.BadEndpoint, "Seller.Endpoint", func(d *doc) { d.Seller.Endpoint = ehf.Identifier{} }},
		{"no buyer's address in the network", ehf.BadEndpoint, "Buyer.Endpoint", func(d *doc) { d.Buyer.Endpoint = ehf.Identifier{} }},
		{"the deleted scheme 9908", ehf.BadEndpoint, "Buyer.Endpoint", func(d *doc) { d.Buyer.Endpoint.Scheme = "9908" }},
		{"a wrong check digit", ehf.BadEndpoint, "Buyer.Endpoint", func(d *doc) { d.Buyer.Endpoint.Value = "123456789" }},
		{"a wrong check digit of a number", ehf.BadScheme, "Seller.Org", func(d *doc) { d.Seller.Org.Value = "123456789" }},
		{"an unknown scheme", ehf.BadScheme, "Seller.IDs[1]", func(d *doc) { d.Seller.IDs[1].Scheme = "9908" }},
		{"a wrong GLN", ehf.BadScheme, "Seller.IDs[0]", func(d *doc) { d.Seller.IDs[0].Value = "7300010000002" }},
		{"a place of an unknown scheme", ehf.BadScheme, "Delivery.Location", func(d *doc) { d.Delivery.Location.Scheme = "XX" }},
		{"an object of an unknown scheme", ehf.BadScheme, "Object", func(d *doc) { d.Object.Scheme = "0192" }},
		{"a standard number without scheme", ehf.BadScheme, "Lines[0].StandardID", func(d *doc) { d.Lines[0].StandardID.Scheme = "" }},
		{"no seller's name", timebok.Missing, "Seller.Name", func(d *doc) { d.Seller.Name = "" }},
		{"no buyer's name", timebok.Missing, "Buyer.Name", func(d *doc) { d.Buyer.Name = "" }},
		{"no seller's country", ehf.BadCountry, "Seller.Address.Country", func(d *doc) { d.Seller.Address.Country = "" }},
		{"no buyer's country", ehf.BadCountry, "Buyer.Address.Country", func(d *doc) { d.Buyer.Address.Country = "Norge" }},
		{"no country of delivery", ehf.BadCountry, "Delivery.Address.Country", func(d *doc) { d.Delivery.Address.Country = "QQ" }},
		{"a delivery of nothing", timebok.Missing, "Delivery", func(d *doc) { d.Delivery = &ehf.Delivery{} }},
		{"a seller nobody can tell", ehf.NoSellerID, "Seller.Org", func(d *doc) {
			d.Seller.Org, d.Seller.IDs, d.Seller.VATNumber = ehf.Identifier{}, nil, ""
			d.Lines, d.Adjustments = d.Lines[:1], d.Adjustments[:1]
		}},
		{"a seller in Norway without organisation number", ehf.NoSellerID, "Seller.Org", func(d *doc) { d.Seller.Org = ehf.Identifier{} }},
		{"a seller in Norway with a Swedish number", ehf.NoSellerID, "Seller.Org", func(d *doc) { d.Seller.Org = ehf.Identifier{Scheme: "0007", Value: "5566042825"} }},
		{"a bank in no country", ehf.BadBIC, "Payment.Accounts[0].BIC", func(d *doc) { d.Payment.Accounts[0].BIC = "ESSEQQSS" }},
		{"a buyer nobody can find", ehf.NoBuyerID, "Buyer.Org", func(d *doc) { d.Buyer.Org, d.Buyer.Address = ehf.Identifier{}, ehf.Address{Country: "NO"} }},
		{"a number of a scheme for addresses only", ehf.BadScheme, "Buyer.Org", func(d *doc) {
			d.Buyer.Endpoint = ehf.Identifier{Scheme: "9930", Value: "DE123"}
			d.Buyer.Org = d.Buyer.Endpoint
		}},
		{"a KID with letters", ehf.BadPaymentID, "Payment.ID", func(d *doc) { d.Payment.ID = "ABC æøå" }},
		{"a KID with a wrong check digit", ehf.BadPaymentID, "Payment.ID", func(d *doc) { d.Payment.ID = "12345" }},
		{"a KID with a space", ehf.BadPaymentID, "Payment.ID", func(d *doc) { d.Payment.ID = "123 44" }},
		{"a bank that is none", ehf.BadBIC, "Payment.Accounts[0].BIC", func(d *doc) { d.Payment.Accounts[0].BIC = "!!" }},
		{"a bank with too much", ehf.BadBIC, "Payment.Accounts[0].BIC", func(d *doc) { d.Payment.Accounts[0].BIC = "DNBANOKKX" }},
		{"a wrong Norwegian account of a seller abroad", ehf.BadAccount, "Payment.Accounts[1].ID", func(d *doc) {
			d.Seller.Address.Country, d.Payment.Accounts[1].ID = "SE", "12345678901"
		}},
		{"a wrong Norwegian IBAN of a seller who is none", ehf.BadAccount, "Payment.Accounts[0].ID", func(d *doc) {
			d.Seller.Address.Country, d.Seller.Org, d.Payment.Accounts[0].ID = "DK", ehf.Identifier{Scheme: "0184", Value: "DK12345678"}, "NO9286011117947"
		}},
		{"a percentage that is three øre off and a half", ehf.BadAdjustment, "Adjustments[1]", func(d *doc) {
			a := &d.Adjustments[1]
			a.Amount, a.Percent, a.Base = timebok.Ore(3), number("2.5"), timebok.Ore(20)
		}},
		{"a rate too many among the adjustments", ehf.TooManyRates, "Adjustments", func(d *doc) {
			for i := range 60 {
				d.Adjustments = append(d.Adjustments, ehf.Adjustment{Reason: "x", VAT: &ehf.VAT{Category: timebok.Standard, Rate: timebok.BasisPoints(1000 + i)}})
			}
		}},
		{"more of one rate than amounts can be", timebok.BadMoney, "Lines", func(d *doc) {
			for i := range 4 {
				l := d.Lines[1]
				l.Quantity, l.Price = number("1000"), number("90000000")
				if i >= 2 {
					l.Quantity, l.VAT.Rate = number("-1000"), 1500
				}
				d.Lines = append(d.Lines, l)
			}
		}},
		{"a price too high, and no more than that", ehf.BadNumber, "Lines[0]", func(d *doc) { d.Lines[0].Price = number("1000000000") }},
		{"two buyer's numbers", timebok.BadValue, "Buyer.IDs", func(d *doc) { d.Buyer.IDs = []ehf.Identifier{{Value: "1"}, {Value: "2"}} }},
		{"a buyer in Foretaksregisteret", timebok.BadValue, "Buyer.TaxNumber", func(d *doc) { d.Buyer.TaxNumber = ehf.Foretaksregisteret }},
		{"a buyer's legal form", timebok.BadValue, "Buyer.LegalForm", func(d *doc) { d.Buyer.LegalForm = "ASA" }},
		{"a VAT number without country", ehf.BadVATNumber, "Seller.VATNumber", func(d *doc) { d.Seller.VATNumber = "987654325MVA" }},
		{"a VAT number without MVA", ehf.BadVATNumber, "Seller.VATNumber", func(d *doc) { d.Seller.VATNumber = "NO987654325" }},
		{"a VAT number with a wrong check digit", ehf.BadVATNumber, "Buyer.VATNumber", func(d *doc) { d.Buyer.VATNumber = "NO123456789MVA" }},
		{"a payee without name", timebok.Missing, "Payee.Name", func(d *doc) { d.Payee.Name = "" }},
		{"a payee with a wrong number", ehf.BadScheme, "Payee", func(d *doc) { d.Payee.Org.Value = "1" }},
		{"the seller as payee", ehf.PayeeIsSeller, "Payee", func(d *doc) { d.Payee.Name = d.Seller.TradingName }},
		{"the seller's number as payee", ehf.PayeeIsSeller, "Payee", func(d *doc) { d.Payee.ID = ehf.Identifier{Value: "K-12"} }},
		{"an exempt service of a seller in no register", ehf.NoTaxNumber, "Seller.TaxNumber", func(d *doc) {
			d.Seller.VATNumber, d.Seller.TaxNumber = "", ""
			d.Lines, d.Adjustments = d.Lines[:1], d.Adjustments[:1]
		}},
		{"VAT of a seller who is not registered", ehf.NotRegistered, "Seller.VATNumber", func(d *doc) { d.Seller.VATNumber = "" }},
		{"O with the seller's VAT number", ehf.VATNumberOutside, "Seller.VATNumber", func(d *doc) { outside(d); d.Buyer.VATNumber = "" }},
		{"O with the buyer's VAT number", ehf.VATNumberOutside, "Buyer.VATNumber", func(d *doc) { outside(d); d.Seller.VATNumber = "" }},
		{"E and O", ehf.MixedOutside, "Lines", func(d *doc) {
			outside(d)
			d.Seller.VATNumber, d.Buyer.VATNumber = "", ""
			d.Lines = append(d.Lines, full().Lines[0])
			d.Exempt = append(d.Exempt, full().Exempt...)
		}},
		{"E at 25 per cent", ehf.BadVAT, "Lines[4].VAT", func(d *doc) { d.Lines[4].VAT.Rate = 2500 }},
		{"S at nothing", ehf.BadVAT, "Lines[1].VAT", func(d *doc) { d.Lines[1].VAT.Rate = 0 }},
		{"reverse charge", ehf.BadVAT, "Lines[4].VAT", func(d *doc) { d.Lines[4].VAT.Category = "AE" }},
		{"too many rates", ehf.TooManyRates, "Lines", func(d *doc) {
			for i := range 60 {
				d.Lines = append(d.Lines, d.Lines[1])
				d.Lines[len(d.Lines)-1].VAT.Rate = timebok.BasisPoints(100 + i)
			}
		}},
		{"an adjustment at a wrong rate", ehf.BadVAT, "Adjustments[0].VAT", func(d *doc) { d.Adjustments[0].VAT.Rate = 1 }},
		{"E without a reason", ehf.NoExemption, "Exempt", func(d *doc) { d.Exempt = nil }},
		{"a reason without words", ehf.NoExemption, "Exempt[0]", func(d *doc) { d.Exempt[0] = ehf.Exemption{Category: timebok.Exempt} }},
		{"two reasons of one category", ehf.NoExemption, "Exempt[1]", func(d *doc) { d.Exempt = append(d.Exempt, d.Exempt[0]) }},
		{"a reason of what is not there", ehf.NoExemption, "Exempt[1]", func(d *doc) {
			d.Exempt = append(d.Exempt, ehf.Exemption{Category: timebok.OutsideScope, Reason: "x"})
		}},
		{"a reason of S", ehf.NoExemption, "Exempt[1]", func(d *doc) {
			d.Exempt = append(d.Exempt, ehf.Exemption{Category: timebok.Standard, Reason: "x"})
		}},
		{"a code of another category", ehf.BadExemptionCode, "Exempt[0].Code", func(d *doc) { d.Exempt[0].Code = "VATEX-EU-O" }},
		{"a code of nobody's", ehf.BadExemptionCode, "Exempt[0].Code", func(d *doc) { d.Exempt[0].Code = "VATEX-NO-1" }},
		{"an adjustment without reason", ehf.NoAdjustmentReason, "Adjustments[0]", func(d *doc) { d.Adjustments[0].Reason = "" }},
		{"a charge's code on an allowance", ehf.NoAdjustmentReason, "Adjustments[0]", func(d *doc) { d.Adjustments[0].Code = "FC" }},
		{"an allowance's code on a charge", ehf.NoAdjustmentReason, "Lines[0].Adjustments[1]", func(d *doc) { d.Lines[0].Adjustments[1].Code = "95" }},
		{"a percentage of nothing", ehf.BadAdjustment, "Adjustments[1]", func(d *doc) { d.Adjustments[1].Base = timebok.Money{} }},
		{"a base without percentage", ehf.BadAdjustment, "Adjustments[0]", func(d *doc) { d.Adjustments[0].Base = timebok.Kroner(1) }},
		{"a percentage that is not the amount", ehf.BadAdjustment, "Adjustments[1]", func(d *doc) { d.Adjustments[1].Amount = timebok.Ore(12348) }},
		{"an adjustment without category", ehf.AdjustmentVAT, "Adjustments[0].VAT", func(d *doc) { d.Adjustments[0].VAT = nil }},
		{"a line's adjustment with category", ehf.AdjustmentVAT, "Lines[0].Adjustments[0].VAT", func(d *doc) { d.Lines[0].Adjustments[0].VAT = &ehf.VAT{Category: timebok.Exempt} }},
		{"an adjustment beyond all money", timebok.BadMoney, "Lines[0].Adjustments[0]", func(d *doc) {
			d.Lines[0].Adjustments[0].Amount = timebok.MaxMoney.Add(timebok.Ore(1))
			d.Lines[0].Adjustments[1] = ehf.Adjustment{Charge: true, Reason: "x", Amount: timebok.MaxMoney}
		}},
		{"prepaid beyond all money", timebok.BadMoney, "Prepaid", func(d *doc) { d.Prepaid, d.Rounding = timebok.MaxMoney.Add(timebok.Ore(1)), timebok.MaxMoney }},
		{"an unknown way of payment", ehf.BadPayment, "Payment.Code", func(d *doc) { d.Payment.Code = "0" }},
		{"direct debit", ehf.BadPayment, "Payment.Code", func(d *doc) { d.Payment.Code = "49" }},
		{"a transfer to nowhere", ehf.NoAccount, "Payment.Accounts", func(d *doc) { d.Payment.Accounts = nil }},
		{"an account without number", ehf.NoAccount, "Payment.Accounts[0].ID", func(d *doc) { d.Payment.Accounts[0].ID = "" }},
		{"a wrong account", ehf.BadAccount, "Payment.Accounts[1].ID", func(d *doc) { d.Payment.Accounts[1].ID = "86011117949" }},
		{"a wrong IBAN", ehf.BadAccount, "Payment.Accounts[0].ID", func(d *doc) { d.Payment.Accounts[0].ID = "NO9286011117947" }},
		{"an account as people write it", ehf.BadAccount, "Payment.Accounts[1].ID", func(d *doc) { d.Payment.Accounts[1].ID = "8601.11.17947" }},
		{"SEPA to a Norwegian account number", ehf.NeedsIBAN, "Payment.Accounts[1].ID", func(d *doc) { d.Payment.Code = ehf.SEPATransfer }},
		{"a BIC beside a Norwegian account number", ehf.NeedsIBAN, "Payment.Accounts[1].ID", func(d *doc) { d.Payment.Accounts[1].BIC = "DNBANOKK" }},
		{"no lines", timebok.Missing, "Lines", func(d *doc) { d.Lines, d.Adjustments, d.Exempt = nil, nil, nil }},
		{"a line without ID", timebok.Missing, "Lines[1].ID", func(d *doc) { d.Lines[1].ID = "" }},
		{"a line of nothing", timebok.Missing, "Lines[1].Name", func(d *doc) { d.Lines[1].Name = "" }},
		{"cigarettes", ehf.BadUnit, "Lines[1].Unit", func(d *doc) { d.Lines[1].Unit = "STK" }},
		{"an unknown unit", ehf.BadUnit, "Lines[1].Unit", func(d *doc) { d.Lines[1].Unit = "timer" }},
		{"a unit and a zero byte", ehf.BadUnit, "Lines[1].Unit", func(d *doc) { d.Lines[1].Unit = "HUR\x00" }},
		{"a negative price", ehf.NegativePrice, "Lines[1].Price", func(d *doc) { d.Lines[1].Price = number("-1") }},
		{"a price too fine", ehf.BadNumber, "Lines[1]", func(d *doc) { d.Lines[1].Price = number("0.0000000001") }},
		{"a property without value", timebok.Missing, "Lines[0].Properties[1]", func(d *doc) { d.Lines[0].Properties[1].Value = "" }},
		{"an attachment without ID", timebok.Missing, "Attachments[0].ID", func(d *doc) { d.Attachments[0].ID = "" }},
		{"an XML attachment", ehf.BadMIME, "Attachments[0]", func(d *doc) { d.Attachments[0].MIME = "application/xml" }},
		{"an attachment without file name", ehf.BadMIME, "Attachments[0]", func(d *doc) { d.Attachments[0].Filename = "" }},
		{"an attachment of nothing", ehf.BadMIME, "Attachments[1]", func(d *doc) { d.Attachments[1].URI = "" }},
		{"a control character", ehf.BadText, "Lines[1].Name", func(d *doc) { d.Lines[1].Name = "a\x01b" }},
		{"half a character", ehf.BadText, "Buyer.Name", func(d *doc) { d.Buyer.Name = "Bod\xc3" }},
		{"a subject that is none", ehf.BadSubject, "Note", func(d *doc) { d.Note = "To you: #QQQ# x" }},
		{"a non-character", ehf.BadText, "Note", func(d *doc) { d.Note = "\uffff" }},
		{"spaces alone", ehf.BadText, "Terms", func(d *doc) { d.Terms = " \n" }},
		{"spaces alone in an attribute", ehf.BadText, "Attachments[0].Filename", func(d *doc) { d.Attachments[0].Filename = " " }},
		{"a year that dates can't have", timebok.BadValue, "IssueDate", func(d *doc) { d.IssueDate = new(d.IssueDate.AddDate(9000, 0, 0)) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := full()
			tt.change(&d)
			out, err := ehf.Append([]byte("kept"), d)
			if string(out) != "kept" {
				t.Errorf("Append left %d bytes behind", len(out))
			}
			wantReasons(t, err, tt.rule)
			var invalid *timebok.InvalidError
			if errors.As(err, &invalid) && !slices.ContainsFunc(invalid.Reasons, func(r timebok.Reason) bool { return r.Field == tt.field }) {
				t.Errorf("%v names no %s", err, tt.field)
			}
		})
	}
}

// Everything that is wrong is said at once, also about texts.
func TestAppendSaysEverything(t *testing.T) {
	d := full()
	d.Number, d.DueDate, d.Lines[1].Unit, d.Payment.Accounts[1].ID, d.Note = "", nil, "STK", "1", "\x00"
	_, err := ehf.Append(nil, d)
	wantReasons(t, err, timebok.Missing, ehf.NoDueDate, ehf.BadUnit, ehf.BadAccount, ehf.BadText)
}

// A writer that fails is not our refusal, and a refusal writes nothing.
func TestEncodeFailingWriter(t *testing.T) {
	broken := errors.New("disk full")
	if err := ehf.Encode(writerFunc(func([]byte) (int, error) { return 0, broken }), full()); !errors.Is(err, broken) {
		t.Errorf("Encode into a broken writer: %v", err)
	}
	wrote := false
	bad := full()
	bad.Number = ""
	err := ehf.Encode(writerFunc(func(b []byte) (int, error) { wrote = true; return len(b), nil }), bad)
	if wrote {
		t.Error("Encode wrote a document that it refuses")
	}
	wantReasons(t, err, timebok.Missing)
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
