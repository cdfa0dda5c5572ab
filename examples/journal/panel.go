package main

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/rickb777/date/clock"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// A panel is «Ny hendelse»: its form as it stands, and what belongs beside the
// fields. Its whole state is in the form, so the server keeps none.
type panel struct {
	ID                   string // of the booking to be; makes pressing twice harmless
	Client               string // as typed or chosen
	Choice, Service      string // of «Tjenester og serier» and «Tjeneste»
	Before               string // the Choice when the form was made: which of the two changed?
	With                 string
	Day, Clock           string
	To, By, Why          string // billing, if not as the series says
	Set                  []string
	SetWhy               string
	NewClient            bool
	Name, Born, Email    string // of a new client
	NewCase              bool   // «Forsikringssak» is open
	CaseNumber           string
	Calendar             url.Values // what the calendar shows beside it
	client               *timebok.Client
	service              *timebok.Service
	series               *series.Series
	found                *insurance.Case
	Refused              map[string][]problem // by field
	Verdict              *booking.Verdict
	Clients              []option
	OpenSeries, Services []option
	Staff                []option
	Payers, Methods      []option
	Inherited            string   // who set the billing
	Hint                 string   // a sakID to try
	Aside                []option // rules that may be set aside, or are
}

// An option is one choice of a drop-down.
type option struct {
	Value, Text string
	Chosen      bool
}

// A problem is a reason against, with what would help.
type problem struct {
	Code, Text, Help string
}

func (v *visit) readPanel(q url.Values) *panel {
	p := &panel{
		ID: q.Get("id"), Client: strings.TrimSpace(q.Get("klient")), Choice: q.Get("valg"), Service: q.Get("tjeneste"),
		Before: q.Get("forrige"), With: q.Get("behandler"), Day: q.Get("dato"), Clock: q.Get("tid"),
		To: q.Get("mottaker"), By: q.Get("fakturering"), Why: q.Get("hvorfor"), Set: q["sett"], SetWhy: q.Get("settfordi"),
		NewClient: q.Get("nyklient") != "", Name: q.Get("navn"), Born: q.Get("fodt"), Email: q.Get("epost"),
		NewCase: q.Get("sak") != "", CaseNumber: strings.TrimSpace(q.Get("sakid")),
		Calendar: url.Values{"dag": {q.Get("dag")}, "vis": {q.Get("vis")}, "hos": {q.Get("hos")}},
		Refused:  map[string][]problem{},
	}
	if p.ID == "" {
		p.ID = timebok.New[booking.Booking](v.desk.Source).String()
	}
	if !v.IsAdmin() {
		p.With = v.user.Of.String()
	}
	if day, wall, ok := strings.Cut(q.Get("ledig"), "T"); ok { // one of the proposed times
		p.Day, p.Clock = day, wall
	}
	return p
}

