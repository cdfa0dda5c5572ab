package main

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
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
	Mails     []notice.Mail
	Stuck     []storage.Queued // messages that were given up
	Cases     []someone        // what the simulated network has approved
	Known     map[string]bool  // which of them are the user's clients, by name
}

// A waiting is a quarantined event, with the reasons and who it may be about.
type waiting struct {
	insurance.Received
	Event   insurance.Event
	Clients []option
	Refused []string // why the last decision on it was refused
}

func (v *visit) showInbox() error { return v.renderInbox(insurance.ReceivedID{}) }

// renderInbox shows the inbox. The event is one on which a decision was refused.
func (v *visit) renderInbox(refused insurance.ReceivedID) error {
	p := &inboxPage{Scenarios: scenarios, Names: map[timebok.ClientID]timebok.Private{}, Cases: people, Known: map[string]bool{}}
	v.mu.Lock()
	p.Trouble, p.Drifts = v.trouble, slices.Clone(v.drifts)
	v.mu.Unlock()
	err := v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		mine, err := v.clients(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range mine {
			p.Known[c.Name.Reveal()] = true
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
	for i := range p.Waiting {
		if p.Waiting[i].ID() == refused {
			p.Waiting[i].Refused = v.Why(v.refused)
		}
	}
	if !refused.IsZero() {
		v.w.WriteHeader(http.StatusUnprocessableEntity)
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
	p.Mails = slices.DeleteFunc(p.Mails, func(m notice.Mail) bool {
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

// concerns reports whether the user may decide on an event. Whom it is about is not
// known yet, so a practitioner decides on those that name no colleague.
func (v *visit) concerns(ctx context.Context, tx storage.Tx, e insurance.Event) (bool, error) {
	staff, err := all(tx.Practitioners(ctx))
	return v.IsAdmin() || !slices.ContainsFunc(staff, func(p timebok.Practitioner) bool {
		return p.ID != v.user.Of && p.KeyAt(e.Network) == e.Booking.Practitioner && e.Booking.Practitioner != ""
	}), err
}

// loadWaiting lists the quarantine. The reading is audited.
func (v *visit) loadWaiting(ctx context.Context, tx storage.Tx, p *inboxPage, mine []timebok.Client) error {
	for r, err := range tx.Quarantine(ctx) {
		if err != nil {
			return err
		}
		e, err := r.Waiting()
		if err != nil {
			return err
		}
		if ok, err := v.concerns(ctx, tx, e); err != nil || !ok {
			if err != nil {
				return err
			}
			continue
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
		r.Link, err = timebok.ParseID[timebok.Client](v.r.FormValue("klient"))
	case "ny":
		r.Create = true
	case "overlapp":
		r.Override = booking.Waive(v.r.FormValue("hvorfor"), booking.SlotTaken, booking.OutsideHours, booking.Holiday, booking.Absent)
	}
	if err == nil {
		err = v.decide(id, r, v.r.FormValue("sakid"))
	}
	if refused := errors.Is(err, timebok.ErrRefused) || errors.Is(err, timebok.ErrInvalid); refused && !errors.Is(err, insurance.NotQuarantined) {
		if err := v.refused.Join("", err); err != nil {
			return err
		}
		return v.renderInbox(id)
	}
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

// decide resolves an event, with what the network now says of its case.
func (v *visit) decide(id insurance.ReceivedID, r insurance.Resolution, sakID string) error {
	if !r.Decline && sakID != "" {
		found, err := v.search(sakID) // before the transaction
		if err != nil && !errors.Is(err, timebok.ErrRefused) {
			return err
		}
		if err == nil {
			r.Case = &found
		}
	}
	return v.update(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		entry, err := tx.Received(ctx, id)
		if err != nil {
			return err
		}
		if e, err := entry.Waiting(); err == nil {
			if ok, err := v.concerns(ctx, tx, e); err != nil || !ok {
				return errors.Join(err, errForbidden)
			}
		}
		if !r.Link.IsZero() {
			if err := v.mustSee(ctx, tx, r.Link); err != nil {
				return err
			}
		}
		_, err = v.intake.Resolve(ctx, tx, v.actor(), id, r)
		return err
	})
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
