package sqlite_test

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/storage/storagetest"
	modernc "modernc.org/sqlite"
)

const (
	handWith  = `SELECT inactive FROM practitioner WHERE clinic_id = ? AND id = ?`
	handCase  = `SELECT closed_at FROM series WHERE clinic_id = ? AND id = ?`
	handCount = `SELECT count(*) FROM booking WHERE clinic_id = ? AND series_id = ? AND state <> 'cancelled'`
	handProbe = `SELECT occupied_to FROM booking WHERE clinic_id = ? AND practitioner_id = ? AND active AND starts < ? ORDER BY starts DESC LIMIT 1`
	handBook  = `INSERT INTO booking (clinic_id, id, version, sequence, client_id, practitioner_id, service_id, series_id, starts, ends,
		buffer_before, buffer_after, zone, treatment, price_ore, billing_payer_id, billing_method, billing_why, origin, external_network,
		external_id, state, invited_at, reply, overrides, charges, cancelled_reason, cancelled_by, cancelled_at, cancelled_late,
		occupied_from, occupied_to, active, overlap_allowed, place)
		VALUES (?1, ?2, 1, 1, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 'Europe/Oslo', 'PSY45', 145000, NULL, 'email', '', 'manual', '', '', 'booked',
		NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, ?7, ?8, 1, 0,
		(SELECT coalesce(max(place) + 1, ?9) FROM booking WHERE place >= ?9 AND place < ?9 + 1048576))`
	handAudit = `INSERT INTO audit (clinic_id, id, at, by_user, by_role, by_clinic_id, action, on_kind, on_id, on_version, client_id, codes)
		VALUES (?1, ?2, ?3, 'u-1', 'practitioner', ?1, 'booking.book', 'booking', ?4, 1, ?5, NULL)`
	handMessage = `INSERT INTO message (clinic_id, id, kind, about_kind, about_id, about_version, client_id, due, sequence, data)
		VALUES (?1, ?2, 'mail.practitioner', 'booking', ?2, 1, ?3, ?4, 1, '{"what":"booked"}')`
)

// A hand writes bookings: one goroutine that has the connection, and takes those
// who wait into one transaction, each in a savepoint.
type hand struct {
	conn  driver.Conn
	stmts map[string]driver.Stmt
	queue chan *handed
}

// A handed is a booking to write by hand.
type handed struct {
	clinic, id, with, client, service, in, audit []byte
	start, end, now, place                       int64
	err                                          error // of its own
	done                                         chan error
}

func newHand(b testing.TB, path string) *hand {
	b.Helper()
	conn, err := (&modernc.Driver{}).Open("file:" + path)
	if err != nil {
		b.Fatal(err)
	}
	h := &hand{conn: conn, stmts: map[string]driver.Stmt{}, queue: make(chan *handed, 128)}
	if _, err := conn.(driver.ExecerContext).ExecContext(b.Context(), "PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY", nil); err != nil {
		b.Fatal(err)
	}
	over := make(chan struct{})
	b.Cleanup(func() {
		close(h.queue)
		<-over
		for _, s := range h.stmts {
			_ = s.Close()
		}
		_ = conn.Close()
	})
	go func() {
		defer close(over)
		for first := range h.queue {
			h.write(first)
		}
	}()
	return h
}

func (h *hand) book(_ context.Context, l *lane, n int64) error {
	p, c, x := l.of(n)
	id, audit := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	start := l.slot(n)
	w := &handed{
		clinic: l.clinic.Clinic.ID[:], id: id[:], with: p[:], client: c[:], service: l.clinic.Talk.ID[:], in: x[:], audit: audit[:],
		start: start.UnixMicro(), end: start.Add(45 * time.Minute).UnixMicro(), now: storagetest.Monday.UnixMicro(),
		place: int64(binary.BigEndian.Uint64(c[8:])&(1<<27-1)) << 20, done: make(chan error, 1),
	}
	h.queue <- w
	return <-w.done
}

// write writes a booking and those that wait, until nobody does.
func (h *hand) write(w *handed) {
	began := time.Now()
	group := []*handed{w}
	_, err := h.run("BEGIN IMMEDIATE")
	for next := w; next != nil && err == nil; {
		err = h.writeOne(next, len(group) > 1)
		next = nil
		if len(group) < 128 && time.Since(began) < 10*time.Millisecond {
			select {
			case more, ok := <-h.queue:
				if ok {
					next, group = more, append(group, more)
				}
			default:
			}
		}
	}
	if err == nil {
		_, err = h.run("COMMIT")
	}
	if err != nil {
		_, _ = h.run("ROLLBACK")
	}
	for _, w := range group {
		w.done <- errors.Join(w.err, err)
	}
}

func (h *hand) writeOne(w *handed, shared bool) error {
	if shared {
		if _, err := h.run("SAVEPOINT hand"); err != nil {
			return err
		}
	}
	if w.err = h.allowed(w); w.err == nil {
		for _, s := range []struct {
			sql  string
			args []any
		}{
			{handBook, []any{w.clinic, w.id, w.client, w.with, w.service, w.in, w.start, w.end, w.place}},
			{handAudit, []any{w.clinic, w.audit, w.now, w.id, w.client}},
			{handMessage, []any{w.clinic, w.id, w.client, w.now}},
		} {
			if _, w.err = h.run(s.sql, s.args...); w.err != nil {
				break
			}
		}
	}
	if !shared {
		return w.err
	}
	if w.err != nil {
		if _, err := h.run("ROLLBACK TO hand"); err != nil {
			return err
		}
	}
	_, err := h.run("RELEASE hand")
	return err
}

func (h *hand) allowed(w *handed) error {
	inactive, err := h.read(handWith, w.clinic, w.with)
	closed, err2 := h.read(handCase, w.clinic, w.in)
	used, err3 := h.read(handCount, w.clinic, w.in)
	taken, err4 := h.read(handProbe, w.clinic, w.with, w.end)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return err
	}
	if to, ok := taken.(int64); ok && to > w.start {
		return booking.SlotTaken
	}
	if n, _ := used.(int64); inactive != int64(0) || closed != nil || n >= 1000 {
		return fmt.Errorf("refused: %d sessions used", n)
	}
	return nil
}

// run executes a statement.
func (h *hand) run(sql string, args ...any) (driver.Result, error) {
	s, err := h.prepared(sql)
	if err != nil {
		return nil, err
	}
	return s.(driver.StmtExecContext).ExecContext(context.Background(), handArgs(args))
}

// read returns the one value of the one row of a query, nil if there is none.
func (h *hand) read(sql string, args ...any) (any, error) {
	s, err := h.prepared(sql)
	if err != nil {
		return nil, err
	}
	rows, err := s.(driver.StmtQueryContext).QueryContext(context.Background(), handArgs(args))
	if err != nil {
		return nil, err
	}
	var row [1]driver.Value
	if err = rows.Next(row[:]); errors.Is(err, io.EOF) {
		err = nil
	}
	return row[0], errors.Join(err, rows.Close())
}

func handArgs(args []any) []driver.NamedValue {
	out := make([]driver.NamedValue, len(args))
	for i, a := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return out
}

func (h *hand) prepared(sql string) (driver.Stmt, error) {
	if s, ok := h.stmts[sql]; ok {
		return s, nil
	}
	s, err := h.conn.(driver.ConnPrepareContext).PrepareContext(context.Background(), sql)
	if err == nil {
		h.stmts[sql] = s
	}
	return s, err
}
