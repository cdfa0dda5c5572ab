// Quickstart is the main job of Timebok on embedded defaults: a client books at the
// provider network, the therapist goes on by hand, and the insurer gets its EHF.
//
//	go run ./examples/quickstart -out DIR
//
// It keeps its database and the invoices in DIR (a new temporary folder without
// -out) and can be run again on the same folder: what is done stays done.
// Everyone in it is made up. So is the time: the program begins on Monday 23
// November 2026 at eight, so that it prints the same each time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
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

func main() {
	dir := flag.String("out", "", "folder for the database and the invoices (default: a new temporary one)")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// A journal is a host in miniature: a store, the desk, and the world outside.
type journal struct {
	out   io.Writer
	now   time.Time
	store *storage.Store
	by    timebok.Actor

	desk    *booking.Desk
	cases   *insurance.Cases
	intake  *insurance.Intake
	biller  *invoice.Biller
	network *networktest.Fake
	relay   *outbox.Relay
	mail    sync.Mutex // the relay's handlers work side by side
}

// run goes through the article's steps in order.
func run(ctx context.Context, out io.Writer, dir string) (err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "timebok-quickstart-"); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	fmt.Fprintln(out, "Folder:", dir)
	j, err := open(ctx, out, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.store.Close()) }()
	for _, step := range []func(context.Context) error{
		j.setUp, j.connect, j.networkBooks, j.showCalendar, j.showClient,
		j.bookFollowUps, j.moveOne, j.cancelOne, j.bookTooMany,
		j.hold, j.issue, j.credit,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil {
		return err
	}
	j.say("The access point's spool")
	for _, f := range files {
		j.tell("%s", filepath.Base(f))
	}
	return nil
}

// open wires the library to its embedded defaults: SQLite, a network that behaves,
// mail that is only shown, and a spool folder for the access point.
func open(ctx context.Context, out io.Writer, dir string) (*journal, error) {
	j := &journal{out: out, now: oslo(2026, 11, 23, 8, 0), by: timebok.Actor{User: "ola", Role: timebok.PractitionerRole, Clinic: clinicID}}
	src := timebok.Source{Now: func() time.Time { return j.now }}
	path := filepath.Join(dir, "timebok.db")
	if err := sqlite.Migrate(ctx, path, nil); err != nil {
		return nil, err
	}
	db, err := sqlite.Open(path, nil)
	if err != nil {
		return nil, err
	}
	j.store = storage.New(db, nil)
	j.desk = &booking.Desk{Source: src, CaseMaxAge: 30 * 24 * time.Hour}
	j.cases = &insurance.Cases{Source: src}
	j.intake = &insurance.Intake{Source: src, Desk: j.desk, Update: storage.In[insurance.Tx](j.store.Update)}
	j.biller = &invoice.Biller{Source: src, Format: ehf.Format{}}
	j.network = newNetwork(src)

	post := &notice.Post{View: storage.In[booking.Tx](j.store.View), Mailer: notice.MailerFunc(j.showMail)}
	reporter := &insurance.Reporter{View: storage.In[insurance.Tx](j.store.View), Networks: []insurance.Network{j.network}}
	sender := &invoice.Sender{
		Transport: &spool.Dir{Path: dir}, Biller: j.biller,
		View: storage.In[invoice.Tx](j.store.View), Update: storage.In[invoice.Tx](j.store.Update),
	}
	j.relay = &outbox.Relay{Store: j.store, Source: src, Handlers: map[timebok.MessageKind]timebok.Handler{
		booking.MailPractitioner: post,
		booking.MailClient:       post,
		booking.ReportNetwork:    reporter,
		insurance.AckNetwork:     reporter,
		invoice.SubmitInvoice:    sender,
	}}
	return j, nil
}

// update runs a command in a transaction, view a reading.
func (j *journal) update(ctx context.Context, fn func(ctx context.Context, tx storage.Tx) error) error {
	return j.store.Update(ctx, clinicID, fn)
}

func (j *journal) view(ctx context.Context, fn func(ctx context.Context, tx storage.Tx) error) error {
	return j.store.View(ctx, clinicID, fn)
}

// deliver lets the relay perform what the commands left in the outbox.
func (j *journal) deliver(ctx context.Context) error {
	_, err := j.relay.RunOnce(ctx)
	return err
}

func (j *journal) showMail(_ context.Context, m notice.Mail) error {
	j.mail.Lock()
	defer j.mail.Unlock()
	j.tell("E-mail to %s: «%s»", m.To.Reveal(), m.Subject)
	for line := range lines(m.Text) {
		j.tell("    %s", line)
	}
	return nil
}

// say prints the heading of a step, tell a line below it.
func (j *journal) say(heading string) { fmt.Fprintf(j.out, "\n%s\n", heading) }

func (j *journal) tell(format string, args ...any) { fmt.Fprintf(j.out, "  "+format+"\n", args...) }
