package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// searchCase is «Søk»: what does the network say of the sakID? It stands outside
// any transaction, since the answer may take its time.
func (v *visit) searchCase(p *panel) error {
	if !p.NewCase || p.CaseNumber == "" {
		return nil
	}
	found, err := v.search(p.CaseNumber)
	if err != nil {
		return v.refuse(p, "sakid", err)
	}
	p.found = &found
	return nil
}

func (v *visit) search(sakID string) (insurance.Case, error) {
	conn := insurance.Connection{Network: timebok.Behandlernettverk}
	err := v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) error {
		c, err := tx.Connection(ctx, conn.Network)
		if err == nil {
			conn = c
		}
		if errors.Is(err, timebok.ErrNotFound) {
			err = nil // Search says that the clinic is not connected
		}
		return err
	})
	if err != nil {
		return insurance.Case{}, err
	}
	return v.cases.Search(v.r.Context(), v.network, conn, sakID)
}

// fillPanel reads what the panel lets the user choose from, and what the library
// says of the choice so far.
func (v *visit) fillPanel(ctx context.Context, tx storage.Tx, p *panel) error {
	if err := v.understand(ctx, tx, p); err != nil {
		return err
	}
	if err := v.fillBilling(ctx, tx, p); err != nil {
		return err
	}
	staff, err := all(tx.Practitioners(ctx))
	if err != nil {
		return err
	}
	for _, s := range staff {
		if !s.Inactive && (v.IsAdmin() || s.ID == v.user.Of) {
			p.Staff = append(p.Staff, option{s.ID.String(), s.Name, s.ID.String() == p.With})
		}
	}
	r := v.request(p)
	if r.Billing != nil && r.BillingWhy == "" { // is still to be filled in; what else is there to say?
		r.BillingWhy = "-"
	}
	if len(p.Set) > 0 && p.SetWhy == "" {
		r.Override.Why = "-"
	}
	if r.Client.IsZero() || r.Service.IsZero() || r.With.IsZero() || r.Start.IsZero() {
		return nil
	}
	verdict, err := v.desk.Check(ctx, tx, v.actor(), r)
	if err != nil {
		return v.unlessExists(p, err)
	}
	p.Verdict = &verdict
	if err := v.refuse(p, "", verdict.Refusals.Refused()); err != nil {
		return err
	}
	for _, rule := range booking.Overridable {
		if set := slices.Contains(p.Set, rule.Code()); set || verdict.Refusals.Has(rule) {
			p.Aside = append(p.Aside, option{rule.Code(), v.T("sett:" + rule.Code()), set})
		}
	}
	return nil
}

// understand finds out whom and what the form means, and lists the choices.
func (v *visit) understand(ctx context.Context, tx storage.Tx, p *panel) error {
	p.client, p.series, p.service = nil, nil, nil
	p.Clients, p.OpenSeries, p.Services = nil, nil, nil
	if err := v.fillClients(ctx, tx, p); err != nil {
		return err
	}
	return v.fillChoices(ctx, tx, p)
}

// unlessExists makes a booking that is there already a refusal beside the time.
func (v *visit) unlessExists(p *panel, err error) error {
	if !errors.Is(err, timebok.ErrExists) {
		return err
	}
	p.Refused["tid"] = append(p.Refused["tid"], problem{Text: v.T("Denne bookingen er lagret allerede.")})
	return nil
}

// fillClients finds whom the user means: one of the list, or the only one whose
// name or birth date holds what is typed.
func (v *visit) fillClients(ctx context.Context, tx storage.Tx, p *panel) error {
	mine, err := v.clients(ctx, tx)
	if err != nil {
		return err
	}
	var exact, hits []timebok.Client
	for _, c := range mine {
		label := v.ClientLabel(c)
		p.Clients = append(p.Clients, option{Value: label})
		if label == p.Client {
			exact = append(exact, c)
		}
		if p.Client != "" && strings.Contains(strings.ToLower(label), strings.ToLower(p.Client)) {
			hits = append(hits, c)
		}
	}
	if len(exact) > 0 {
		hits = exact
	}
	switch {
	case p.Client == "":
	case len(hits) == 1:
		p.client, p.Client = &hits[0], v.ClientLabel(hits[0])
	case len(hits) == 0:
		p.Refused["klient"] = []problem{{Text: v.T("Ingen av klientene dine heter det."), Help: v.T("Opprett klienten med +.")}}
	default:
		p.Refused["klient"] = []problem{{Text: v.T("Flere klienter passer."), Help: v.T("Velg en fra listen.")}}
	}
	return nil
}

