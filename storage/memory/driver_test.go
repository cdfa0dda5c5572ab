package memory_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/storagetest"
)

// Updates of different clinics don't wait for each other, even inside each other.
func TestClinicsDoNotWait(t *testing.T) {
	s := storage.New(memory.New(), nil)
	a, b := storagetest.NewClinic("A"), storagetest.NewClinic("B")
	err := s.Update(t.Context(), a.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
		tx.Save(a.Records()...)
		b.Save(t, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What Views and the relay write while an Update is open is kept beside what the
// Update writes.
func TestWritersBesideAnUpdate(t *testing.T) {
	d := memory.New()
	s, c := storage.New(d, nil), storagetest.NewClinic("A")
	c.Save(t, s)
	message := func() timebok.Message {
		return timebok.Message{ID: timebok.New[timebok.Message](timebok.Source{}), Kind: "k", Due: storagetest.Monday}
	}
	audit := func(action string) timebok.AuditEntry {
		return timebok.Audit(timebok.Source{}, c.Actor(), action, c.Ola, c.Ola.ID)
	}
	first, second := message(), message()
	update := func(records ...timebok.Record) error {
		return s.Update(t.Context(), c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(records...)
			if len(records) == 1 {
				return nil
			}
			leased, err := d.Lease(t.Context(), storage.LeaseRequest{
				Token: "t", Now: storagetest.Monday, Until: storagetest.Monday.Add(time.Hour), Limit: 1,
			})
			if err != nil || len(leased) != 1 {
				return errors.Join(err, errors.New("nothing leased"))
			}
			done, err := d.Done(t.Context(), storage.LeaseKey{Token: "t", Clinic: c.Clinic.ID, ID: first.ID})
			if !done || err != nil {
				return errors.Join(err, errors.New("not done"))
			}
			return s.View(t.Context(), c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
				tx.Save(audit("view"))
				return nil
			})
		})
	}
	if err := update(first); err != nil {
		t.Fatal(err)
	}
	if err := update(second, audit("update")); err != nil {
		t.Fatal(err)
	}
	var actions []string
	var queued []timebok.MessageID
	err := s.View(t.Context(), c.Clinic.ID, func(ctx context.Context, tx storage.Tx) error {
		for e, err := range tx.Audit(ctx, storage.AuditFilter{}) {
			if err != nil {
				return err
			}
			actions = append(actions, e.Action)
		}
		for q, err := range tx.Messages(ctx, storage.MessageFilter{}) {
			if err != nil {
				return err
			}
			queued = append(queued, q.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(actions) != 2 || len(queued) != 1 || queued[0] != second.ID {
		t.Errorf("audit %v, queued %v; want both entries, and the second message", actions, queued)
	}
}

func TestClose(t *testing.T) {
	d := memory.New()
	c := storagetest.NewClinic("A")
	c.Save(t, storage.New(d, nil))
	for range 2 {
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, begin := d.Begin(t.Context(), c.Clinic.ID, true)
	_, lease := d.Lease(t.Context(), storage.LeaseRequest{})
	_, done := d.Done(t.Context(), storage.LeaseKey{Clinic: c.Clinic.ID})
	for _, err := range []error{begin, lease, done} {
		if !errors.Is(err, timebok.ErrUnavailable) {
			t.Errorf("after Close: %v, want %v", err, timebok.ErrUnavailable)
		}
	}
}

// What is no record, or is never deleted, fails the commit.
func TestNoRecord(t *testing.T) {
	s, c := storage.New(memory.New(), nil), storagetest.NewClinic("A")
	c.Save(t, s)
	pointer := c.Ola
	for _, r := range []timebok.Record{
		&pointer, strange{}, timebok.Deletion{Of: timebok.Ref{Kind: timebok.KindAudit, Version: 1}}, timebok.Deletion{},
	} {
		err := s.Update(t.Context(), c.Clinic.ID, func(_ context.Context, tx storage.Tx) error {
			tx.Save(r)
			return nil
		})
		if err == nil {
			t.Errorf("saved a %T", r)
		}
	}
}

type strange struct{}

func (strange) Ref() timebok.Ref { return timebok.Ref{Kind: "strange", Version: 1} }
