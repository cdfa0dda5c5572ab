// Network is a simulated Behandlernettverk for journals that speak insurance/rest:
// clients book there, the clinic hears of it by webhook and feed, and the payer
// checks the EHF that it is sent.
//
//	go run ./examples/network -key KEY -hook http://localhost:8080/hooks/klinikk-1 -secret whsec_...
//
// With -demo 5s somebody made up books one of the free times that the clinic has
// published every five seconds, and now and then moves or calls off. The faults are
// flags: -duplicate, -reorder, -delay, -lose, -jump, -fail, -timeout (shares from 0
// to 1, the same for the same -seed) and -hang. Other things happen by its control
// API, which package behandlernettverk describes:
//
//	curl localhost:8090/control/cases -d '{"number":"6QPTR","born":"1990-04-01"}'
//	curl localhost:8090/ehf --data-binary @invoice.xml
//
// It keeps everything in memory, and listens on this machine only unless -listen
// says otherwise: the control has no keys.
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
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/examples/network/behandlernettverk"
	"github.com/timebok/timebok/insurance/rest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "network:", err)
		os.Exit(1)
	}
}

// run serves the network until the context ends.
func run(ctx context.Context, out io.Writer, args []string) error {
	flags := flag.NewFlagSet("network", flag.ContinueOnError)
	flags.SetOutput(out)
	listen := flags.String("listen", "localhost:8090", "`address` to listen at")
	account := flags.String("account", "klinikk-1", "the clinic's `account`")
	key := flags.String("key", "", "the clinic's bearer `key`; none: a new one, which is printed")
	hook := flags.String("hook", "", "`URL` of the clinic's webhooks; none: no webhooks")
	secret := flags.String("secret", "", "the webhooks' `secret`; none: a new one, which is printed")
	demo := flags.Duration("demo", 0, "let something happen each `time`; 0: nothing")
	var o behandlernettverk.Options
	f := &o.Faults
	flags.BoolVar(&o.Terms, "terms", false, "events carry the terms of their case")
	for name, share := range map[string]*float64{
		"duplicate": &f.Duplicate, "reorder": &f.Reorder, "delay": &f.Delay, "lose": &f.Lose,
		"jump": &f.JumpBack, "fail": &f.Fail, "timeout": &f.Timeout,
	} {
		flags.Float64Var(share, name, 0, "`share` of this fault, from 0 to 1")
	}
	flags.Uint64Var(&f.Seed, "seed", 1, "of the faults")
	flags.DurationVar(&f.Hang, "hang", 0, "`time` before a lost answer breaks off")
	if err := flags.Parse(args); err != nil {
		return err
	}
	clinic := behandlernettverk.Clinic{Account: *account, Key: timebok.Hide(*key), Hook: *hook, Secret: timebok.Hide(*secret)}
	if clinic.Key.IsZero() {
		clinic.Key = rest.NewSecret()
		fmt.Fprintln(out, "key:", clinic.Key.Reveal())
	}
	if clinic.Secret.IsZero() {
		clinic.Secret = rest.NewSecret()
		fmt.Fprintln(out, "secret:", clinic.Secret.Reveal())
	}
	if err := rest.Sign(http.Header{}, "", time.Now(), nil, clinic.Secret); err != nil {
		return err
	}
	o.Clinics = []behandlernettverk.Clinic{clinic}
	return serve(ctx, out, *listen, behandlernettverk.New(&o), *demo)
}

func serve(ctx context.Context, out io.Writer, address string, n *behandlernettverk.Network, demo time.Duration) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "listening at http://%s\n", listener.Addr())
	go n.Run(ctx)
	if demo > 0 {
		go n.Demo(ctx, demo)
	}
	server := &http.Server{Handler: n.Handler(), ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
