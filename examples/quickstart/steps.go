package main

import (
	"context"
	"errors"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// connect connects the clinic to the network; without that, looking a sakID up is
// refused.
func (j *journal) connect(ctx context.Context) error {
	j.say("Innstillinger: connect to Behandlernettverk")
	return j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		conn, err := tx.Connection(ctx, timebok.Behandlernettverk)
		if err == nil {
			j.tell("Connected since %s.", conn.Since.Format(time.DateOnly))
			return nil
		}
		_, err = j.cases.Search(ctx, j.network, insurance.Connection{Network: timebok.Behandlernettverk}, sakID)
		j.tell("Before: %s", reasons(err).Text(timebok.Bokmaal))
		tx.Save(j.network.Connection())
		j.tell("Connected.")
		return nil
	})
}

// networkBooks lets the client book at the network, and takes the feed in.
func (j *journal) networkBooks(ctx context.Context) error {
	j.say("Automatically: the client books at Behandlernettverk")
	j.clientBooks()
	tally, err := j.intake.Poll(ctx, clinicID, j.network)
	if err != nil {
		return err
	}
	if tally[insurance.New] == 0 {
		j.tell("The feed has nothing new.")
	}
	for result, n := range tally {
		j.tell("%d event: %s", n, result)
	}
	return j.deliver(ctx)
}

func (j *journal) showCalendar(ctx context.Context) error {
	j.say("Kalender")
	within := timebok.Period{Start: j.now, End: j.now.AddDate(0, 0, 60)}
	return j.view(ctx, func(ctx context.Context, tx storage.Tx) error {
		f := booking.Filter{Practitioners: []timebok.PractitionerID{olaID}, Within: within}
		for b, err := range tx.Bookings(ctx, f) {
			if err != nil {
				return err
			}
			j.tell("%s  %s", when(b.Time), b.State)
		}
		return nil
	})
}

// showClient shows the client that the event made, and the series with its terms.
func (j *journal) showClient(ctx context.Context) error {
	j.say("Klienter: the new client, and her series")
	client, _, err := j.client(ctx)
	if err != nil {
		return err
	}
	j.tell("%s, from %s. Printed without asking for it, the name is %v.", client.Name.Reveal(), client.Origin, client.Name)
	return j.showSeries(ctx)
}

// showSeries lists the client's bookings under their series («Bookinger»).
func (j *journal) showSeries(ctx context.Context) error {
	client, _, err := j.client(ctx)
	if err != nil {
		return err
	}
	return j.view(ctx, func(ctx context.Context, tx storage.Tx) error {
		groups, err := j.desk.ClientBookings(ctx, tx, j.by, client.ID)
		if err != nil {
			return err
		}
		for _, g := range groups {
			t := g.Series.Terms()
			payer, err := tx.Payer(ctx, t.Billing.To.Payer)
			if err != nil {
				return err
			}
			left, _ := g.Use.Least()
			j.tell("%s: Fakturamottaker %s, Fakturering %s, valid to %s", g.Series.Name, payer.Name, t.Billing.By, t.ValidTo)
			j.tell("  held %d, booked %d, delivered %d, invoiced %d; %d left",
				g.Use.Held, g.Use.Booked, g.Use.Delivered, g.Use.Invoiced, left)
			for _, b := range g.Bookings {
				j.tell("  %s  %s", when(b.Time), b.State)
			}
		}
		return nil
	})
}

// client returns the network's client with her series.
func (j *journal) client(ctx context.Context) (c timebok.Client, s series.Series, err error) {
	err = j.view(ctx, func(ctx context.Context, tx storage.Tx) error {
		for found, err := range tx.Clients(ctx, timebok.ClientID{}, 1) {
			if err != nil {
				return err
			}
			c = found
		}
		for found, err := range tx.SeriesOf(ctx, c.ID) {
			if err != nil {
				return err
			}
			s = found
		}
		return nil
	})
	return c, s, err
}

// The follow-ups have IDs made of their names, so booking them twice is harmless.
var followUps = []struct {
	id    booking.ID
	start time.Time
}{
	{timebok.DeriveID[booking.Booking]("quickstart", "follow-up 1"), oslo(2026, 12, 1, 9, 0)},
	{timebok.DeriveID[booking.Booking]("quickstart", "follow-up 2"), oslo(2026, 12, 8, 9, 0)},
}

