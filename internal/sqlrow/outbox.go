package sqlrow

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

var message = []column[timebok.Message]{
	key(func(m *timebok.Message) *timebok.MessageID { return &m.ID }),
	text("kind", func(m *timebok.Message) *timebok.MessageKind { return &m.Kind }),
	text("about_kind", func(m *timebok.Message) *timebok.Kind { return &m.About.Kind }),
	plainID("about_id", func(m *timebok.Message) *uuid.UUID { return &m.About.ID }),
	number("about_version", func(m *timebok.Message) *int64 { return &m.About.Version }),
	ref("client_id", func(m *timebok.Message) *timebok.ClientID { return &m.Client }),
	moment("due", func(m *timebok.Message) *time.Time { return &m.Due }),
	number("sequence", func(m *timebok.Message) *int64 { return &m.Sequence }),
	{"data",
		func(_ Dialect, m *timebok.Message) (any, error) {
			if m.Data == nil {
				return nil, nil
			}
			return string(m.Data), nil
		},
		func(d Dialect, m *timebok.Message, v any) error {
			s, err := d.GetText(v)
			m.Data = json.RawMessage(s)
			return err
		}},
}

func plainID[T any](name string, at func(*T) *uuid.UUID) column[T] {
	return column[T]{name,
		func(d Dialect, r *T) (any, error) { return putID(d, *at(r)), nil },
		func(d Dialect, r *T, v any) (err error) {
			*at(r), err = d.GetID(v)
			return err
		}}
}

// Messages is the outbox, as it is written with a change. Its further columns
// (attempts, buried, error, lease_token, leased_until) begin at their defaults
// and are the relay's.
var Messages = table("message", message)

// QueuedMessages is the outbox with what the relay wrote: to read it, and to import it.
var QueuedMessages = table("message",
	under(message, func(q *storage.Queued) *timebok.Message { return &q.Message }),
	[]column[storage.Queued]{
		readOnly(ref("clinic_id", func(q *storage.Queued) *timebok.ClinicID { return &q.Clinic })),
		number("attempts", func(q *storage.Queued) *int { return &q.Attempts }),
		flag("buried", func(q *storage.Queued) *bool { return &q.Buried }),
		text("error", func(q *storage.Queued) *string { return &q.Error }),
	})

// readOnly is a column that Values leaves out.
func readOnly[T any](c column[T]) column[T] {
	c.put = nil
	return c
}

// AuditEntries are added and never changed. IDs and codes only.
var AuditEntries = table("audit", []column[timebok.AuditEntry]{
	key(func(e *timebok.AuditEntry) *timebok.ID[timebok.AuditEntry] { return &e.ID }),
	moment("at", func(e *timebok.AuditEntry) *time.Time { return &e.At }),
	text("by_user", func(e *timebok.AuditEntry) *string { return &e.By.User }),
	text("by_role", func(e *timebok.AuditEntry) *timebok.Role { return &e.By.Role }),
	ref("by_clinic_id", func(e *timebok.AuditEntry) *timebok.ClinicID { return &e.By.Clinic }),
	text("action", func(e *timebok.AuditEntry) *string { return &e.Action }),
	text("on_kind", func(e *timebok.AuditEntry) *timebok.Kind { return &e.On.Kind }),
	plainID("on_id", func(e *timebok.AuditEntry) *uuid.UUID { return &e.On.ID }),
	number("on_version", func(e *timebok.AuditEntry) *int64 { return &e.On.Version }),
	ref("client_id", func(e *timebok.AuditEntry) *timebok.ClientID { return &e.Client }),
	list("codes", func(e *timebok.AuditEntry) *[]string { return &e.Codes }),
})
