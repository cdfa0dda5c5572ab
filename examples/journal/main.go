// Journal is a small journal system on Timebok, in a browser: calendar, clients,
// inbox, invoicing and settings, with a simulated Behandlernettverk built in.
//
//	go run ./examples/journal -addr 127.0.0.1:8080 -db FILE
//
// Without -db it begins anew each time, with a database in a temporary folder.
// Everyone in it is made up, and so is the sign-in: whoever opens the page chooses
// who to be. Sessions, protection against forged requests and the headers are real.
//
// One page is one file here and one in templates: calendar.go and grid.go show the
// calendar, panel.go, choices.go and event.go «Ny hendelse», booking.go one booking,
// clients.go and client.go the clients, inbox.go, billing.go, invoice.go and
// settings.go the rest. journal.go wires the library, web.go is what every page
// needs, session.go who asks, and clinic.go and network.go what is made up.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to serve on")
	db := flag.String("db", "", "database file (default: in a new temporary folder)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout, *addr, *db); err != nil {
		fmt.Fprintln(os.Stderr, "journal:", err)
		os.Exit(1)
	}
}

// run opens the journal, prints where it is, and serves it until the context ends.
func run(ctx context.Context, out io.Writer, addr, db string) (err error) {
	if db == "" {
		dir, err := os.MkdirTemp("", "timebok-journal-")
		if err != nil {
			return err
		}
		db = filepath.Join(dir, "journal.db")
	}
	j, err := open(ctx, db, time.Now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.store.Close()) }()
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Database: %s\nJournal:  http://%s/\n", db, listener.Addr())
	return j.serve(ctx, listener)
}

// serve serves the pages and works in the background until the context ends.
func (j *journal) serve(ctx context.Context, listener net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	background := make(chan struct{})
	go func() {
		defer close(background)
		j.work(ctx)
	}()
	server := &http.Server{
		Handler: j.handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		BaseContext: func(net.Listener) context.Context { return ctx }, // ends the live streams
	}
	go func() {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(end)
	}()
	err := server.Serve(listener)
	stop()
	<-background
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
