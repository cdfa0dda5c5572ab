package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

var outbox = group{"Outbox", []clause{
	{"Messages are stored with the change that causes them.", []check{
		{"a message comes and goes with its change", messageWithChange},
	}},
	{"Lease gives a message to one worker at a time; when a lease runs out the message can be leased again.", []check{
		{"the longest due first, up to the limit", leaseOrder},
		{"only the kinds asked for", leaseKinds},
		{"leased by one at a time", leaseOnce},
		{"leased again when the lease runs out", leaseAgain},
		{"concurrent workers share nothing", leaseConcurrently},
	}},
	{"Done, Retry and Bury work only with the token of the present lease.", []check{
		{"done is gone", doneIsGone},
		{"retried is due later", retriedIsLater},
		{"buried is kept and can be requeued", buriedIsKept},
		{"a lost lease settles nothing", lostLease},
	}},
}}

// lease leases messages of every kind for ten minutes.
func (e *env) lease(token string, now time.Time, limit int, kinds ...timebok.MessageKind) []storage.Queued {
	e.Helper()
	got, err := e.driver.Lease(e.Context(), storage.LeaseRequest{
		Token: token, Now: now, Until: now.Add(10 * time.Minute), Limit: limit, Kinds: kinds,
	})
	if err != nil {
		e.Fatalf("Lease: %v", err)
	}
	return got
}

// settle fails unless Done, Retry or Bury said that it worked.
func (e *env) settle(ok bool, err error) {
	e.Helper()
	if !ok || err != nil {
		e.Errorf("with the token of the present lease: %v, %v; want true", ok, err)
	}
}

// refuse fails unless Done, Retry or Bury said that the lease was lost.
func (e *env) refuse(ok bool, err error) {
	e.Helper()
	if ok || err != nil {
		e.Errorf("without the token of the present lease: %v, %v; want false", ok, err)
	}
}

func (e *env) key(token string, m timebok.Message) storage.LeaseKey {
	return storage.LeaseKey{Token: token, Clinic: e.Clinic.ID, ID: m.ID}
}

// queued lists the messages of the clinic.
func (e *env) queued(f storage.MessageFilter) (out []storage.Queued) {
	e.Helper()
	e.view(func(ctx context.Context, tx storage.Tx) (err error) {
		out, err = collect(tx.Messages(ctx, f))
		return err
	})
	return out
}

func messageWithChange(e *env) {
	e.save(e.Clinic.Clinic)
	m := e.message("m", Monday)
	err := e.update(func(_ context.Context, tx storage.Tx) error {
		tx.Save(e.Ola, m)
		return errTest
	})
	if !errors.Is(err, errTest) {
		e.Fatal(err)
	}
	if got := e.lease("t", Monday, 10); len(got) > 0 || len(e.queued(storage.MessageFilter{})) > 0 {
		e.Errorf("leased %d messages of a change that was rolled back", len(got))
	}
	e.save(e.Ola, m)
	want := storage.Queued{Message: m, Clinic: e.Clinic.ID}
	if diff := same(e.queued(storage.MessageFilter{}), []storage.Queued{want}); diff != "" {
		e.Errorf("queued (-want +got):\n%s", diff)
	}
	want.Attempts = 1
	if diff := same(e.lease("t", Monday, 10), []storage.Queued{want}); diff != "" {
		e.Errorf("leased (-want +got):\n%s", diff)
	}
	wantError[*timebok.ExistsError](e, "a message whose ID is taken", e.trySave(m))
}

// names returns the IDs of messages.
func names(queued []storage.Queued) []timebok.MessageID {
	var out []timebok.MessageID
	for _, q := range queued {
		out = append(out, q.ID)
	}
	return out
}

func leaseOrder(e *env) {
	e.save(e.Clinic.Clinic)
	other := e.in(NewClinic("B"))
	other.save(other.Clinic.Clinic)
	want := make([]timebok.MessageID, 12)
	for i := range slices.Backward(want) { // the last first, in turn in two clinics
		at := e
		if i%2 == 1 {
			at = other
		}
		m := at.message(fmt.Sprint(i), Monday.Add(time.Duration(i)*time.Minute))
		want[i] = m.ID
		at.save(m)
	}
	now := Monday.Add(7 * time.Minute) // the eighth is due just then, the ninth is not
	var got []storage.Queued
	for i, limit := range []int{3, 4, 4} {
		more := e.lease(fmt.Sprint(i), now, limit)
		if len(more) > limit {
			e.Errorf("leased %d messages with a limit of %d", len(more), limit)
		}
		got = append(got, more...)
	}
	if diff := same(names(got), want[:8]); diff != "" {
		e.Errorf("leased (-want +got):\n%s", diff)
	}
	for _, q := range got {
		if q.Attempts != 1 {
			e.Errorf("message %v has %d attempts, want 1", q.ID, q.Attempts)
		}
	}
	if got := e.lease("d", now.Add(-time.Hour), 10); len(got) > 0 {
		e.Errorf("leased %d messages before they are due", len(got))
	}
}