// bookFollowUps books two sessions in the open series: Ny hendelse, Klient, «Åpne
// serier», Tjeneste, Inviter klient.
func (j *journal) bookFollowUps(ctx context.Context) error {
	j.say("By hand: two follow-ups under «Åpne serier»")
	client, _, err := j.client(ctx)
	if err != nil {
		return err
	}
	for _, f := range followUps {
		err := j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
			open, err := j.desk.OpenSeries(ctx, tx, j.by, client.ID, timebok.DayOf(j.now, local(j.now).Location()))
			if err != nil {
				return err
			}
			request := booking.Request{
				ID: f.id, Client: client.ID, With: olaID, Service: therapyID, Series: open[0].Series.ID,
				Start: f.start, Invite: true,
			}
			b, err := j.desk.Book(ctx, tx, j.by, request)
			if err != nil {
				return err
			}
			j.tell("%s, Fakturering %s: %s", when(b.Time), b.Billing.By, b.State)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return j.deliver(ctx)
}

// moveOne moves the first follow-up. Its Sequence tells if that is done already.
func (j *journal) moveOne(ctx context.Context) error {
	j.say("The first follow-up is moved to the afternoon")
	err := j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		b, err := tx.Booking(ctx, followUps[0].id)
		if err != nil {
			return err
		}
		if b.Sequence > 1 {
			j.tell("It is moved already: %s", when(b.Time))
			return nil
		}
		b, err = j.desk.Move(ctx, tx, j.by, booking.MoveRequest{
			Booking: b.ID, Version: b.Version, Start: oslo(2026, 12, 1, 13, 0),
		})
		j.tell("Now %s", when(b.Time))
		return err
	})
	return errors.Join(err, j.deliver(ctx))
}

func (j *journal) cancelOne(ctx context.Context) error {
	j.say("The second follow-up is cancelled by the client")
	err := j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		b, err := tx.Booking(ctx, followUps[1].id)
		if err != nil {
			return err
		}
		if b.State == booking.Cancelled {
			j.tell("It is cancelled already.")
			return nil
		}
		_, err = j.desk.Cancel(ctx, tx, j.by, b.ID, b.Version, booking.ByClient)
		j.tell("Cancelled: %s. The session is given back.", when(b.Time))
		return err
	})
	return errors.Join(err, j.deliver(ctx))
}

// bookTooMany asks for two more sessions, of which the case has room for one: none
// is booked, and every date says why.
func (j *journal) bookTooMany(ctx context.Context) error {
	j.say("Two more every week: beyond the cap")
	client, s, err := j.client(ctx)
	if err != nil {
		return err
	}
	starts, err := booking.Weekly(oslo(2027, 1, 5, 9, 0), 2, 1, timebok.OsloZone)
	if err != nil {
		return err
	}
	request := booking.Request{Client: client.ID, With: olaID, Service: therapyID, Series: s.ID}
	var report []booking.Occurrence
	err = j.update(ctx, func(ctx context.Context, tx storage.Tx) (err error) {
		_, report, err = j.desk.BookAll(ctx, tx, j.by, request, starts)
		return err
	})
	if !errors.Is(err, series.Exhausted) {
		return errors.Join(errors.New("the cap did not hold"), err)
	}
	for _, o := range report {
		verdict := "would do"
		if len(o.Refusals) > 0 {
			verdict = o.Refusals.Text(timebok.Bokmaal)
		}
		j.tell("%s: %s", local(o.Start).Format("2006-01-02 15:04"), verdict)
	}
	j.tell("None is booked.")
	return nil
}

// hold lets the time pass and completes what is booked.
func (j *journal) hold(ctx context.Context) error {
	j.say("The sessions are held")
	j.now = oslo(2026, 12, 2, 8, 0)
	_, s, err := j.client(ctx)
	if err != nil {
		return err
	}
	err = j.update(ctx, func(ctx context.Context, tx storage.Tx) error {
		for b, err := range tx.Bookings(ctx, booking.Filter{Series: s.ID}) {
			if err != nil {
				return err
			}
			if b.State.IsPlanned() {
				if b, err = j.desk.Complete(ctx, tx, j.by, b.ID, b.Version); err != nil {
					return err
				}
			}
			j.tell("%s  %s", when(b.Time), b.State)
		}
		return nil
	})
	return errors.Join(err, j.deliver(ctx))
}

func when(p timebok.Period) string { return notice.When(p, local(p.Start).Location(), timebok.Bokmaal) }

// reasons returns what an error refuses.
func reasons(err error) timebok.Reasons {
	var rs timebok.Reasons
	if rest := rs.Join("", err); rest != nil {
		panic(rest) // not a refusal
	}
	return rs
}
