package sqlrow

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

var clinic = timebok.DeriveID[timebok.Clinic]("clinic")

// Every field of every record comes back as it went, filled in and empty.
func TestRoundTrip(t *testing.T) {
	roundTrip(t, Clinics)
	roundTrip(t, BillingParties)
	roundTrip(t, Practitioners)
	roundTrip(t, Clients)
	roundTrip(t, Services)
	roundTrip(t, Payers)
	roundTrip(t, PriceAgreements)
	roundTrip(t, SeriesTable)
	roundTrip(t, Bookings)
	roundTrip(t, Schedules)
	roundTrip(t, Absences)
	roundTrip(t, Connections)
	roundTrip(t, Events)
	roundTrip(t, Externals)
	roundTrip(t, Invoices)
	roundTrip(t, Numberings)
	roundTrip(t, Documents)
	roundTrip(t, Messages)
	roundTrip(t, AuditEntries)
}

func roundTrip[T timebok.Record](t *testing.T, table *Table[T]) {
	t.Run(table.Name(), func(t *testing.T) {
		var empty, full T
		derived := table.columns[0].get == nil
		if _, err := table.Values(SQLite{}, clinic, empty, nil); !derived && !errors.Is(err, ErrNoID) {
			t.Errorf("writing a record without an ID: %v", err)
		}
		fillID(&empty)
		fill(t, &full)
		for _, r := range []T{empty, full} {
			if err := again(t, table, r); err != nil {
				t.Error(err)
			}
		}
	})
}

// again writes a record and reads it.
func again[T timebok.Record](t *testing.T, table *Table[T], r T) error {
	t.Helper()
	written, err := table.Values(SQLite{}, clinic, r, nil)
	if err != nil {
		return err
	}
	for i, v := range written {
		if text, ok := v.(string); ok && strings.Contains(text, "[private]") {
			t.Errorf("%s.%s holds a mask: %s", table.Name(), table.Columns()[i], text)
		}
	}
	var row []any
	for _, name := range table.Reads() {
		row = append(row, written[slices.Index(table.Columns(), name)])
	}
	got, err := table.Scan(SQLite{}, row)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(r, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%T (-want +got):\n%s", r, diff)
	}
	return nil
}

func TestColumns(t *testing.T) {
	for _, k := range Kinds() {
		m := Of(k)
		if got := m.Columns(); got[0] != "clinic_id" || got[1] != "id" || m.HasVersion() != (got[2] == "version") {
			t.Errorf("%s begins with %v", m.Name(), got[:3])
		}
		for i, name := range m.Columns() {
			if slices.Index(m.Columns(), name) != i {
				t.Errorf("%s has %s twice", m.Name(), name)
			}
		}
	}
}

func TestQueuedReadsWhatMessageWrote(t *testing.T) {
	var m timebok.Message
	fill(t, &m)
	written, err := Messages.Values(SQLite{}, clinic, m, nil)
	if err != nil {
		t.Fatal(err)
	}
	extra := map[string]any{"attempts": int64(3), "buried": int64(1), "error": "mail: refused"}
	var row []any
	for _, name := range QueuedMessages.Reads() {
		if v, ok := extra[name]; ok {
			row = append(row, v)
			continue
		}
		row = append(row, written[slices.Index(Messages.Columns(), name)])
	}
	got, err := QueuedMessages.Scan(SQLite{}, row)
	want := storage.Queued{Message: m, Clinic: clinic, Attempts: 3, Buried: true, Error: "mail: refused"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Scan: %v (-want +got):\n%s", err, diff)
	}
}

// What can't be read is an error that names the column and holds no value.
func TestScanErrors(t *testing.T) {
	const secret = "Kari Prøvesen"
	var full timebok.Client
	fill(t, &full)
	for i, name := range Clients.Reads() {
		for _, bad := range []any{3.5, []byte(secret), secret} {
			row := make([]any, len(Clients.Reads()))
			row[i] = bad
			_, err := Clients.Scan(SQLite{}, row)
			if err == nil {
				continue // any text is a name
			}
			if !strings.HasPrefix(err.Error(), "client."+name+": ") || strings.Contains(err.Error(), secret) {
				t.Errorf("Scan of %T: %q", bad, err)
			}
		}
	}
	if _, err := Clients.Scan(SQLite{}, nil); err == nil {
		t.Error("a row without columns was read")
	}
	for _, text := range []string{"{", `{"Seller":` + secret} {
		row := make([]any, len(Invoices.Reads()))
		row[slices.Index(Invoices.Reads(), "debtor")] = text
		if _, err := Invoices.Scan(SQLite{}, row); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("Scan of bad JSON: %v", err)
		}
	}
}

func TestValuesRefusesOtherRecords(t *testing.T) {
	if _, err := Clients.Values(SQLite{}, clinic, timebok.Clinic{}, nil); err == nil {
		t.Error("a clinic was written as a client")
	}
}