func leaseKinds(e *env) {
	e.save(e.Clinic.Clinic)
	for i := range 9 {
		m := e.message(fmt.Sprint(i), Monday.Add(time.Duration(i)*time.Second))
		m.Kind = timebok.MessageKind([]string{"a", "b", "c"}[i%3])
		e.save(m)
	}
	now := Monday.Add(time.Hour)
	for _, q := range e.lease("t", now, 10, "b") {
		if q.Kind != "b" {
			e.Errorf("leased a message of kind %s, want only b", q.Kind)
		}
	}
	if got := e.lease("t2", now, 10, "a", "c"); len(got) != 6 || got[0].Kind != "a" || got[1].Kind != "c" {
		e.Errorf("leased %d messages of kinds a and c, want 6 by due time", len(got))
	}
	if got := e.lease("t3", now, 10, "d"); len(got) > 0 {
		e.Errorf("leased %d messages of a kind that there is none of", len(got))
	}
}

func leaseOnce(e *env) {
	e.save(e.Clinic.Clinic, e.message("m", Monday))
	if got := e.lease("a", Monday, 10); len(got) != 1 {
		e.Fatalf("leased %d messages, want 1", len(got))
	}
	for _, now := range []time.Time{Monday, Monday.Add(10*time.Minute - time.Microsecond)} {
		if got := e.lease("b", now, 10); len(got) > 0 {
			e.Errorf("leased by a second worker at %v", now)
		}
	}
}

func leaseAgain(e *env) {
	e.save(e.Clinic.Clinic, e.message("m", Monday))
	e.lease("a", Monday, 10)
	for i, now := range []time.Time{Monday.Add(10 * time.Minute), Monday.Add(time.Hour)} {
		got := e.lease(fmt.Sprint(i), now, 10)
		if len(got) != 1 || got[0].Attempts != i+2 {
			e.Fatalf("leased %+v after the lease ran out, want attempt %d", got, i+2)
		}
	}
}

func leaseConcurrently(e *env) {
	const messages, workers = 60, 6
	e.save(e.Clinic.Clinic)
	var all []timebok.Record
	for i := range messages {
		all = append(all, e.message(fmt.Sprint(i), Monday))
	}
	e.save(all...)
	var mu sync.Mutex
	times := map[timebok.MessageID]int{}
	parallel(workers, func(w int) {
		for round := range messages + 1 { // each has a message at least, or is the last
			got := e.lease(fmt.Sprintf("%d-%d", w, round), Monday, 4)
			mu.Lock()
			for _, q := range got {
				times[q.ID]++
			}
			mu.Unlock()
			if len(got) == 0 {
				return
			}
		}
	})
	for id, n := range times {
		if n != 1 {
			e.Errorf("message %v was leased %d times at once", id, n)
		}
	}
	if len(times) != messages {
		e.Errorf("leased %d messages, want %d", len(times), messages)
	}
}

// parallel runs f on n goroutines and waits for them.
func parallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

func doneIsGone(e *env) {
	m := e.message("m", Monday)
	e.save(e.Clinic.Clinic, m)
	e.lease("a", Monday, 10)
	e.settle(e.driver.Done(e.Context(), e.key("a", m)))
	e.wantNone(m)
	if got := e.lease("b", Monday.Add(time.Hour), 10); len(got) > 0 {
		e.Error("leased a message that is done")
	}
	e.refuse(e.driver.Done(e.Context(), e.key("a", m)))
}

func retriedIsLater(e *env) {
	m := e.message("m", Monday)
	e.save(e.Clinic.Clinic, m)
	e.lease("a", Monday, 10)
	later := Monday.Add(time.Hour)
	e.settle(e.driver.Retry(e.Context(), e.key("a", m), later, nasty))
	if got := e.lease("b", later.Add(-time.Microsecond), 10); len(got) > 0 {
		e.Error("leased before it is due again")
	}
	want := storage.Queued{Message: m, Clinic: e.Clinic.ID, Attempts: 1, Error: nasty}
	want.Due = later
	if diff := same(e.queued(storage.MessageFilter{}), []storage.Queued{want}); diff != "" {
		e.Errorf("queued (-want +got):\n%s", diff)
	}
	want.Attempts = 2
	if diff := same(e.lease("c", later, 10), []storage.Queued{want}); diff != "" {
		e.Errorf("leased (-want +got):\n%s", diff)
	}
}