// values are the panel's fields as an address carries them.
func (p *panel) values() url.Values {
	q := url.Values{"ny": {"1"}}
	for name, value := range map[string]string{
		"id": p.ID, "klient": p.Client, "valg": p.Choice, "tjeneste": p.Service, "forrige": p.Choice, "behandler": p.With,
		"dato": p.Day, "tid": p.Clock, "mottaker": p.To, "fakturering": p.By, "hvorfor": p.Why,
		"dag": p.Calendar.Get("dag"), "vis": p.Calendar.Get("vis"), "hos": p.Calendar.Get("hos"),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// URL is the address of the panel with a field changed.
func (p *panel) URL(name, value string) string {
	q := p.values()
	q.Set(name, value)
	return "/kalender?" + q.Encode()
}

// searchCase is «Søk»: what does the network say of the sakID? It stands outside
// any transaction, since the answer may take its time.
func (v *visit) searchCase(p *panel) {
	if !p.NewCase || p.CaseNumber == "" {
		return
	}
	found, err := v.search(p.CaseNumber)
	if err != nil {
		v.refuse(p, "sakid", err)
		return
	}
	p.found = &found
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
	if err := v.fillClients(ctx, tx, p); err != nil {
		return err
	}
	if err := v.fillChoices(ctx, tx, p); err != nil {
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
	var hits []timebok.Client
	for _, c := range mine {
		label := v.ClientLabel(c)
		p.Clients = append(p.Clients, option{Value: label})
		if label == p.Client {
			hits = []timebok.Client{c}
			break
		}
		if p.Client != "" && strings.Contains(strings.ToLower(label), strings.ToLower(p.Client)) {
			hits = append(hits, c)
		}
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
	if p.series == nil && strings.HasPrefix(p.Choice, "serie:") {
		p.Choice = "" // another client's
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

// fillBilling lists who can get the bill, and how, and says who has set it.
func (v *visit) fillBilling(ctx context.Context, tx storage.Tx, p *panel) error {
	billing := timebok.BillClient
	p.Inherited = v.T("ingen serie, så klienten betaler")
	if p.series != nil {
		billing = p.series.Terms().Billing
		p.Inherited = v.T("satt av %s", p.series.Name)
	}
	payers, err := all(tx.Payers(ctx))
	if err != nil {
		return err
	}
	name := v.T("Klienten")
	others := []option{{"klient", name, p.To == "klient"}}
	for _, x := range payers {
		id := x.ID.String()
		others = append(others, option{id, x.Name, p.To == id})
		if billing.To.Payer == x.ID {
			name = x.Name
		}
	}
	p.Payers = append([]option{{"", name + " (" + p.Inherited + ")", p.To == ""}}, others...)
	p.Methods = []option{{"", v.Method(billing.By) + " (" + p.Inherited + ")", p.By == ""}}
	for _, m := range []timebok.BillingMethod{timebok.EHF, timebok.ByEmail, timebok.External, timebok.Unbilled} {
		p.Methods = append(p.Methods, option{string(m), v.Method(m), p.By == string(m)})
	}
	return nil
}

// request is the command that the form asks for. What is not filled in is zero,
// and the desk says so.
func (v *visit) request(p *panel) booking.Request {
	r := booking.Request{Override: booking.Waiver{Codes: p.Set, Why: p.SetWhy}}
	r.ID, _ = timebok.ParseID[booking.Booking](p.ID)
	r.With, _ = timebok.ParseID[timebok.Practitioner](p.With)
	r.Start = v.startOf(p.Day, p.Clock)
	if p.client != nil {
		r.Client = p.client.ID
	}
	if p.service != nil {
		r.Service = p.service.ID
	}
	billing := timebok.BillClient
	if p.series != nil {
		r.Series = p.series.ID
		billing = p.series.Terms().Billing
	}
	if p.To != "" {
		billing.To.Payer, _ = timebok.ParseID[timebok.Payer](p.To) // zero: the client
	}
	if p.By != "" {
		billing.By = timebok.BillingMethod(p.By)
	}
	if p.To != "" || p.By != "" {
		r.Billing, r.BillingWhy = &billing, p.Why
	}
	return r
}

// startOf is a wall time of a form as an instant, or zero.
func (v *visit) startOf(day, wall string) time.Time {
	d, err := time.Parse(time.DateOnly, day)
	t, err2 := time.Parse("15:04", wall)
	if err != nil || err2 != nil {
		return time.Time{}
	}
	return timebok.At(date.NewAt(d), clock.New(t.Hour(), t.Minute(), 0, 0), v.zone)
}

// book is «Inviter klient», or saves without inviting.
func (v *visit) book() error {
	if err := v.r.ParseForm(); err != nil {
		return timebok.Reasons{timebok.BadValue.At("")}.Invalid()
	}
	p := v.readPanel(v.r.PostForm)
	ctx := v.r.Context()
	if err := v.view(ctx, func(ctx context.Context, tx storage.Tx) error { return v.fillPanel(ctx, tx, p) }); err != nil {
		return err
	}
	r := v.request(p)
	r.Invite = v.r.PostForm.Has("inviter")
	unknown := p.Refused["klient"]
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
		fresh := v.readPanel(v.r.PostForm) // its lists are read again, since much may have changed
		fresh.Refused = p.Refused
		return v.renderCalendar(fresh.Calendar, fresh)
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
		x := problem{Code: r.Code(), Text: v.sentence(r), Help: v.help(r.Rule)}
		if !slices.Contains(p.Refused[at], x) {
			p.Refused[at] = append(p.Refused[at], x)
		}
	}
	return nil
}

// What the template asks.

func (p *panel) HasClient() bool        { return p.client != nil }
func (p *panel) Found() *insurance.Case { return p.found }
func (p *panel) Differs() bool          { return p.To != "" || p.By != "" }
func (p *panel) Count() int {
	n := 0
	for _, ps := range p.Refused {
		n += len(ps)
	}
	return n
}
