package insurance_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/storagetest"
)

// openCase opens the series of a case for a client.
func (c *clinic) openCase(client timebok.ClientID, found insurance.Case) (series.Series, error) {
	var s series.Series
	err := c.update(func(ctx context.Context, tx storage.Tx) (err error) {
		s, err = c.cases.Open(ctx, tx, c.Actor(), client, found)
		return err
	})
	return s, err
}

// refresh takes over what the network says of a series' case now.
func (c *clinic) refresh(id series.ID, found insurance.Case) (series.Series, insurance.Drift, error) {
	var s series.Series
	var drift insurance.Drift
	err := c.update(func(ctx context.Context, tx storage.Tx) (err error) {
		s, drift, err = c.cases.Refresh(ctx, tx, c.Actor(), id, found)
		return err
	})
	return s, drift, err
}

func (c *clinic) openByHand(p insurance.PaperCase) (series.Series, error) {
	var s series.Series
	err := c.update(func(ctx context.Context, tx storage.Tx) (err error) {
		s, err = c.cases.OpenByHand(ctx, tx, c.Actor(), p)
		return err
	})
	return s, err
}

func TestSearch(t *testing.T) {
	each(t, func(c *clinic) {
		want := c.addCase("OLA2")
		want.FetchedAt = storagetest.Monday
		c.equal("case", want, c.look(" OLA2 "))
		c.network.CloseCase("OLA2")
		c.equal("status", insurance.CaseClosed, c.look("OLA2").Status)

		search := func(number string) error {
			_, err := c.cases.Search(c.Context(), c.outside, c.Connection, number)
			return err
		}
		c.refused(search("NOBODY"), insurance.UnknownCase)
		if err := search(" "); !errors.Is(err, timebok.Missing) || !errors.Is(err, timebok.ErrInvalid) {
			c.Errorf("Search for nothing: %v", err)
		}
		c.network.ChangeCase("OLA2", func(c *insurance.Case) { c.Payer = insurance.PayerInfo{} })
		if err := search("OLA2"); !errors.Is(err, timebok.ErrInvalid) {
			c.Errorf("Search with an answer that makes no sense: %v", err)
		}
		c.network.Silence(true)
		if err := search("OLA2"); !errors.Is(err, timebok.ErrUnavailable) {
			c.Errorf("Search without an answer: %v", err)
		}
	})
}

// Søk, then Opprett: everything is set from the case.
func TestOpenSetsEverything(t *testing.T) {
	each(t, func(c *clinic) {
		known := networktest.NewCase("OLA2", *c.Ola.BirthDate)
		known.ValidFrom, known.ValidTo = new(date.New(2026, 2, 16)), new(date.New(2026, 12, 31))
		known.Used, known.Share = 2, series.Share{Percent: 2000}
		c.network.AddCase(known)
		s := must(c.openCase(c.Ola.ID, c.look("OLA2")))
		now := storagetest.Monday
		want := series.Series{
			ID: s.ID, Version: 1, Client: c.Ola.ID, Kind: series.InsuranceCase, Name: "Forsikringssak OLA2", Case: known.Case,
			Approvals: []series.Approval{{At: now, Source: series.FromNetwork, By: c.Actor(), Terms: series.Terms{
				ValidFrom: known.ValidFrom, ValidTo: known.ValidTo, Caps: known.Caps, Share: known.Share,
				Billing: timebok.Billing{To: timebok.Recipient{Payer: c.Insurer.ID}, By: timebok.EHF},
			}}},
			Adjustments: []series.Adjustment{{At: now, By: c.Actor(), Opening: true, Sessions: 2}},
			FetchedAt:   now, OpenedAt: now,
		}
		c.equal("series", want, s)
		c.equal("stored series", want, c.series(s.ID))
		left, _ := s.Use(nil).Remaining("PSY45")
		c.equal("sessions left", 8, left)

		// The feed finds the same series.
		w := wish(0)
		w.CaseNumber, w.Client = "OLA2", networktest.NewPerson("Ola Prøvesen", *c.Ola.BirthDate)
		got := c.take(c.network.Book(w), insurance.New)
		c.equal("the booking's series", s.ID, c.booking(got.External).Series)
	})
}

// Once more brings the series up to date.
func TestOpenAgain(t *testing.T) {
	each(t, func(c *clinic) {
		c.network.AddCase(networktest.NewCase("OLA2", *c.Ola.BirthDate))
		first := must(c.openCase(c.Ola.ID, c.look("OLA2")))
		later := c.look("OLA2")
		later.FetchedAt = later.FetchedAt.Add(time.Hour)
		again := must(c.openCase(c.Ola.ID, later))
		first.Version, first.FetchedAt = 2, later.FetchedAt // else nothing is new
		c.equal("series", first, again)
		c.network.SetQuota("OLA2", 16)
		old := c.look("OLA2") // fetched before the last answer: it tells nothing
		c.equal("caps", []series.Cap{series.Sessions(10)}, must(c.openCase(c.Ola.ID, old)).Terms().Caps)
		newest := old
		newest.FetchedAt = later.FetchedAt.Add(time.Hour)
		more := must(c.openCase(c.Ola.ID, newest))
		c.equal("caps", []series.Cap{series.Sessions(16)}, more.Terms().Caps)
		c.equal("approvals", 2, len(c.series(first.ID).Approvals))
	})
}