func buriedIsKept(e *env) {
	m, other := e.message("m", Monday), e.message("other", Monday.Add(time.Hour))
	e.save(e.Clinic.Clinic, m, other)
	e.lease("a", Monday, 10)
	e.settle(e.driver.Bury(e.Context(), e.key("a", m), "gone for good"))
	if got := e.lease("b", Monday.Add(30*time.Minute), 10); len(got) > 0 {
		e.Error("leased a buried message")
	}
	want := storage.Queued{Message: m, Clinic: e.Clinic.ID, Attempts: 1, Buried: true, Error: "gone for good"}
	if diff := same(e.queued(storage.MessageFilter{Buried: new(true)}), []storage.Queued{want}); diff != "" {
		e.Errorf("buried (-want +got):\n%s", diff)
	}
	if got := e.queued(storage.MessageFilter{Buried: new(false)}); len(got) != 1 || got[0].ID != other.ID {
		e.Errorf("not buried: %+v, want the other message", got)
	}
	requeue := func(id timebok.MessageID) error {
		return e.update(func(ctx context.Context, tx storage.Tx) error {
			return tx.Requeue(ctx, id, Monday.Add(40*time.Minute))
		})
	}
	for _, id := range []timebok.MessageID{other.ID, e.message("none", Monday).ID} {
		wantError[*timebok.NotFoundError](e, "requeueing what is not buried", requeue(id))
	}
	err := e.update(func(ctx context.Context, tx storage.Tx) error {
		if err := tx.Requeue(ctx, m.ID, Monday.Add(40*time.Minute)); err != nil {
			return err
		}
		buried, err := collect(tx.Messages(ctx, storage.MessageFilter{Buried: new(true)}))
		if len(buried) > 0 {
			e.Error("the transaction that requeued it still sees it buried")
		}
		return errors.Join(err, errTest)
	})
	if !errors.Is(err, errTest) || len(e.queued(storage.MessageFilter{Buried: new(true)})) != 1 {
		e.Errorf("after a requeueing that was rolled back: %v", err)
	}
	if err := requeue(m.ID); err != nil {
		e.Fatal(err)
	}
	if got := e.lease("c", Monday.Add(39*time.Minute), 10); len(got) > 0 {
		e.Error("leased before the time it was requeued for")
	}
	got := e.lease("d", Monday.Add(40*time.Minute), 10)
	if len(got) != 1 || got[0].ID != m.ID || got[0].Attempts != 1 || got[0].Buried {
		e.Errorf("leased %+v after requeueing, want the message at its first attempt", got)
	}
	if err := e.store.View(e.Context(), e.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		return tx.Requeue(ctx, m.ID, Monday)
	}); err == nil {
		e.Error("a View requeued a message")
	}
}

func lostLease(e *env) {
	m := e.message("m", Monday)
	e.save(e.Clinic.Clinic, m)
	all := func(token string) {
		e.Helper()
		ctx, k := e.Context(), e.key(token, m)
		e.refuse(e.driver.Done(ctx, k))
		e.refuse(e.driver.Retry(ctx, k, Monday, "x"))
		e.refuse(e.driver.Bury(ctx, k, "x"))
	}
	all("")
	all("a")
	e.lease("a", Monday, 10)
	all("")
	all("b")
	e.lease("b", Monday.Add(time.Hour), 10)
	all("a") // it ran out, and another has it
	e.settle(e.driver.Retry(e.Context(), e.key("b", m), Monday.Add(2*time.Hour), "again"))
	all("b")
	if got := e.queued(storage.MessageFilter{}); len(got) != 1 || got[0].Attempts != 2 || got[0].Buried || got[0].Error != "again" {
		e.Errorf("queued %+v, want one message with two attempts", got)
	}
	key := e.key("b", m)
	key.Clinic = NewClinic("B").Clinic.ID
	e.refuse(e.driver.Done(e.Context(), key))
	if !slices.Equal(names(e.queued(storage.MessageFilter{})), []timebok.MessageID{m.ID}) {
		e.Error("the message is gone")
	}
}
