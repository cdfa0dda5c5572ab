package main

import (
	"context"
	"errors"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// book is «Inviter klient», or saves without inviting.
func (v *visit) book() error {
	if err := v.r.ParseForm(); err != nil {
		return timebok.Reasons{timebok.BadValue.At("")}.Invalid()
	}
	p := v.readPanel(v.r.PostForm)
	ctx := v.r.Context()
	if err := v.view(ctx, func(ctx context.Context, tx storage.Tx) error { return v.understand(ctx, tx, p) }); err != nil {
		return err
	}
	r := v.request(p)
	r.Invite = v.r.PostForm.Has("inviter")
	unknown := p.Refused["klient"] // says more than that the client is missing
	p.Refused = map[string][]problem{}
	var b booking.Booking
	err := v.update(ctx, func(ctx context.Context, tx storage.Tx) (err error) {
		b, err = v.desk.Book(ctx, tx, v.actor(), r)
		return err
	})
	switch {
	case errors.Is(err, timebok.ErrExists):
		err = v.unlessExists(p, err)
	case err != nil:
		err = v.refuse(p, "", err)
	}
	if err != nil {
		return err
	}
	if len(p.Refused) > 0 {
		if unknown != nil {
			p.Refused["klient"] = unknown
		}
		return v.renderCalendar(p.Calendar, p)
	}
	if err := v.deliver(ctx); err != nil {
		return err
	}
	v.live.tell("calendar")
	if r.Invite {
		v.say("Booket %s. Klienten er invitert.", v.When(b.Time))
	} else {
		v.say("Booket %s.", v.When(b.Time))
	}
	q := p.Calendar
	q.Set("dag", p.Day)
	q.Set("booking", b.ID.String())
	return v.redirect("/kalender?" + q.Encode())
}

// createClient is the "+" beside «Klient».
func (v *visit) createClient() error {
	if err := v.r.ParseForm(); err != nil {
		return timebok.Reasons{timebok.BadValue.At("")}.Invalid()
	}
	p := v.readPanel(v.r.PostForm)
	c, err := v.enterClient(v.r.PostForm)
	if err != nil {
		if err := v.refuse(p, "", err); err != nil {
			return err
		}
		p.NewClient = true
		return v.renderCalendar(p.Calendar, p)
	}
	p.Choice, p.Service = "", ""
	return v.redirect(p.URL("klient", v.ClientLabel(c)))
}

// openSeries is «Opprett»: the case is asked for once more, and its series opened.
func (v *visit) openSeries() error {
	if err := v.r.ParseForm(); err != nil {
		return timebok.Reasons{timebok.BadValue.At("")}.Invalid()
	}
	p := v.readPanel(v.r.PostForm)
	p.NewCase = true
	ctx := v.r.Context()
	if err := v.view(ctx, func(ctx context.Context, tx storage.Tx) error { return v.fillClients(ctx, tx, p) }); err != nil {
		return err
	}
	if p.client == nil && len(p.Refused) == 0 {
		p.Refused["klient"] = []problem{{Text: v.T("Velg klienten først.")}}
	}
	found, err := v.search(p.CaseNumber)
	if err == nil && p.client != nil {
		var opened series.Series
		err = v.update(ctx, func(ctx context.Context, tx storage.Tx) (err error) {
			opened, err = v.cases.Open(ctx, tx, v.actor(), p.client.ID, found)
			return err
		})
		if err == nil {
			p.Choice = "serie:" + opened.ID.String()
			v.say("%s er opprettet.", opened.Name)
			return v.redirect("/kalender?" + p.values().Encode())
		}
	}
	if err := v.refuse(p, "sakid", err); err != nil {
		return err
	}
	return v.renderCalendar(p.Calendar, p)
}

// formFields are the fields of the form where the reasons of a field are shown.
var formFields = map[string]string{
	"Client": "klient", "Series": "valg", "Service": "tjeneste", "With": "behandler", "Start": "tid",
	"Billing": "fakturering", "Billing.By": "fakturering", "Billing.To": "mottaker", "BillingWhy": "hvorfor", "Override.Why": "settfordi",
	"Name": "navn", "BirthDate": "fodt", "Email": "epost",
}

// refuse puts the reasons of an error beside their fields, all of them: beside the
// given one, or if that is "" where formFields says. Another error comes back.
func (v *visit) refuse(p *panel, field string, err error) error {
	var why timebok.Reasons
	if err := why.Join("", err); err != nil {
		if field != "" && errors.Is(err, timebok.ErrUnavailable) {
			p.Refused[field] = append(p.Refused[field], problem{Text: v.T("Nettverket svarte ikke. Prøv igjen om litt.")})
			return nil
		}
		return err
	}
	for _, r := range why {
		at := field
		if at == "" {
			at = formFields[r.Field]
		}
		if at == "" {
			at = "tid"
		}
		x := problem{v.sentence(r), v.help(r.Rule)}
		if !slices.Contains(p.Refused[at], x) {
			p.Refused[at] = append(p.Refused[at], x)
		}
	}
	return nil
}
