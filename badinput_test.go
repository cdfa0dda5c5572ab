package timebok_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// backends are those that the tests of the whole flow run on.
var backends = []string{"memory", "sqlite"}

// A bench is a host with kari, her series of the case 6QPTR (three sessions), and
// one booking on 1 December at nine.
type bench struct {
	*host
	s series.Series
	b booking.Booking
}

func newBench(backend string) *bench {
	t := &bench{host: newHost(backend)}
	found, err := t.cases.Search(context.Background(), t.network, t.connection(), "6QPTR")
	check(err)
	t.update(func(ctx context.Context, tx storage.Tx) (err error) {
		tx.Save(kari)
		if t.s, err = t.cases.Open(ctx, tx, t.ola, kari.ID, found); err != nil {
			return err
		}
		t.b, err = t.desk.Book(ctx, tx, t.ola, t.request(oslo(2026, 12, 1, 9, 0)))
		return err
	})
	return t
}

func (t *bench) request(start time.Time) booking.Request {
	return booking.Request{Client: kari.ID, With: t.practitioner, Service: t.therapy, Series: t.s.ID, Start: start}
}

func (t *bench) book(r booking.Request) error {
	return t.try(func(ctx context.Context, tx storage.Tx) error {
		_, err := t.desk.Book(ctx, tx, t.ola, r)
		return err
	})
}

// search looks a case up and opens it for kari.
func (t *bench) search(number string) error {
	found, err := t.cases.Search(context.Background(), t.network, t.connection(), number)
	if err != nil {
		return err
	}
	return t.try(func(ctx context.Context, tx storage.Tx) error {
		_, err := t.cases.Open(ctx, tx, t.ola, kari.ID, found)
		return err
	})
}

// addCase makes the network know another case like 6QPTR.
func (t *bench) addCase(number string, change func(c *insurance.Case)) {
	c, err := t.network.Lookup(context.Background(), t.connection(), "6QPTR", t.now)
	check(err)
	c.Number = number
	change(&c)
	t.network.AddCase(c)
}

// contents is every record of the clinic, to see that nothing changed.
func (t *bench) contents() (all []timebok.Record) {
	for r, err := range t.store.Driver.(storage.Bulk).Export(context.Background(), t.clinic) {
		check(err)
		all = append(all, r)
	}
	return all
}

var badInputs = []struct {
	name string
	do   func(t *bench) error
	kind error
	rule *timebok.Rule
}{
	{"unknown sakID", func(t *bench) error { return t.search("NOPE1") }, timebok.ErrRefused, insurance.UnknownCase},
	{"closed case", func(t *bench) error {
		t.addCase("CLOSED", func(c *insurance.Case) { c.Status = insurance.CaseClosed })
		return t.search("CLOSED")
	}, timebok.ErrRefused, insurance.CaseIsClosed},
	{"expired case", func(t *bench) error { return t.book(t.request(oslo(2027, 6, 1, 9, 0))) }, timebok.ErrRefused, series.Expired},
	{"birth date mismatch", func(t *bench) error {
		t.addCase("OTHER", func(c *insurance.Case) { c.BirthDate = new(date.New(1956, 11, 10)) })
		return t.search("OTHER")
	}, timebok.ErrRefused, insurance.IdentityMismatch},
	{"clinic not connected", func(t *bench) error {
		_, err := t.cases.Search(context.Background(), t.network, insurance.Connection{Network: timebok.Behandlernettverk}, "6QPTR")
		return err
	}, timebok.ErrRefused, insurance.NotConnected},
	{"unknown service", func(t *bench) error {
		r := t.request(oslo(2026, 12, 2, 9, 0))
		r.Service = timebok.DeriveID[timebok.Service]("nowhere")
		return t.book(r)
	}, timebok.ErrInvalid, booking.Unknown},
	{"overlap", func(t *bench) error { return t.book(t.request(oslo(2026, 12, 1, 9, 30))) }, timebok.ErrRefused, booking.SlotTaken},
	{"outside working hours", func(t *bench) error { return t.book(t.request(oslo(2026, 12, 2, 19, 0))) }, timebok.ErrRefused, booking.OutsideHours},
	{"over cap", func(t *bench) error {
		starts, err := booking.Weekly(oslo(2027, 1, 5, 9, 0), 3, 1, timebok.OsloZone)
		check(err)
		return t.try(func(ctx context.Context, tx storage.Tx) error {
			_, _, err := t.desk.BookAll(ctx, tx, t.ola, t.request(time.Time{}), starts)
			return err
		})
	}, timebok.ErrRefused, series.Exhausted},
	{"wrong state", func(t *bench) error {
		return t.try(func(ctx context.Context, tx storage.Tx) error {
			_, err := t.desk.Confirm(ctx, tx, t.ola, t.b.ID, t.b.Version)
			return err
		})
	}, timebok.ErrRefused, booking.WrongState},
	{"stale version", func(t *bench) error {
		return t.try(func(ctx context.Context, tx storage.Tx) error {
			_, err := t.desk.Cancel(ctx, tx, t.ola, t.b.ID, t.b.Version+1, booking.ByClient)
			return err
		})
	}, timebok.ErrConflict, nil},
	{"invalid org number", func(*bench) error {
		_, err := timebok.ParseOrgNumber("123456789")
		return err
	}, timebok.ErrInvalid, timebok.BadOrgNumber},
	{"no org number", func(t *bench) error {
		t.addCase("NOORG", func(c *insurance.Case) { c.Payer.Org = timebok.OrgNumber{} })
		return t.search("NOORG")
	}, timebok.ErrInvalid, timebok.Missing},
	{"missing TreatmentId", func(t *bench) error {
		return t.try(func(ctx context.Context, tx storage.Tx) error {
			_, err := t.desk.Book(ctx, tx, t.ola, t.uncoded(tx))
			return err
		})
	}, timebok.ErrRefused, booking.NoTreatmentCode},
	{"missing TreatmentId on the invoice", func(t *bench) error {
		return t.try(func(ctx context.Context, tx storage.Tx) error {
			r := t.uncoded(tx)
			r.Override = booking.Waive("koden kommer", booking.NoTreatmentCode)
			b, err := t.desk.Book(ctx, tx, t.ola, r)
			if err != nil {
				return err
			}
			t.now = r.Start.AddDate(0, 0, 1)
			if _, err = t.desk.Complete(ctx, tx, t.ola, b.ID, b.Version); err != nil {
				return err
			}
			drafts, err := t.biller.DraftFor(ctx, tx, t.ola, b.Series, timebok.ClientID{})
			if err != nil {
				return err
			}
			_, err = t.biller.Issue(ctx, tx, t.ola, drafts[0].ID, drafts[0].Version)
			return err
		})
	}, timebok.ErrRefused, invoice.NoTreatment},
	{"a service that can't be", func(t *bench) error {
		return t.try(func(ctx context.Context, tx storage.Tx) error {
			s, err := tx.Service(ctx, t.therapy)
			if err != nil {
				return err
			}
			s.Version++
			s.Duration, s.Price = 0, timebok.Kroner(-1)
			tx.Save(s)
			_, err = t.desk.Book(ctx, tx, t.ola, t.request(oslo(2026, 12, 3, 9, 0)))
			return err
		})
	}, timebok.ErrInvalid, timebok.BadMoney},
}

