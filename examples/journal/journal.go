package main

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
	"github.com/timebok/timebok/invoice/spool"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/sqlite"
)

// A journal is the host: a store, the use-cases on it, and the world outside.
type journal struct {
	now   func() time.Time
	zone  *time.Location
	store *storage.Store

	desk    *booking.Desk
	cases   *insurance.Cases
	intake  *insurance.Intake
	biller  *invoice.Biller
	network *networktest.Fake
	relay   *outbox.Relay

	mails    mailbox
	live     live
	sessions sessions
	pages    pages

	mu      sync.Mutex
	trouble bool     // the last poll failed
	drifts  []drift  // what the network has changed, newest first; gone with the process
	placed  []string // what the simulated network has booked
}

// open wires the library to its embedded defaults: SQLite in a file, a simulated
// network, mail that is only kept, and a spool folder for the access point.
func open(ctx context.Context, path string, now func() time.Time) (*journal, error) {
	if err := sqlite.Migrate(ctx, path, nil); err != nil {
		return nil, err
	}
	db, err := sqlite.Open(path, nil)
	if err != nil {
		return nil, err
	}
	src := timebok.Source{Now: now}
	j := &journal{now: now, zone: must(timebok.LoadZone(timebok.OsloZone)), store: storage.New(db, nil)}
	j.desk = &booking.Desk{Source: src, CaseMaxAge: 30 * 24 * time.Hour}
	j.cases = &insurance.Cases{Source: src}
	j.intake = &insurance.Intake{Source: src, Desk: j.desk, Update: storage.In[insurance.Tx](j.store.Update)}
	j.biller = &invoice.Biller{Source: src, Format: ehf.Format{}}
	j.network = newNetwork(src, j.today())
	j.pages = newPages()

	post := &notice.Post{
		Source: src, Mailer: &j.mails, View: storage.In[booking.Tx](j.store.View), From: clinicName,
		Organizer: func(timebok.ClinicID) timebok.EmailAddress { return clinicEmail },
	}
	reporter := &insurance.Reporter{View: storage.In[insurance.Tx](j.store.View), Networks: []insurance.Network{j.network}}
	sender := &invoice.Sender{
		Transport: &spool.Dir{Path: filepath.Dir(path)}, Biller: j.biller,
		View: storage.In[invoice.Tx](j.store.View), Update: storage.In[invoice.Tx](j.store.Update),
	}
	j.relay = &outbox.Relay{Store: j.store, Source: src, Handlers: map[timebok.MessageKind]timebok.Handler{
		booking.MailPractitioner: post,
		booking.MailClient:       post,
		booking.ReportNetwork:    reporter,
		insurance.AckNetwork:     reporter,
		invoice.SubmitInvoice:    sender,
		invoice.MailInvoice:      timebok.HandlerFunc(j.mailInvoice),
	}}
	if err := j.setUp(ctx); err != nil {
		return nil, errors.Join(err, j.store.Close())
	}
	return j, nil
}

// work polls the network and lets the relay perform messages until the context
// ends. What the pages do is performed at once; this is for what has to wait.
func (j *journal) work(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { _ = j.relay.Run(ctx) }) // its handlers are given above, so it has no error
	tick := time.NewTicker(2 * time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = j.poll(ctx) // shown in the inbox as trouble
		}
	}
}

// poll takes in what the network has, and tells the browsers if anything came.
func (j *journal) poll(ctx context.Context) error {
	tally, err := j.intake.Poll(ctx, clinicID, j.network)
	if errors.Is(err, insurance.NotConnected) {
		err = nil // the settings say so
	}
	j.mu.Lock()
	j.trouble = err != nil
	j.mu.Unlock()
	if tally[insurance.New]+tally[insurance.Changed]+tally[insurance.Quarantined] > 0 {
		err = errors.Join(err, j.deliver(ctx))
		j.live.tell("network")
	}
	return err
}

// deliver performs what a command left in the outbox, so that its mails are in the
// viewer when the next page is shown.
func (j *journal) deliver(ctx context.Context) error {
	_, err := j.relay.RunOnce(context.WithoutCancel(ctx))
	return err
}

func (j *journal) update(ctx context.Context, fn func(ctx context.Context, tx storage.Tx) error) error {
	return j.store.Update(ctx, clinicID, fn)
}

func (j *journal) view(ctx context.Context, fn func(ctx context.Context, tx storage.Tx) error) error {
	return j.store.View(ctx, clinicID, fn)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err) // a constant of this program is wrong
	}
	return v
}
