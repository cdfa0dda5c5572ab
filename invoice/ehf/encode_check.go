package ehf

import (
	"slices"
	"strconv"
	"strings"

	civil "github.com/rickb777/date"
	"github.com/timebok/timebok"
)

// check adds everything to wrong for which the network, the law or the guide
// would refuse the document, but what is wrong with its texts; see checkTexts.
func (d *Document) check(t *Totals, wrong *timebok.Reasons) {
	summed := len(*wrong) == 0
	d.checkHead(t, wrong)
	d.Seller.check("Seller", wrong)
	d.Buyer.check("Buyer", wrong)
	d.checkParties(wrong)
	if p := d.Payment; p != nil {
		p.check(d, wrong)
	}
	for i := range d.Adjustments {
		a := &d.Adjustments[i]
		if a.VAT == nil {
			wrong.Add(AdjustmentVAT, at("Adjustments", i, "VAT"))
		} else if !a.VAT.ok() {
			wrong.Add(BadVAT, at("Adjustments", i, "VAT"))
		}
		a.check(-1, i, wrong)
	}
	if len(d.Lines) == 0 {
		wrong.Add(timebok.Missing, "Lines")
	}
	for i := range d.Lines {
		d.Lines[i].check(i, d.Period, wrong)
	}
	d.checkVAT(t, summed, wrong)
	for i := range d.Attachments {
		d.Attachments[i].check(i, wrong)
	}
}

func (d *Document) checkHead(t *Totals, wrong *timebok.Reasons) {
	credit := d.Type.IsCreditNote()
	if !credit && !d.Type.isInvoice() {
		wrong.Add(BadType, "Type")
	}
	need(wrong, "Number", d.Number != "")
	need(wrong, "IssueDate", d.IssueDate != nil)
	if d.Note != "" && !subjectIsKnown([]byte(d.Note)) {
		wrong.Add(BadSubject, "Note")
	}
	if d.Currency != "" && d.Currency != kroner {
		wrong.Add(BadCurrency, "Currency")
	}
	if d.Order == "" && d.BuyerReference == "" {
		wrong.Add(NoReference, "Order")
	}
	need(wrong, "Order", d.Order != "" || d.SalesOrder == "")
	if d.Period != nil && !d.Period.ok() {
		wrong.Add(BadDays, "Period")
	}
	switch {
	case !credit && d.DueDate == nil && t.Payable.Sign() > 0:
		wrong.Add(NoDueDate, "DueDate")
	case credit && d.DueDate != nil && d.Payment == nil: // stands in PaymentMeans there
		wrong.Add(timebok.Missing, "Payment")
	}
	if credit && len(d.Preceding) == 0 {
		wrong.Add(NoPreceding, "Preceding")
	}
	for i := range d.Preceding {
		if d.Preceding[i].Number == "" {
			wrong.Add(timebok.Missing, at("Preceding", i, "Number"))
		}
	}
	if o := d.Object; o.Scheme != "" && (o.Value == "" || !objectIdentifiers.has([]byte(o.Scheme))) {
		wrong.Add(BadScheme, "Object")
	}
	if beyond(d.Prepaid, d.Rounding) {
		wrong.Add(timebok.BadMoney, "Prepaid")
	}
	if x := d.Delivery; x != nil && x.Address != nil && !isCountry(x.Address.Country) {
		wrong.Add(BadCountry, "Delivery.Address.Country")
	}
	if x := d.Delivery; x != nil && *x == (Delivery{}) {
		wrong.Add(timebok.Missing, "Delivery")
	}
	if x := d.Delivery; x != nil && x.Location.Scheme != "" && (x.Location.Value == "" || !identifierSchemes.has([]byte(x.Location.Scheme))) {
		wrong.Add(BadScheme, "Delivery.Location")
	}
}

func (p *Party) check(field string, wrong *timebok.Reasons) {
	if p.Name == "" {
		wrong.Add(timebok.Missing, field+".Name")
	}
	if !p.Endpoint.reaches() {
		wrong.Add(BadEndpoint, field+".Endpoint")
	}
	for i := range p.IDs {
		if p.IDs[i].Value == "" || !p.IDs[i].ok() {
			wrong.Add(BadScheme, field+"."+at("IDs", i, ""))
		}
	}
	if !(p.Org == p.Endpoint && p.Org.Scheme == timebok.OrgNumberScheme) && !p.Org.ok() { // an endpoint is looked at above
		wrong.Add(BadScheme, field+".Org")
	}
	if !isCountry(p.Address.Country) {
		wrong.Add(BadCountry, field+".Address.Country")
	}
	if p.VATNumber != "" && !isVATNumber(p.VATNumber) {
		wrong.Add(BadVATNumber, field+".VATNumber")
	}
}

