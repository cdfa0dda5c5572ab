package ehf

// size is how much room the document takes, rather a little more than less. Texts that
// must be escaped may take more; then Append grows its buffer. Each number below
// is the markup of the part that it stands for.
func (d *Document) size(t *Totals) int {
	n := 1600 + 330*len(t.ByVAT) + 2*(len(d.Number)+len(d.Note)+len(d.Terms)+len(d.Order)) +
		len(d.BuyerReference) + len(d.AccountingCost) + len(d.SalesOrder) + len(d.Contract) + len(d.Project) + len(d.Object.Value)
	for _, text := range [...]string{d.Note, d.Terms, d.BuyerReference, d.AccountingCost, d.SalesOrder, d.Contract, d.Project, d.Object.Value} {
		if text != "" {
			n += 160
		}
	}
	n += d.Seller.size() + d.Buyer.size() + 180*len(d.Preceding) + 450*len(d.Adjustments)
	if p := d.Payee; p != nil {
		n += 350 + len(p.Name)
	}
	if x := d.Delivery; x != nil {
		n += 300 + len(x.Name)
		if x.Address != nil {
			n += x.Address.size()
		}
	}
	if p := d.Payment; p != nil {
		n += len(p.Name) + 350*max(0, len(p.Accounts)-1)
	}
	for i := range d.Exempt {
		n += 120 + len(d.Exempt[i].Code) + len(d.Exempt[i].Reason)
	}
	for i := range d.Lines {
		n += d.Lines[i].size()
	}
	for i := range d.Attachments {
		x := &d.Attachments[i]
		n += 400 + len(x.Description) + len(x.URI) + len(x.Filename) + (len(x.Content)+2)/3*4
	}
	return n
}

func (p *Party) size() int {
	n := 480 + len(p.Name) + len(p.TradingName) + p.Address.size() + 100*len(p.IDs)
	if p.TradingName != "" || p.LegalForm != "" {
		n += 150 + len(p.LegalForm)
	}
	if p.VATNumber != "" && p.TaxNumber != "" {
		n += 150
	}
	if !p.Contact.IsZero() {
		n += 180 + len(p.Contact.Name) + len(p.Contact.Email)
	}
	return n
}

func (a *Address) size() int {
	return 60 + len(a.Street) + len(a.City) + 2*(len(a.Additional)+len(a.Line)+len(a.Subdivision))
}

func (l *Line) size() int {
	n := 470 + len(l.ID) + len(l.Name) + len(l.Description) + len(l.Note) + 480*len(l.Adjustments)
	if l.Period != nil {
		n += 110
	}
	if l.Description != "" {
		n += 40
	}
	if l.Note != "" || l.Cost != "" || l.OrderLine != "" || l.SellersID != "" || l.BuyersID != "" || !l.StandardID.IsZero() {
		n += 500
	}
	for i := range l.Properties {
		n += 104 + len(l.Properties[i].Name) + len(l.Properties[i].Value)
	}
	return n
}
