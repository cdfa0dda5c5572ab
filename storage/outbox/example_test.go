package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
	"github.com/timebok/timebok/storage/storagetest"
)

// A booking leaves a mail to its client in the outbox. The mail server answers at
// the second attempt.
func ExampleRelay() {
	ctx := context.Background()
	store := storage.New(memory.New(), nil)
	clinic := storagetest.NewClinic("A") // made up
	now := storagetest.Monday
	clock := timebok.Source{Now: func() time.Time { return now }}
	desk := booking.Desk{Source: clock}

	err := store.Update(ctx, clinic.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		tx.Save(clinic.Records()...)
		request := clinic.Request(now.Add(26 * time.Hour))
		request.Invite = true
		_, err := desk.Book(ctx, tx, clinic.Actor(), request)
		return err
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	relay := outbox.Relay{
		Store: store,
		Handlers: map[timebok.MessageKind]timebok.Handler{
			booking.MailClient: timebok.HandlerFunc(func(_ context.Context, d timebok.Delivery) error {
				fmt.Printf("attempt %d: %s\n", d.Attempt, d.Data)
				if d.Attempt == 1 {
					return timebok.RetryAfter(time.Minute, errors.New("the mail server is busy"))
				}
				return nil
			}),
		},
		Source: clock,
	}
	for range 3 {
		report, err := relay.RunOnce(ctx)
		fmt.Printf("done %d, retried %d, error %v\n", report.Done, report.Retried, err)
		now = now.Add(time.Minute)
	}
	// Output:
	// attempt 1: {"what":"invited"}
	// done 0, retried 1, error <nil>
	// attempt 2: {"what":"invited"}
	// done 1, retried 0, error <nil>
	// done 0, retried 0, error <nil>
}