// checkParties checks what holds for one of the parties only.
func (d *Document) checkParties(wrong *timebok.Reasons) {
	s, b := &d.Seller, &d.Buyer
	if s.Org.Value == "" && len(s.IDs) == 0 && s.VATNumber == "" || s.Address.Country == "NO" && (s.Org.Scheme != timebok.OrgNumberScheme || s.Org.Value == "") {
		wrong.Add(NoSellerID, "Seller.Org")
	}
	if a := &b.Address; b.Org.Value == "" && a.Street == "" && a.Additional == "" && a.Line == "" && a.City == "" && a.PostalCode == "" {
		wrong.Add(NoBuyerID, "Buyer.Org")
	}
	if len(b.IDs) > 1 {
		wrong.Add(timebok.BadValue, "Buyer.IDs")
	}
	if b.TaxNumber != "" {
		wrong.Add(timebok.BadValue, "Buyer.TaxNumber")
	}
	if b.LegalForm != "" {
		wrong.Add(timebok.BadValue, "Buyer.LegalForm")
	}
	p := d.Payee
	if p == nil {
		return
	}
	need(wrong, "Payee.Name", p.Name != "")
	if !p.ID.ok() || !p.Org.ok() {
		wrong.Add(BadScheme, "Payee")
	}
	same := p.Name == s.TradingName || p.Name == s.Name
	for _, id := range s.IDs {
		same = same || id.Value == p.ID.Value && id.Value != ""
	}
	if same && p.Name != "" {
		wrong.Add(PayeeIsSeller, "Payee")
	}
}

// checkVAT checks the categories against one another and the parties. The totals may not
// have all.
func (d *Document) checkVAT(t *Totals, all bool, wrong *timebok.Reasons) {
	var outside, standard, taxable bool // O; S; E or Z
	for i := range t.ByVAT {
		switch t.ByVAT[i].VAT.Category {
		case timebok.OutsideScope:
			outside = true
		case timebok.Standard:
			standard = true
		default:
			taxable = true
		}
	}
	s := &d.Seller
	switch {
	case outside && (standard || taxable):
		wrong.Add(MixedOutside, "Lines")
	case outside && s.VATNumber != "":
		wrong.Add(VATNumberOutside, "Seller.VATNumber")
	}
	if outside && d.Buyer.VATNumber != "" {
		wrong.Add(VATNumberOutside, "Buyer.VATNumber")
	}
	if standard && s.VATNumber == "" {
		wrong.Add(NotRegistered, "Seller.VATNumber")
	}
	if taxable && s.VATNumber == "" && s.TaxNumber == "" {
		wrong.Add(NoTaxNumber, "Seller.TaxNumber")
	}
	for i := range t.ByVAT {
		v := t.ByVAT[i].VAT
		if v.needsReason() && d.exemption(v.Category) == nil {
			wrong.Add(NoExemption, "Exempt", timebok.P("category", v.Category))
		}
	}
	for i := range d.Exempt {
		e := &d.Exempt[i]
		used := !all
		for k := range t.ByVAT {
			used = used || t.ByVAT[k].VAT.Category == e.Category
		}
		if !used || !(VAT{Category: e.Category}).needsReason() || e.Code == "" && e.Reason == "" || d.exemption(e.Category) != e {
			wrong.Add(NoExemption, at("Exempt", i, ""), timebok.P("category", e.Category))
		}
		if e.Code != "" && !e.fits() {
			wrong.Add(BadExemptionCode, at("Exempt", i, "Code"))
		}
	}
}

// exemption is the first reason that is given for a category, or nil.
func (d *Document) exemption(c timebok.VATCategory) *Exemption {
	for i := range d.Exempt {
		if d.Exempt[i].Category == c {
			return &d.Exempt[i]
		}
	}
	return nil
}

// isNorwegian reports whether a party is in Norway or in its register of enterprises.
func (p *Party) isNorwegian() bool {
	return p.Address.Country == "NO" || p.Org.Scheme == timebok.OrgNumberScheme
}

func (p *Payment) check(d *Document, wrong *timebok.Reasons) {
	norwegian := d.Seller.isNorwegian()
	if !isPaymentCode(p.Code) {
		wrong.Add(BadPayment, "Payment.Code")
	}
	if len(p.Accounts) == 0 && (p.Code == CreditTransfer || p.Code == SEPATransfer) {
		wrong.Add(NoAccount, "Payment.Accounts")
	}
	if !d.isPaymentID(p) {
		wrong.Add(BadPaymentID, "Payment.ID")
	}
	for i := range p.Accounts {
		a := &p.Accounts[i]
		if a.ID == "" {
			wrong.Add(NoAccount, at("Payment.Accounts", i, "ID"))
			continue
		}
		iban := a.ID[0] > '9'
		switch {
		case (a.BIC != "" || p.Code == SEPATransfer) && !iban:
			wrong.Add(NeedsIBAN, at("Payment.Accounts", i, "ID"))
		case (norwegian || strings.HasPrefix(a.ID, "NO")) && !isAccount(a.ID, iban):
			wrong.Add(BadAccount, at("Payment.Accounts", i, "ID"))
		}
		if a.BIC != "" && !isBIC(a.BIC) {
			wrong.Add(BadBIC, at("Payment.Accounts", i, "BIC"))
		}
	}
}

