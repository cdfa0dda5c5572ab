package sqlrow

import "github.com/timebok/timebok"

// The snapshots of an invoice hold persons' data in clear text. In each of the
// structs below the outer fields stand before the embedded ones of the same name,
// which would write themselves as masks.

type partyText struct {
	timebok.BillingParty
	Email string
}

func revealParty(p timebok.BillingParty) partyText { return partyText{p, p.Email.Reveal()} }

func (t partyText) party() (timebok.BillingParty, error) {
	p := t.BillingParty
	return p, unhide(&p.Email, t.Email, timebok.ParseEmailAddress)
}

type payerText struct {
	timebok.Payer
	Email string
}

func revealPayer(p timebok.Payer) payerText { return payerText{p, p.Email.Reveal()} }

func (t payerText) payer() (timebok.Payer, error) {
	p := t.Payer
	return p, unhide(&p.Email, t.Email, timebok.ParseEmailAddress)
}

type clientText struct {
	timebok.Client
	Name, BirthNumber, Email, Phone, Address string
}

func revealClient(c timebok.Client) clientText {
	return clientText{
		c, c.Name.Reveal(), c.BirthNumber.Reveal(), c.Email.Reveal(), c.Phone.Reveal(), c.Address.Reveal(),
	}
}

func (t clientText) client() (timebok.Client, error) {
	c := t.Client
	c.Name, c.Address = timebok.Hide(t.Name), timebok.Hide(t.Address)
	if err := unhide(&c.BirthNumber, t.BirthNumber, timebok.ParseBirthNumber); err != nil {
		return c, err
	}
	if err := unhide(&c.Email, t.Email, timebok.ParseEmailAddress); err != nil {
		return c, err
	}
	return c, unhide(&c.Phone, t.Phone, timebok.ParsePhoneNumber)
}

// unhide reads what Reveal wrote; the empty text is none.
func unhide[P any](to *P, text string, parse func(string) (P, error)) (err error) {
	if text != "" {
		*to, err = parse(text)
	}
	return err
}