// A case that the network closed closes the series, and the drift says so.
func TestRefreshCloses(t *testing.T) {
	each(t, func(c *clinic) {
		c.network.AddCase(networktest.NewCase("OLA2", *c.Ola.BirthDate))
		s := must(c.openCase(c.Ola.ID, c.look("OLA2")))
		c.network.CloseCase("OLA2")
		_, drift, err := c.refresh(s.ID, c.look("OLA2"))
		if err != nil {
			c.Fatal(err)
		}
		c.equal("drift", []insurance.Difference{{Field: "Status", Was: "open", Is: "closed"}}, drift.Changes)
		c.equal("open", false, c.series(s.ID).IsOpen())
	})
}

func TestOpenIsRefused(t *testing.T) {
	each(t, func(c *clinic) {
		open := func(client timebok.ClientID, change func(f *insurance.Case)) error {
			found := networktest.NewCase("OLA2", *c.Ola.BirthDate)
			change(&found)
			before := c.everything()
			_, err := c.openCase(client, found)
			c.equal("everything", before, c.everything())
			return err
		}
		same := func(*insurance.Case) {}
		closed := func(f *insurance.Case) { f.Status = insurance.CaseClosed }
		c.refused(open(c.Åse.ID, same), insurance.IdentityMismatch)
		c.refused(open(c.Ola.ID, closed), insurance.CaseIsClosed)
		c.refused(open(c.Åse.ID, func(f *insurance.Case) {
			closed(f)
			f.Case = c.Case.Case // Ola's
		}), insurance.CaseIsClosed, insurance.IdentityMismatch, insurance.CaseTaken)

		ageless := c.Åse
		ageless.Version, ageless.BirthDate = 2, nil
		c.save(ageless)
		c.refused(open(c.Åse.ID, same), insurance.IdentityUnknown)
		for name, err := range map[string]error{
			"nobody":   open(timebok.New[timebok.Client](timebok.Source{}), same),
			"no payer": open(c.Ola.ID, func(f *insurance.Case) { f.Payer = insurance.PayerInfo{} }),
			"bad cap":  open(c.Ola.ID, func(f *insurance.Case) { f.Caps = []series.Cap{series.Sessions(-1)} }),
		} {
			if !errors.Is(err, timebok.ErrInvalid) {
				c.Errorf("%s: %v, want timebok.ErrInvalid", name, err)
			}
		}
	})
}

// What a network now says of a case is compared, taken over and reported.
func TestRefresh(t *testing.T) {
	each(t, func(c *clinic) {
		for i := range 3 {
			c.book(wish(i))
		}
		c.network.SetQuota("KARI1", 5)
		c.poll()
		bookings := c.everything().Bookings
		id := bookings[0].Series
		was := c.series(id)

		same, drift, err := c.refresh(id, c.look("KARI1"))
		if err != nil || len(drift.Changes) > 0 || drift.Over || len(same.Approvals) != 1 {
			c.Errorf("Refresh with nothing new: %+v, %v", drift, err)
		}

		c.network.ChangeCase("KARI1", func(f *insurance.Case) {
			f.Caps, f.ValidTo = []series.Cap{series.Sessions(16), {Unit: series.CapAmount, Amount: timebok.Kroner(20_000)}}, new(date.New(2026, 12, 31))
			f.Share = series.Share{Fixed: timebok.Kroner(250)}
		})
		_, drift, err = c.refresh(id, c.look("KARI1"))
		c.equal("raised", insurance.Drift{Series: id, Changes: []insurance.Difference{
			{Field: "ValidTo", Was: "", Is: "2026-12-31"}, {Field: "Caps", Was: "5", Is: "16, 20000.00 kr"},
			{Field: "Share", Was: "", Is: "250.00 kr"},
		}}, drift)
		c.equal("error", nil, err)

		c.network.SetQuota("KARI1", 2)
		c.network.ChangeCase("KARI1", func(f *insurance.Case) { f.Share = series.Share{Percent: 1250} })
		next, drift, err := c.refresh(id, c.look("KARI1"))
		c.equal("lowered under what is booked", insurance.Drift{Series: id, Over: true, Changes: []insurance.Difference{
			{Field: "Caps", Was: "16, 20000.00 kr", Is: "2"}, {Field: "Share", Was: "250.00 kr", Is: "12.50 %"},
		}}, drift)
		c.equal("error", nil, err)
		c.equal("stored series", next, c.series(id))
		c.equal("approvals", 3, len(next.Approvals))
		c.equal("the first approval", was.Approvals[0], next.Approvals[0])
		c.equal("bookings", bookings, c.everything().Bookings)
		c.quarantined(c.book(func() insurance.ExternalBooking { w := wish(4); w.ID = "one more"; return w }()), series.Exhausted)

		_, _, err = c.refresh(c.Case.ID, c.look("KARI1"))
		c.refused(err, insurance.UnknownCase)
		_, _, err = c.refresh(timebok.New[series.Series](timebok.Source{}), c.look("KARI1"))
		if !errors.Is(err, timebok.ErrNotFound) {
			c.Errorf("Refresh of nothing: %v", err)
		}
	})
}

