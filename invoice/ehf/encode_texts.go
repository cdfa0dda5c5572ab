package ehf

import (
	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// checkTexts adds every text that XML or rule R008 refuses, and every date that
// xs:date can't carry. It is the slow road: Append takes it only when its
// writer has met something odd.
func (d *Document) checkTexts(wrong *timebok.Reasons) {
	c := textCheck{wrong}
	c.texts("", "Number", d.Number, "Note", d.Note, "BuyerReference", d.BuyerReference, "AccountingCost", d.AccountingCost,
		"Order", d.Order, "SalesOrder", d.SalesOrder, "Contract", d.Contract, "Project", d.Project,
		"Object.Scheme", d.Object.Scheme, "Object.Value", d.Object.Value, "Terms", d.Terms)
	c.date("IssueDate", d.IssueDate)
	c.date("DueDate", d.DueDate)
	c.date("TaxPoint", d.TaxPoint)
	c.period("Period", d.Period)
	for i, p := range d.Preceding {
		c.texts(at("Preceding", i, ""), "Number", p.Number)
		c.date(at("Preceding", i, "IssueDate"), p.IssueDate)
	}
	c.party("Seller", &d.Seller)
	c.party("Buyer", &d.Buyer)
	if p := d.Payee; p != nil {
		c.texts("Payee", "ID.Scheme", p.ID.Scheme, "ID.Value", p.ID.Value, "Name", p.Name, "Org.Scheme", p.Org.Scheme, "Org.Value", p.Org.Value)
	}
	if x := d.Delivery; x != nil {
		c.texts("Delivery", "Location.Scheme", x.Location.Scheme, "Location.Value", x.Location.Value, "Name", x.Name)
		c.date("Delivery.Date", x.Date)
		if x.Address != nil {
			c.address("Delivery.Address", x.Address)
		}
	}
	if p := d.Payment; p != nil {
		c.texts("Payment", "Name", p.Name, "ID", p.ID)
		for i, a := range p.Accounts {
			c.texts(at("Payment.Accounts", i, ""), "ID", a.ID, "Name", a.Name, "BIC", a.BIC)
		}
	}
	for i, e := range d.Exempt {
		c.texts(at("Exempt", i, ""), "Code", e.Code, "Reason", e.Reason)
	}
	for i, a := range d.Adjustments {
		c.texts(at("Adjustments", i, ""), "Code", a.Code, "Reason", a.Reason)
	}
	for i := range d.Lines {
		c.line(at("Lines", i, ""), &d.Lines[i])
	}
	for i, x := range d.Attachments {
		c.texts(at("Attachments", i, ""), "ID", x.ID, "Description", x.Description, "URI", x.URI, "Filename", x.Filename)
	}
}

type textCheck struct{ wrong *timebok.Reasons }

// texts checks pairs of a field's name and its text.
func (c textCheck) texts(in string, pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		if text := pairs[i+1]; text != "" && (isBlank(text) || !isXML(text)) {
			c.add(BadText, in, pairs[i])
		}
	}
}

func (c textCheck) add(r *timebok.Rule, in, field string) {
	if in != "" {
		field = in + "." + field
	}
	c.wrong.Add(r, field)
}

func (c textCheck) date(field string, day *civil.Date) {
	if day != nil && (day.Year() < 1 || day.Year() > 9999) {
		c.wrong.Add(timebok.BadValue, field)
	}
}

func (c textCheck) period(field string, p *Period) {
	if p != nil {
		c.date(field+".From", p.From)
		c.date(field+".To", p.To)
	}
}

func (c textCheck) party(in string, p *Party) {
	c.texts(in, "Endpoint.Scheme", p.Endpoint.Scheme, "Endpoint.Value", p.Endpoint.Value, "Name", p.Name, "TradingName", p.TradingName,
		"Org.Scheme", p.Org.Scheme, "Org.Value", p.Org.Value, "LegalForm", p.LegalForm, "VATNumber", p.VATNumber, "TaxNumber", p.TaxNumber)
	for i, id := range p.IDs {
		c.texts(in+"."+at("IDs", i, ""), "Scheme", id.Scheme, "Value", id.Value)
	}
	c.address(in+".Address", &p.Address)
	c.texts(in+".Contact", "Name", p.Contact.Name, "Phone", p.Contact.Phone, "Email", p.Contact.Email)
}

func (c textCheck) address(in string, a *Address) {
	c.texts(in, "Street", a.Street, "Additional", a.Additional, "Line", a.Line, "City", a.City,
		"PostalCode", a.PostalCode, "Subdivision", a.Subdivision)
}

func (c textCheck) line(in string, l *Line) {
	c.texts(in, "ID", l.ID, "Note", l.Note, "OrderLine", l.OrderLine, "Cost", l.Cost, "Name", l.Name, "Description", l.Description,
		"SellersID", l.SellersID, "BuyersID", l.BuyersID, "StandardID.Scheme", l.StandardID.Scheme, "StandardID.Value", l.StandardID.Value)
	c.period(in+".Period", l.Period)
	for i, p := range l.Properties {
		c.texts(in+"."+at("Properties", i, ""), "Name", p.Name, "Value", p.Value)
	}
	for i, a := range l.Adjustments {
		c.texts(in+"."+at("Adjustments", i, ""), "Code", a.Code, "Reason", a.Reason)
	}
}

// isXML reports whether a text is UTF-8 of characters that XML 1.0 allows.
func isXML(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return isUnicode(s)
}