// The JSON in the columns is a format: what is stored must be read by every later
// version. A change here needs a migration.
func TestStoredJSON(t *testing.T) {
	day := "2026-03-02"
	for _, tt := range []struct {
		name string
		got  func() (string, error)
		want string
	}{
		{"approvals", jsonOf(SeriesTable, "approvals", func(s *series.Series) {
			fill(t, &s.Approvals)
			s.Approvals = s.Approvals[:1]
		}), `[{"At":"2026-03-02T06:00:00.000001Z","Source":"text","By":{"User":"text","Role":"text","Clinic":"` + id + `"},"Note":"text",` +
			`"Terms":{"ValidFrom":"` + day + `","ValidTo":"` + day + `","Billing":{"To":{"Payer":"` + id + `"},"By":"text"},` +
			`"Caps":[{"Treatment":"text","Unit":"text","Sessions":7,"Amount":1234},{"Treatment":"text","Unit":"text","Sessions":7,"Amount":1234}],` +
			`"Share":{"Percent":7,"Fixed":1234}}}]`},
		{"charges", jsonOf(Bookings, "charges", func(b *booking.Booking) { fill(t, &b.Charges); b.Charges = b.Charges[:1] }),
			`[{"Billing":{"To":{"Payer":"` + id + `"},"By":"text"},"Invoice":"` + id + `","Issued":true,"Amount":1234}]`},
		{"week", jsonOf(Schedules, "week", func(s *booking.Schedule) { fill(t, &s.Week); s.Week = s.Week[:1] }),
			`[{"Day":3,"From":"08:30:00.000","To":"08:30:00.000"}]`},
		{"debtor", jsonOf(Invoices, "debtor", func(v *invoice.Invoice) { fill(t, &v.Debtor) }),
			`{"ID":"` + id + `","Version":7,"BirthDate":"` + day + `","Lang":"text","Origin":"text","Consents":[` + consent + `,` + consent + `],"Name":"private","BirthNumber":"10915596784",` +
				`"Email":"ola@example.com","Phone":"+4740000000","Address":"private"}`},
		{"consents", jsonOf(Clients, "consents", func(c *timebok.Client) { fill(t, &c.Consents); c.Consents = c.Consents[:1] }), `[` + consent + `]`},
		{"reply", jsonOf(Bookings, "reply", func(b *booking.Booking) { fill(t, &b.Reply) }),
			`{"Answer":"text","At":"2026-03-02T06:00:00.000001Z","Sequence":7}`},
		{"codes", jsonOf(Events, "codes", func(r *insurance.Received) { r.Codes = []string{"a.b"} }), `["a.b"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.got()
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

const (
	id      = "00000000-0000-4000-8000-000000000001"
	consent = `{"Channel":"text","Given":true,"At":"2026-03-02T06:00:00.000001Z","By":{"User":"text","Role":"text","Clinic":"` + id + `"}}`
)

func jsonOf[T timebok.Record](table *Table[T], name string, set func(*T)) func() (string, error) {
	return func() (string, error) {
		var r T
		fillID(&r)
		set(&r)
		row, err := table.Values(SQLite{}, clinic, r, nil)
		if err != nil {
			return "", err
		}
		text, ok := row[slices.Index(table.Columns(), name)].(string)
		if !ok {
			return "", fmt.Errorf("%s.%s is no text", table.Name(), name)
		}
		return text, nil
	}
}

// An override that lifts all caps is not one that leaves them.
func TestNoCapsAreNotNilCaps(t *testing.T) {
	var s series.Series
	fillID(&s)
	s.Overrides = []series.Override{{Caps: []series.Cap{}}, {Caps: nil}}
	row, err := SeriesTable.Values(SQLite{}, clinic, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	var read []any
	for _, name := range SeriesTable.Reads() {
		read = append(read, row[slices.Index(SeriesTable.Columns(), name)])
	}
	got, err := SeriesTable.Scan(SQLite{}, read)
	if err != nil || got.Overrides[0].Caps == nil || got.Overrides[1].Caps != nil {
		t.Errorf("Scan = %+v, %v", got.Overrides, err)
	}
}

func TestSQLiteDialect(t *testing.T) {
	d := SQLite{}
	for _, bad := range []any{[]byte("short"), "text", int64(1)} {
		if _, err := d.GetID(bad); err == nil {
			t.Errorf("GetID(%v) worked", bad)
		}
	}
	if _, err := d.GetDay("2026-02-30x"); err == nil {
		t.Error("GetDay of no day worked")
	}
	if got, err := d.GetID(d.PutID(uuid.Max)); err != nil || got != uuid.Max {
		t.Errorf("GetID = %v, %v", got, err)
	}
}
