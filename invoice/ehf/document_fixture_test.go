package ehf_test

import (
	"github.com/shopspring/decimal"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
)

func number(text string) decimal.Decimal { return must(decimal.NewFromString(text)) }

// full is a document with something in every field.
func full() ehf.Document {
	d := ehf.Document{
		Type: ehf.TypeInvoice, Number: "2026-17", IssueDate: day("2026-11-02"), DueDate: day("2026-12-02"),
		TaxPoint: day("2026-10-31"), Note: "Gjelder oktober", Period: &ehf.Period{From: day("2026-10-01"), To: day("2026-10-31")},
		BuyerReference: "Deres ref 7", AccountingCost: "4500", Order: "6QPTR", SalesOrder: "S-1", Contract: "Rammeavtale 3",
		Project: "P-9", Object: ehf.Identifier{Scheme: "ABZ", Value: "Rom 4"},
		Seller: ehf.Party{
			Endpoint: ehf.Identifier{Scheme: "0192", Value: "987654325"}, IDs: []ehf.Identifier{{Scheme: "0088", Value: "7300010000001"}, {Value: "K-12"}},
			Name: "Fjord Psykologi AS", TradingName: "Fjordklinikken", Org: ehf.Identifier{Scheme: "0192", Value: "987654325"},
			LegalForm: "Aksjeselskap", VATNumber: "NO987654325MVA", TaxNumber: ehf.Foretaksregisteret,
			Address: ehf.Address{Street: "Storgata 1", Additional: "Inngang B", Line: "3. etasje", City: "Oslo", PostalCode: "0155", Subdivision: "Oslo", Country: "NO"},
			Contact: ehf.Contact{Name: "Regnskap", Phone: "+4722000000", Email: "faktura@fjordpsykologi.example"},
		},
		Buyer: ehf.Party{
			Endpoint: ehf.Identifier{Scheme: "0192", Value: "123456785"}, IDs: []ehf.Identifier{{Scheme: "0088", Value: "7300010000001"}},
			Name: "Trygghet Forsikring ASA", TradingName: "Trygghet", Org: ehf.Identifier{Scheme: "0192", Value: "123456785"}, VATNumber: "NO123456785MVA",
			Address: ehf.Address{Street: "Postboks 10", City: "Oslo", PostalCode: "0161", Country: "NO"},
			Contact: ehf.Contact{Name: "Skadeoppgjør"},
		},
		Payee: &ehf.Payee{ID: ehf.Identifier{Scheme: "0192", Value: "974761106"}, Name: "Faktura Finans AS", Org: ehf.Identifier{Scheme: "0192", Value: "974761106"}},
		Delivery: &ehf.Delivery{
			Date: day("2026-10-31"), Location: ehf.Identifier{Scheme: "0088", Value: "7300010000001"}, Name: "Fjordklinikken avd. Majorstua",
			Address: &ehf.Address{Street: "Bogstadveien 2", City: "Oslo", PostalCode: "0355", Country: "NO"},
		},
		Payment: &ehf.Payment{Code: ehf.CreditTransfer, Name: "Kreditoverføring", ID: "12344", Accounts: []ehf.Account{
			{ID: "NO9386011117947", Name: "Driftskonto", BIC: "DNBANOKK"}, {ID: "97104133219"},
		}},
		Terms:  "30 dager netto",
		Exempt: []ehf.Exemption{{Category: timebok.Exempt, Code: "VATEX-EU-132-1C", Reason: timebok.HealthService.Reason}},
		Adjustments: []ehf.Adjustment{
			{Reason: "Egenandel", Amount: timebok.Kroner(300), VAT: &ehf.VAT{Category: timebok.Exempt}},
			{Code: "95", Reason: "Rabatt", Amount: timebok.Ore(12345), Percent: number("12.345"), Base: timebok.Kroner(1000), VAT: &ehf.VAT{Category: timebok.Standard, Rate: 2500}},
			{Charge: true, Code: "FC", Amount: timebok.Ore(9950), VAT: &ehf.VAT{Category: timebok.Standard, Rate: 1111}},
		},
		Prepaid: timebok.Ore(25050), Rounding: timebok.Ore(-37),
		Lines: []ehf.Line{
			{
				ID: "1", Note: "Første time", Quantity: number("0.75"), Unit: "HUR", Price: number("33.3335"), Per: number("1"),
				VAT: ehf.VAT{Category: timebok.Exempt}, Period: &ehf.Period{From: day("2026-10-01"), To: day("2026-10-01")},
				OrderLine: "1", Cost: "4501", Name: "Psykologtime", Description: "Samtale", SellersID: "PSY45", BuyersID: "B1010",
				StandardID:  ehf.Identifier{Scheme: "0160", Value: "07300010000001"},
				Properties:  []ehf.Property{{Name: "TreatmentId", Value: "B1010"}, {Name: "TreatmentDateTime", Value: "2026-10-01 09:00:00"}},
				Adjustments: []ehf.Adjustment{{Reason: "Avslag", Amount: timebok.Ore(100)}, {Charge: true, Code: "FC", Reason: "Oppmøte", Amount: timebok.Ore(250), Percent: number("10"), Base: timebok.Kroner(25)}},
			},
			{ID: "2", Quantity: number("3"), Unit: ehf.UnitOne, Price: number("999.995"), VAT: ehf.VAT{Category: timebok.Standard, Rate: 2500}, Name: "Veiledning"},
			{ID: "3", Quantity: number("100"), Unit: "C62", Price: number("7.5"), Per: number("12"), VAT: ehf.VAT{Category: timebok.Standard, Rate: 1111}, Name: "Hefte"},
			{ID: "4", Quantity: number("-1"), Unit: "C62", Price: number("19.995"), VAT: ehf.VAT{Category: timebok.Standard, Rate: 1500}, Name: "Retur"},
			{ID: "5", Quantity: number("1"), Unit: "C62", Price: number("0"), VAT: ehf.VAT{Category: timebok.ZeroRated}, Name: "Bok"},
		},
		Attachments: []ehf.Attachment{
			{ID: "A1", Description: "Timeliste", MIME: "text/csv", Filename: "timer & dager.csv", Content: []byte("dato;timer\n2026-10-01;1\n")},
			{ID: "A2", URI: "https://fjordpsykologi.example/vilkår?a=1&b=2"},
		},
	}
	return d
}

// fullCredit is the credit note of full.
func fullCredit() ehf.Document {
	d := full()
	d.Type = ehf.TypeCreditNote
	d.Number = "2026-18"
	d.Preceding = []ehf.Preceding{{Number: "2026-17", IssueDate: day("2026-11-02")}, {Number: "2026-3"}}
	return d
}

// documents are the documents of the golden files.
func documents() map[string]ehf.Document {
	return map[string]ehf.Document{"full-invoice": full(), "full-credit": fullCredit()}
}
