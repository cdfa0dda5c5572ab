package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/storage"
)

// A clientPage is one client with tabs.
type clientPage struct {
	Client   timebok.Client
	Tab      string // "opplysninger", "bookinger", "fakturaer" or "innsyn"
	Groups   []group
	Invoices []invoice.Invoice
	Trail    []timebok.AuditEntry // who has done or seen what, newest first
	Form     url.Values
	Refused  map[string][]problem
}

// A group is the grey line of a series with the bookings below it.
type group struct {
	booking.Group
	Payer string
	Lines []sessionLine
}

// A sessionLine is one booking in a list.
type sessionLine struct {
	booking.Booking
	Service, With string
	Link          string
}

func (v *visit) showClient() error { return v.renderClient(&clientPage{}) }

func (v *visit) renderClient(p *clientPage) error {
	id, err := timebok.ParseID[timebok.Client](v.r.PathValue("id"))
	if err != nil {
		return err
	}
	p.Tab = v.r.URL.Query().Get("fane")
	err = v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) (err error) {
		if p.Client, err = tx.Client(ctx, id); err != nil {
			return err
		}
		if err := v.mustSee(ctx, tx, id); err != nil {
			return err
		}
		switch p.Tab {
		case "bookinger":
			return v.loadGroups(ctx, tx, p)
		case "fakturaer":
			p.Invoices, err = all(tx.Invoices(ctx, invoice.Filter{Client: id}))
		case "innsyn":
			p.Trail, err = all(tx.Audit(ctx, storage.AuditFilter{Client: id}))
		default:
			p.Tab = "opplysninger"
		}
		tx.Save(timebok.Audit(v.desk.Source, v.actor(), "client.read", p.Client, id))
		return err
	})
	if err != nil {
		return err
	}
	if p.Form == nil {
		p.Form = url.Values{"navn": {p.Client.Name.Reveal()}, "epost": {p.Client.Email.Reveal()}}
		if p.Client.BirthDate != nil {
			p.Form.Set("fodt", p.Client.BirthDate.Format("2006-01-02"))
		}
	}
	if len(p.Refused) > 0 {
		v.w.WriteHeader(http.StatusUnprocessableEntity)
	}
	return v.show("client", "Klient", p)
}

// loadGroups reads «Bookinger»: the client's bookings under their series.
func (v *visit) loadGroups(ctx context.Context, tx storage.Tx, p *clientPage) error {
	groups, err := v.desk.ClientBookings(ctx, tx, v.actor(), p.Client.ID)
	if err != nil {
		return err
	}
	services, err := serviceNames(ctx, tx)
	if err != nil {
		return err
	}
	staff, err := all(tx.Practitioners(ctx))
	if err != nil {
		return err
	}
	names := map[timebok.PractitionerID]string{}
	for _, s := range staff {
		names[s.ID] = s.Name
	}
	for _, g := range groups {
		shown := group{Group: g}
		if g.Series != nil {
			if shown.Payer, err = v.payerName(ctx, tx, g.Series.Terms().Billing.To); err != nil {
				return err
			}
		}
		for _, b := range g.Bookings {
			day := b.Time.Start.In(v.zone).Format("2006-01-02")
			shown.Lines = append(shown.Lines, sessionLine{
				b, services[b.Service], names[b.Practitioner], "/kalender?dag=" + day + "&booking=" + b.ID.String(),
			})
		}
		p.Groups = append(p.Groups, shown)
	}
	return nil
}

// editClient changes what is known of a client. The form carries the version that
// the user saw.
func (v *visit) editClient() error {
	id, err := timebok.ParseID[timebok.Client](v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return timebok.Reasons{timebok.BadValue.At("")}.Invalid()
	}
	version, _ := strconv.ParseInt(v.r.PostForm.Get("versjon"), 10, 64)
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		c, err := tx.Client(ctx, id)
		if err != nil {
			return err
		}
		if err := v.mustSee(ctx, tx, id); err != nil {
			return err
		}
		c.Version = version + 1 // refused as stale if somebody was faster
		if err := readClient(&c, v.r.PostForm); err != nil {
			return err
		}
		tx.Save(c, timebok.Audit(v.desk.Source, v.actor(), "client.change", c, id))
		return nil
	})
	if err != nil {
		p := &panel{Refused: map[string][]problem{}}
		if err := v.refuse(p, "", err); err != nil {
			return err
		}
		return v.renderClient(&clientPage{Form: v.r.PostForm, Refused: p.Refused})
	}
	v.say("Lagret.")
	return v.redirect("/klienter/" + id.String())
}
