package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
	"github.com/timebok/timebok/insurance/rest"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/storagetest"
)

// A journal is wired to a network both ways: it receives webhooks and polls the
// feed, and what came by one is no news by the other.
func Example() {
	ctx := context.Background()
	clinic := storagetest.NewClinic("Fjordgløtt")
	store := storage.New(memory.New(), nil)
	clock := timebok.Source{Now: func() time.Time { return storagetest.Monday }}

	// The network's side, here a Fake that is served.
	fake := networktest.New(&networktest.Options{Source: clock})
	keys := func(_ context.Context, account string) (timebok.Private, error) {
		if account != "klinikk-1" {
			return timebok.Private{}, nil
		}
		return timebok.Hide("the clinic's key"), nil
	}
	there := httptest.NewServer(rest.Serve(fake, keys))
	defer there.Close()

	// The clinic's side.
	network, err := rest.New(fake.Name(), there.URL, keys, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	intake := &insurance.Intake{Source: clock, Update: storage.In[insurance.Tx](store.Update)}
	secret := rest.NewSecret()
	mux := http.NewServeMux()
	mux.Handle("POST /hooks/{account}", &rest.Receiver{
		Source: clock, Network: network, Take: intake.Take,
		Hook: func(_ context.Context, account string) (rest.Hook, error) {
			if account != "klinikk-1" {
				return rest.Hook{}, &timebok.NotFoundError{}
			}
			return rest.Hook{Clinic: clinic.Clinic.ID, Secrets: []timebok.Private{secret}}, nil
		},
	})
	here := httptest.NewServer(mux)
	defer here.Close()
	err = store.Update(ctx, clinic.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(clinic.Clinic, clinic.Company, clinic.Anne, clinic.Schedule(clinic.Anne.ID), clinic.Talk, fake.Connection())
		return nil
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// A client books, and the network sends its webhook.
	born := date.New(1990, 4, 1)
	fake.AddCase(networktest.NewCase("6QPTR", born))
	event := fake.Book(insurance.ExternalBooking{
		ID: "B-17", Practitioner: "anne-1", Treatment: "PSY45", Start: storagetest.Monday.Add(26 * time.Hour),
		CaseNumber: "6QPTR", Client: networktest.NewPerson("Kari Prøve", born),
	})
	for _, signedWith := range []timebok.Private{secret, secret, rest.NewSecret()} {
		body := rest.WriteWebhook(event)
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, here.URL+"/hooks/klinikk-1", bytes.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		request.Header.Set("Content-Type", "application/json")
		if err := rest.Sign(request.Header, event.ID, clock.Time(), body, signedWith); err != nil {
			fmt.Println(err)
			return
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			fmt.Println(err)
			return
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		fmt.Print(answer.Status, " ", string(text), err, "\n")
	}

	tally, err := intake.Poll(ctx, clinic.Clinic.ID, network)
	fmt.Println("polled:", tally, err)
	// Output:
	// 200 OK {"event":"B-17/1","result":"new"}
	// <nil>
	// 200 OK {"event":"B-17/1","result":"identical"}
	// <nil>
	// 401 Unauthorized {"title":"Unauthorized","status":401}
	// <nil>
	// polled: map[identical:1] <nil>
}
