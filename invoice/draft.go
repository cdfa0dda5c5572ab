package invoice

import (
	"cmp"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// Changes are what a decision about invoices wants saved.
type Changes struct {
	Invoices []Invoice
	Records  []timebok.Record
}

// DecideDraft makes drafts of all delivered sessions in the View that stand on no
// invoice: one draft for each billing party and recipient, and one more for what is
// outside the VAT Act, which may stand beside nothing else (rule BR-O-11). Sessions
// that are billed outside the host, or not at all, are left out.
func (b *Biller) DecideDraft(v View, by timebok.Actor) (Changes, error) {
	if err := by.Check(v.Clinic.ID); err != nil {
		return Changes{}, err
	}
	type key struct {
		party   timebok.BillingPartyID
		billing timebok.Billing
		outside bool // the VAT Act
	}
	var c Changes
	at := map[key]int{}
	bookings := slices.Clone(v.Bookings)
	for i, session := range bookings {
		if session.State != booking.Completed {
			continue
		}
		for _, charge := range session.Charges {
			if !charge.Invoice.IsZero() || charge.Billing.By != timebok.EHF && charge.Billing.By != timebok.ByEmail {
				continue
			}
			line := v.line(session, charge)
			k := key{v.party(session), charge.Billing, line.VAT.Category == timebok.OutsideScope}
			n, ok := at[k]
			if !ok {
				n = len(c.Invoices)
				at[k] = n
				c.Invoices = append(c.Invoices, b.newDraft(v, k.party, k.billing, session))
			}
			draft := &c.Invoices[n]
			draft.Lines = append(draft.Lines, line)
			bookings[i] = claim(bookings[i], charge.Billing, draft.ID, false)
		}
	}
	if len(c.Invoices) == 0 {
		return Changes{}, timebok.Reasons{NothingToBill.At("")}.Refused()
	}
	for _, draft := range c.Invoices {
		c.Records = append(c.Records, draft, b.audit(by, "invoice.draft", draft))
	}
	c.Records = append(c.Records, changed(v.Bookings, bookings)...)
	return c, nil
}

func (b *Biller) newDraft(v View, party timebok.BillingPartyID, billing timebok.Billing, first booking.Booking) Invoice {
	draft := Invoice{
		ID: timebok.NewInvoiceID(b.Source), Version: 1, Kind: Bill, State: Draft,
		Party: party, Billing: billing, Client: first.Client, Series: first.Series,
	}
	if v.insures(draft) {
		draft.Case = v.Series.Case
	}
	return draft
}

// insures reports whether an invoice goes to the one who pays for the series: the
// rules of its case are not for another recipient.
func (v View) insures(x Invoice) bool {
	return v.Series != nil && !x.Billing.To.IsClient() && x.Billing.To == v.Series.Terms().Billing.To
}

// line is a session as it stands on an invoice to the recipient of a charge.
func (v View) line(b booking.Booking, charge booking.Charge) Line {
	l := Line{
		Booking: b.ID, Treatment: b.Treatment, Time: b.Time, Zone: b.Zone, Amount: charge.Amount,
	}
	for _, s := range v.Services {
		if s.ID == b.Service {
			l.Item, l.VAT = s.Name, s.VAT
		}
	}
	for _, p := range v.Practitioners {
		if p.ID == b.Practitioner {
			l.Therapist = Therapist{p.Name, p.HPR, p.Profession}
		}
	}
	return l
}

// party is who bills a session.
func (v View) party(b booking.Booking) timebok.BillingPartyID {
	i := slices.IndexFunc(v.Practitioners, func(p timebok.Practitioner) bool { return p.ID == b.Practitioner })
	if i < 0 {
		return booking.PartyOf(v.Series, nil, v.Clinic)
	}
	return booking.PartyOf(v.Series, &v.Practitioners[i], v.Clinic)
}

// DecideDiscard drops the View's draft and sets its sessions free.
func (b *Biller) DecideDiscard(v View, version int64, by timebok.Actor) (Changes, error) {
	draft, err := v.current(version, by)
	if err != nil {
		return Changes{}, err
	}
	draft, no := draft.become(Discarded)
	if len(no) > 0 {
		return Changes{}, no.Refused()
	}
	bookings := slices.Clone(v.Bookings)
	for i, session := range bookings {
		if holds(session, draft.ID) {
			bookings[i] = claim(session, draft.Billing, ID{}, false)
		}
	}
	return Changes{
		Invoices: []Invoice{draft},
		Records:  append([]timebok.Record{draft, b.audit(by, "invoice.discard", draft)}, changed(v.Bookings, bookings)...),
	}, nil
}

// claim puts the charge of a recipient on an invoice, or takes it off one.
func claim(b booking.Booking, to timebok.Billing, on ID, issued bool) booking.Booking {
	b.Charges = slices.Clone(b.Charges)
	for i := range b.Charges {
		if b.Charges[i].Billing == to {
			b.Charges[i].Invoice, b.Charges[i].Issued = on, issued
		}
	}
	return b
}

// holds reports whether a part of a session stands on an invoice.
func holds(b booking.Booking, on ID) bool {
	return slices.ContainsFunc(b.Charges, func(c booking.Charge) bool { return c.Invoice == on })
}

// changed returns the bookings that differ from before, at their next version, by
// ID, which is the order in which rows are locked.
func changed(before, after []booking.Booking) []timebok.Record {
	var next []booking.Booking
	for i, b := range after {
		if !slices.Equal(b.Charges, before[i].Charges) {
			b.Version++
			next = append(next, b)
		}
	}
	slices.SortFunc(next, func(x, y booking.Booking) int { return x.ID.Compare(y.ID) })
	out := make([]timebok.Record, len(next))
	for i, b := range next {
		out[i] = b
	}
	return out
}

// become returns the invoice in its next state, or why it can't be.
func (v Invoice) become(next State) (Invoice, timebok.Reasons) {
	var no timebok.Reasons
	if !v.State.CanBecome(next) {
		no.Add(WrongState, "State", timebok.P("state", v.State), timebok.P("next", next))
	}
	v.State = next
	v.Version++
	return v, no
}

// current returns the View's invoice if it still is the version that the command
// is based on, and the actor may act here.
func (v View) current(version int64, by timebok.Actor) (Invoice, error) {
	if err := by.Check(v.Clinic.ID); err != nil {
		return Invoice{}, err
	}
	if v.Invoice.Version != version {
		ref := v.Invoice.Ref()
		ref.Version = version
		return Invoice{}, &timebok.StaleError{Ref: ref, Stored: v.Invoice.Version}
	}
	return *v.Invoice, nil
}

func byTime(a, b Line) int {
	return cmp.Or(a.Time.Compare(b.Time), a.Booking.Compare(b.Booking))
}