func TestOpenByHand(t *testing.T) {
	each(t, func(c *clinic) {
		terms := series.Terms{Caps: []series.Cap{series.Sessions(6)}, ValidTo: new(date.New(2026, 6, 30))}
		paper := insurance.PaperCase{
			Client: c.Åse.ID, Payer: c.Insurer.ID, Number: " BREV-7 ", Terms: terms, Used: 1, Note: "brev 2026/17",
		}
		s := must(c.openByHand(paper))
		terms.Billing = timebok.Billing{To: timebok.Recipient{Payer: c.Insurer.ID}, By: timebok.EHF}
		now := storagetest.Monday
		want := series.Series{
			ID: s.ID, Version: 1, Client: c.Åse.ID, Kind: series.InsuranceCase, Name: "Forsikringssak BREV-7",
			Case:        series.Case{Number: "BREV-7"},
			Approvals:   []series.Approval{{At: now, Source: series.ByHand, By: c.Actor(), Note: "brev 2026/17", Terms: terms}},
			Adjustments: []series.Adjustment{{At: now, By: c.Actor(), Opening: true, Sessions: 1}},
			OpenedAt:    now,
		}
		c.equal("series", want, s)
		c.equal("stored series", want, c.series(s.ID))

		before := c.everything()
		for name, tt := range map[string]struct {
			change func(p *insurance.PaperCase)
			want   error
		}{
			"the same once more": {func(p *insurance.PaperCase) {}, timebok.ErrExists},
			"for another client": {func(p *insurance.PaperCase) { p.Client = c.Ola.ID }, timebok.ErrExists},
			"for nobody":         {func(p *insurance.PaperCase) { p.Client = timebok.ClientID{} }, timebok.ErrInvalid},
			"without a number":   {func(p *insurance.PaperCase) { p.Number = " " }, timebok.ErrInvalid},
			"without a payer":    {func(p *insurance.PaperCase) { p.Number, p.Payer = "BREV-8", timebok.PayerID{} }, timebok.ErrInvalid},
			"with a bad cap":     {func(p *insurance.PaperCase) { p.Number, p.Terms.Caps = "BREV-8", []series.Cap{{}} }, timebok.ErrInvalid},
			"of the network":     {func(p *insurance.PaperCase) { p.Network, p.Number = c.Case.Case.Network, "6QPTR" }, timebok.ErrExists},
		} {
			p := paper
			tt.change(&p)
			if _, err := c.openByHand(p); !errors.Is(err, tt.want) {
				c.Errorf("%s: %v, want %v", name, err, tt.want)
			}
		}
		c.equal("everything", before, c.everything())

		// Once the network can be asked, its word goes on top.
		paper.Network, paper.Number = timebok.Behandlernettverk, "ASE1"
		s = must(c.openByHand(paper))
		c.network.AddCase(networktest.NewCase("ASE1", *c.Åse.BirthDate))
		next, drift, err := c.refresh(s.ID, c.look("ASE1"))
		if err != nil || len(drift.Changes) != 2 || len(next.Approvals) != 2 || next.Approvals[1].Source != series.FromNetwork {
			c.Errorf("Refresh of a case entered by hand: %+v, %v", drift, err)
		}
	})
}

// Nobody from another clinic opens, refreshes or enters a case.
func TestCasesAreForThoseOfTheClinic(t *testing.T) {
	each(t, func(c *clinic) {
		stranger := c.Actor()
		stranger.Clinic = timebok.New[timebok.Clinic](timebok.Source{})
		found := networktest.NewCase("OLA2", *c.Ola.BirthDate)
		for name, do := range map[string]func(ctx context.Context, tx storage.Tx) error{
			"Open": func(ctx context.Context, tx storage.Tx) error {
				_, err := c.cases.Open(ctx, tx, stranger, c.Ola.ID, found)
				return err
			},
			"Refresh": func(ctx context.Context, tx storage.Tx) error {
				_, _, err := c.cases.Refresh(ctx, tx, stranger, c.Case.ID, found)
				return err
			},
			"OpenByHand": func(ctx context.Context, tx storage.Tx) error {
				_, err := c.cases.OpenByHand(ctx, tx, stranger, insurance.PaperCase{})
				return err
			},
		} {
			if err := c.update(do); !errors.Is(err, timebok.ActorElsewhere) {
				c.Errorf("%s: %v, want a refusal with ActorElsewhere", name, err)
			}
		}
	})
}