// isPaymentID reports whether what shall be stated with a payment is good: with a transfer
// to a Norwegian account a KID, or the number of the document or of one that it takes back.
func (d *Document) isPaymentID(p *Payment) bool {
	if p.ID == "" || p.ID == d.Number || p.Code != CreditTransfer || len(p.Accounts) == 0 {
		return true
	}
	account := p.Accounts[0].ID
	if !strings.HasPrefix(account, "NO") && !digits(11)([]byte(account)) {
		return true
	}
	return isKID(p.ID) || slices.ContainsFunc(d.Preceding, func(of Preceding) bool { return of.Number == p.ID })
}

func (l *Line) check(i int, whole *Period, wrong *timebok.Reasons) {
	if l.ID == "" {
		wrong.Add(timebok.Missing, l.field(i, "ID"))
	}
	if l.Name == "" {
		wrong.Add(timebok.Missing, l.field(i, "Name"))
	}
	if !isUnit(l.Unit) {
		wrong.Add(BadUnit, l.field(i, "Unit"))
	}
	if l.Price.Sign() < 0 {
		wrong.Add(NegativePrice, l.field(i, "Price"))
	}
	if l.Per.Sign() < 0 {
		wrong.Add(BadBaseQuantity, l.field(i, "Per"))
	}
	if !l.VAT.ok() {
		wrong.Add(BadVAT, l.field(i, "VAT"))
	}
	if p := l.Period; p != nil {
		switch {
		case !p.ok():
			wrong.Add(BadDays, l.field(i, "Period"))
		case whole != nil && !whole.covers(p):
			wrong.Add(OutsidePeriod, l.field(i, "Period"))
		}
	}
	if o := l.StandardID; !o.IsZero() && (o.Value == "" || !identifierSchemes.has([]byte(o.Scheme))) {
		wrong.Add(BadScheme, l.field(i, "StandardID"))
	}
	for k := range l.Properties {
		if p := &l.Properties[k]; p.Name == "" || p.Value == "" {
			wrong.Add(timebok.Missing, l.field(i, at("Properties", k, "")))
		}
	}
	for k := range l.Adjustments {
		a := &l.Adjustments[k]
		if a.VAT != nil {
			wrong.Add(AdjustmentVAT, l.field(i, at("Adjustments", k, "VAT")))
		}
		a.check(i, k, wrong)
	}
}

// field is the path of a field of the line; it is put together only for what is
// wrong.
func (l *Line) field(i int, name string) string { return at("Lines", i, name) }

// check judges an adjustment of a line, or of the document if line is -1.
func (a *Adjustment) check(line, i int, wrong *timebok.Reasons) {
	field := func() string {
		if line >= 0 {
			return at("Lines", line, at("Adjustments", i, ""))
		}
		return at("Adjustments", i, "")
	}
	if a.Code == "" && a.Reason == "" || a.Code != "" && !a.isCode() {
		wrong.Add(NoAdjustmentReason, field())
	}
	if beyond(a.Amount, a.Base) {
		wrong.Add(timebok.BadMoney, field())
		return
	}
	if zero := a.Percent.Sign() == 0; zero != a.Base.IsZero() || !zero && !a.isPercentOf() {
		wrong.Add(BadAdjustment, field())
	}
}

func (a *Adjustment) isCode() bool {
	if a.Charge {
		return chargeCodes.has([]byte(a.Code))
	}
	return allowanceCodes.has([]byte(a.Code))
}

func (x *Attachment) check(i int, wrong *timebok.Reasons) {
	if x.ID == "" {
		wrong.Add(timebok.Missing, at("Attachments", i, "ID"))
	}
	embedded := len(x.Content) > 0
	if embedded != (x.MIME != "") || embedded != (x.Filename != "") || embedded && !attachmentTypes.has([]byte(x.MIME)) || !embedded && x.URI == "" {
		wrong.Add(BadMIME, at("Attachments", i, ""))
	}
}

func (p *Period) ok() bool {
	switch {
	case p.From == nil && p.To == nil:
		return false
	case p.From == nil, p.To == nil:
		return true
	}
	return !p.To.Before(*p.From)
}

// covers reports whether q lies in p, as far as p has bounds and q says.
func (p *Period) covers(q *Period) bool {
	in := func(day *civil.Date) bool {
		return day == nil || (p.From == nil || !day.Before(*p.From)) && (p.To == nil || !day.After(*p.To))
	}
	return in(q.From) && in(q.To)
}

func need(wrong *timebok.Reasons, field string, ok bool) {
	if !ok {
		wrong.Add(timebok.Missing, field)
	}
}

// at is the path of a field in an element of a list.
func at(list string, i int, field string) string {
	list += "[" + strconv.Itoa(i) + "]"
	if field != "" {
		list += "." + field
	}
	return list
}
