package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/rest"
)

// The program says where it listens and with which secrets, and serves the contract
// with what its flags say; somebody books what is free, and it ends when told.
func TestProgram(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	lines, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, out, []string{"-listen", "localhost:0", "-duplicate", "0.5", "-demo", "1ms"})
		out.Close()
	}()
	said := map[string]string{}
	in := bufio.NewScanner(lines)
	for in.Scan() {
		name, value, _ := strings.Cut(in.Text(), " ")
		said[name] = value
		if name == "listening" {
			break
		}
	}
	address := strings.TrimPrefix(said["listening"], "at ")
	keys := func(context.Context, string) (timebok.Private, error) { return timebok.Hide(said["key:"]), nil }
	client, err := rest.New(timebok.Behandlernettverk, address, keys, nil)
	if err != nil {
		t.Fatal(err, said)
	}
	clinic := insurance.Connection{Network: timebok.Behandlernettverk, Account: "klinikk-1", Status: insurance.Connected}
	start := time.Now().AddDate(0, 0, 1).Truncate(time.Hour).UTC()
	var free []timebok.Period
	for i := range 20 {
		free = append(free, timebok.Lasting(start.Add(time.Duration(i)*time.Hour), 45*time.Minute))
	}
	err = client.Publish(ctx, clinic, insurance.Availability{
		Practitioner: "anne-1", Treatment: "PSY45", Within: timebok.Lasting(start, 30*time.Hour), Free: free,
	})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[insurance.EventKind]bool{}
	for cursor := ""; len(kinds) < 3; {
		page, err := client.Events(ctx, clinic, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			kinds[e.Kind] = true
			if err := e.Validate(); err != nil {
				t.Fatal(err)
			}
			c, err := client.Lookup(ctx, clinic, e.Booking.CaseNumber, time.Now())
			if err != nil || c.BirthDate == nil || *c.BirthDate == (date.Date{}) {
				t.Fatal(c, err)
			}
		}
		cursor = page.Next
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestProgramIsMisused(t *testing.T) {
	for _, args := range [][]string{{"-secret", "short"}, {"-nonsense"}, {"-duplicate", "x"}, {"-listen", "nowhere:at:all"}} {
		if err := run(t.Context(), io.Discard, args); err == nil || errors.Is(err, http.ErrServerClosed) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