// uncoded asks for a service that the network has no code of.
func (t *bench) uncoded(tx storage.Tx) booking.Request {
	service := timebok.Service{
		ID: timebok.DeriveID[timebok.Service]("uncoded"), Version: 1, Name: "Samtale", Duration: time.Hour,
		VAT: timebok.HealthService,
	}
	tx.Save(service)
	r := t.request(oslo(2026, 12, 3, 9, 0))
	r.Service = service.ID
	return r
}

// Every refusal is typed, has a text in each language without a gap in it, tells
// nothing of the client, and leaves nothing half-done.
func TestBadInput(t *testing.T) {
	for _, backend := range backends {
		for _, bad := range badInputs {
			t.Run(backend+"/"+bad.name, func(t *testing.T) {
				b := newBench(backend)
				defer b.close()
				before := b.contents()
				err := bad.do(b)
				if !errors.Is(err, bad.kind) {
					t.Fatalf("got %v, want %v", err, bad.kind)
				}
				if bad.rule != nil && !errors.Is(err, bad.rule) {
					t.Errorf("got %v, want the rule %s", err, bad.rule.Code())
				}
				checkTexts(t, err)
				if personal.MatchString(err.Error()) {
					t.Errorf("the error tells of the client: %v", err)
				}
				if diff := cmp.Diff(before, b.contents()); diff != "" || len(before) < 10 {
					t.Errorf("of %d records something was changed, or left behind (-before +after):\n%s", len(before), diff)
				}
			})
		}
	}
}

// checkTexts checks the texts of an error's reasons, of which there is one at least,
// in every language.
func checkTexts(t *testing.T, err error) {
	t.Helper()
	reasons := timebok.ReasonsOf(err)
	if len(reasons) == 0 {
		t.Errorf("%v can't be shown to people", err)
	}
	for _, r := range reasons {
		for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
			if text := r.Text(l); text == "" || strings.ContainsAny(text, "{}") {
				t.Errorf("%s in %s: %q", r.Code(), l, text)
			}
		}
	}
}

// personal matches what tells who kari is: her names, e-mail address, birth number.
var personal = regexp.MustCompile(`(?i)kari|demovik|109155.?96784`)

// All that is wrong is said at once.
func TestAllReasonsAtOnce(t *testing.T) {
	for _, backend := range backends {
		t.Run(backend, func(t *testing.T) {
			b := newBench(backend)
			defer b.close()
			b.update(func(ctx context.Context, tx storage.Tx) error {
				_, err := b.desk.ChangeSeries(ctx, tx, b.ola, b.s.ID, b.s.Version, "series.correct",
					func(s series.Series, _ series.Use) (series.Series, error) {
						return s.Correct(series.Override{Why: "test", Caps: []series.Cap{series.Sessions(1)}, ValidTo: new(date.New(2026, 12, 1))})
					})
				return err
			})
			err := b.book(b.request(oslo(2026, 12, 25, 20, 0)))
			var no *timebok.Refusal
			if !errors.As(err, &no) {
				t.Fatal(err)
			}
			for _, rule := range []*timebok.Rule{booking.Holiday, series.Expired, series.Exhausted} {
				if !no.Reasons.Has(rule) {
					t.Errorf("%s is not among %v", rule.Code(), no.Reasons.Codes())
				}
			}
		})
	}
}