// fillChoices lists «Tjenester og serier»: the open series on top, then services.
func (v *visit) fillChoices(ctx context.Context, tx storage.Tx, p *panel) error {
	if p.client != nil {
		open, err := v.desk.OpenSeries(ctx, tx, v.actor(), p.client.ID, v.dayOr(p.Day, v.today()))
		if err != nil {
			return err
		}
		for _, o := range open {
			value := "serie:" + o.Series.ID.String()
			p.OpenSeries = append(p.OpenSeries, option{value, v.seriesLine(o), p.Choice == value})
			if p.Choice == value {
				p.series = &o.Series
			}
		}
		for _, x := range people {
			if p.client.BirthDate != nil && *p.client.BirthDate == x.Born && x.Sak != "" {
				p.Hint = x.Sak
			}
		}
	}
	if id, ok := strings.CutPrefix(p.Choice, "serie:"); ok && p.series == nil {
		if err := v.otherSeries(ctx, tx, p, id); err != nil {
			return err
		}
	}
	if s, ok := strings.CutPrefix(p.Choice, "tjeneste:"); ok {
		if p.Choice != p.Before || p.Service == "" {
			p.Service = s
		}
		p.Choice = "tjeneste:" + p.Service // «Tjeneste» was changed afterwards
	}
	services, err := all(tx.Services(ctx))
	if err != nil {
		return err
	}
	slices.SortFunc(services, func(a, b timebok.Service) int { return strings.Compare(a.Name, b.Name) })
	for _, s := range services {
		if s.Inactive {
			continue
		}
		id := s.ID.String()
		p.Services = append(p.Services, option{id, s.Name, p.Service == id})
		if p.Service == id {
			p.service = &s
		}
	}
	return nil
}

// otherSeries is about a series that is not open to choose: one of the client's that
// has ended stays chosen, so that the desk can say why not, and another client's is
// taken out of a form that is only asking.
func (v *visit) otherSeries(ctx context.Context, tx storage.Tx, p *panel, text string) error {
	id, _ := timebok.ParseID[series.Series](text)
	s, err := tx.Series(ctx, id)
	if err != nil && !errors.Is(err, timebok.ErrNotFound) {
		return err
	}
	switch {
	case err == nil && p.client != nil && s.Client == p.client.ID:
		p.series = &s
		p.OpenSeries = append(p.OpenSeries, option{p.Choice, s.Name + " · " + v.T("gjelder ikke"), true})
	case v.r.Method == http.MethodGet:
		p.Choice = ""
	}
	return nil
}

// seriesLine is a series as «Åpne serier» names it.
func (v *visit) seriesLine(o booking.OpenSeries) string {
	line := o.Series.Name
	if o.Capped {
		line += " · " + v.T("%d igjen", o.Remaining)
	}
	if o.ValidTo != nil {
		line += " · " + v.T("til %s", v.Date(*o.ValidTo))
	}
	if o.Stale {
		line += " · " + v.T("søk på nytt")
	}
	return line
}

// fillBilling lists who can get the bill, and how. The first of each list is what
// holds if nobody says otherwise, and Inherited tells who has set that.
func (v *visit) fillBilling(ctx context.Context, tx storage.Tx, p *panel) error {
	billing := timebok.BillClient
	p.Inherited = v.T("Ingen serie, så klienten betaler.")
	if p.series != nil {
		billing = p.series.Terms().Billing
		p.Inherited = v.T("Satt av %s.", p.series.Name)
	}
	to, err := v.payerName(ctx, tx, billing.To)
	if err != nil {
		return err
	}
	p.Payers = []option{{"", to, p.To == ""}}
	if !billing.To.IsClient() {
		p.Payers = append(p.Payers, option{"klient", v.T("Klienten"), p.To == "klient"})
	}
	payers, err := all(tx.Payers(ctx))
	if err != nil {
		return err
	}
	for _, x := range payers {
		if x.ID != billing.To.Payer {
			p.Payers = append(p.Payers, option{x.ID.String(), x.Name, p.To == x.ID.String()})
		}
	}
	p.Methods = []option{{"", v.Method(billing.By), p.By == ""}}
	for _, m := range []timebok.BillingMethod{timebok.EHF, timebok.ByEmail, timebok.External, timebok.Unbilled} {
		if m != billing.By {
			p.Methods = append(p.Methods, option{string(m), v.Method(m), p.By == string(m)})
		}
	}
	return nil
}
