package main

import (
	"context"
	"errors"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// An inboxPage shows what came by itself: the network's bookings, the events that
// wait for somebody, the cases that changed, and the mails that went out.
type inboxPage struct {
	Trouble   bool // the network did not answer
	Scenarios []scenario
	Came      []sessionLine
	Names     map[timebok.ClientID]timebok.Private
	Waiting   []waiting
	Drifts    []drift
	Mails     []sentMail
	Stuck     []storage.Queued // messages that were given up
	Cases     []someone        // what the simulated network has approved
}

// A waiting is a quarantined event, with the reasons and who it may be about.
type waiting struct {
	insurance.Received
	Event   insurance.Event
	Clients []option
}

func (v *visit) showInbox() error {
	p := &inboxPage{Scenarios: scenarios, Names: map[timebok.ClientID]timebok.Private{}, Cases: people}
	v.mu.Lock()
	p.Trouble, p.Drifts = v.trouble, slices.Clone(v.drifts)
	v.mu.Unlock()
	err := v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		mine, err := v.clients(ctx, tx)
		if err != nil {
			return err
		}
		p.Drifts = slices.DeleteFunc(p.Drifts, func(d drift) bool {
			return !slices.ContainsFunc(mine, func(c timebok.Client) bool { return c.ID == d.Series.Client })
		})
		if err := v.loadMails(ctx, tx, p, mine); err != nil {
			return err
		}
		if err := v.loadCame(ctx, tx, p); err != nil {
			return err
		}
		return v.loadWaiting(ctx, tx, p, mine)
	})
	if err != nil {
		return err
	}
	return v.show("inbox", "Innboks", p)
}

// loadMails lists the mails to the user and the user's clients; an administrator
// sees all. A real journal has no such viewer: the mails are gone.
func (v *visit) loadMails(ctx context.Context, tx storage.Tx, p *inboxPage, mine []timebok.Client) error {
	p.Mails = v.mails.list()
	if v.IsAdmin() {
		return nil
	}
	me, err := tx.Practitioner(ctx, v.user.Of)
	p.Mails = slices.DeleteFunc(p.Mails, func(m sentMail) bool {
		return m.To != me.Email && !slices.ContainsFunc(mine, func(c timebok.Client) bool { return c.Email == m.To })
	})
	return err
}

// loadCame lists the bookings that the network has made, from last week on.
func (v *visit) loadCame(ctx context.Context, tx storage.Tx, p *inboxPage) error {
	services, err := serviceNames(ctx, tx)
	if err != nil {
		return err
	}
	f := booking.Filter{Within: timebok.Period{Start: v.now().AddDate(0, 0, -7), End: v.now().AddDate(0, 3, 0)}}
	if !v.IsAdmin() {
		f.Practitioners = []timebok.PractitionerID{v.user.Of}
	}
	for b, err := range tx.Bookings(ctx, f) {
		if err != nil {
			return err
		}
		if b.Origin != timebok.FromNetwork {
			continue
		}
		c, err := tx.Client(ctx, b.Client)
		if err != nil {
			return err
		}
		p.Names[b.Client] = c.Name
		link := "/kalender?dag=" + b.Time.Start.In(v.zone).Format("2006-01-02") + "&booking=" + b.ID.String()
		p.Came = append(p.Came, sessionLine{b, services[b.Service], "", link})
	}
	yes := true
	p.Stuck, err = all(tx.Messages(ctx, storage.MessageFilter{Buried: &yes, Limit: 20}))
	return err
}

// loadWaiting lists the quarantine. Whom an event is about is not known yet, so
// everybody at the clinic sees it; the reading is audited.
func (v *visit) loadWaiting(ctx context.Context, tx storage.Tx, p *inboxPage, mine []timebok.Client) error {
	for r, err := range tx.Quarantine(ctx) {
		if err != nil {
			return err
		}
		e, err := r.Waiting()
		if err != nil {
			return err
		}
		w := waiting{Received: r, Event: e}
		for _, c := range mine {
			w.Clients = append(w.Clients, option{Value: c.ID.String(), Text: v.ClientLabel(c)})
		}
		tx.Save(timebok.Audit(v.desk.Source, v.actor(), "event.read", r, timebok.ClientID{}))
		p.Waiting = append(p.Waiting, w)
	}
	return nil
}

// simulateEvent is the button «Simuler booking fra Behandlernettverk». The network
// rings at once; what it can't deliver comes with a later poll.
func (v *visit) simulateEvent() error {
	ctx := v.r.Context()
	if err := v.simulate(ctx, v.r.FormValue("scenario")); err != nil {
		return err
	}
	err := v.poll(ctx)
	if v.say("Nettverket har sendt det."); errors.Is(err, timebok.ErrUnavailable) {
		v.say("Nettverket svarte ikke. Journalen prøver igjen av seg selv.")
		err = nil
	}
	if err != nil {
		return err
	}
	return v.redirect("/innboks")
}

// resolve carries out what the user decides about a quarantined event.
func (v *visit) resolve() error {
	id, err := timebok.ParseID[insurance.Received](v.r.PathValue("id"))
	if err != nil {
		return err
	}
	var r insurance.Resolution
	switch v.r.FormValue("gjor") {
	case "avvis":
		r.Decline = true
	case "koble":
		if r.Link, err = timebok.ParseID[timebok.Client](v.r.FormValue("klient")); err != nil {
			return err
		}
	case "ny":
		r.Create = true
	case "overlapp":
		r.Override = booking.Waive(v.r.FormValue("hvorfor"), booking.SlotTaken, booking.OutsideHours, booking.Holiday, booking.Absent)
	}
	if sakID := v.r.FormValue("sakid"); !r.Decline && sakID != "" {
		found, err := v.search(sakID) // before the transaction
		if err != nil && !errors.Is(err, timebok.ErrRefused) {
			return err
		}
		if err == nil {
			r.Case = &found
		}
	}
	err = v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		if !r.Link.IsZero() {
			if err := v.mustSee(ctx, tx, r.Link); err != nil {
				return err
			}
		}
		_, err := v.intake.Resolve(ctx, tx, v.actor(), id, r)
		return err
	})
	if err != nil {
		return err
	}
	if err := v.deliver(v.r.Context()); err != nil {
		return err
	}
	v.live.tell("calendar")
	v.say("Hendelsen er behandlet, og nettverket får vite det.")
	return v.redirect("/innboks")
}

// checkDrift asks the network about the case of every open series that the user may
// see. A host does it at night, for series that are soon to be used.
func (v *visit) checkDrift() error {
	ctx := v.r.Context()
	var open []series.Series
	err := v.view(ctx, func(ctx context.Context, tx storage.Tx) error {
		mine, err := v.clients(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range mine {
			for s, err := range tx.SeriesOf(ctx, c.ID) {
				if err != nil {
					return err
				}
				if s.IsOpen() && s.Case.Network == timebok.Behandlernettverk {
					open = append(open, s)
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	changed := 0
	for _, s := range open {
		now, err := v.refresh(s)
		if err != nil && !errors.Is(err, insurance.UnknownCase) { // a simulated one of an earlier run
			return err
		}
		if now {
			changed++
		}
	}
	v.say("%d saker er sjekket, %d er endret.", len(open), changed)
	return v.redirect("/innboks")
}
