package timebok_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/timebok/timebok"
)

// thing is what the IDs of these tests name.
type thing struct{}

const someID = "0193562f-6b2a-7c3d-8e4f-0123456789ab"

func TestParseID(t *testing.T) {
	id, err := timebok.ParseID[thing](someID)
	if err != nil || id.String() != someID || id.UUID() != uuid.MustParse(someID) {
		t.Errorf("got %v, %v", id, err)
	}
	if upper, err := timebok.ParseID[thing](strings.ToUpper(someID)); err != nil || upper != id {
		t.Errorf("upper case: got %v, %v", upper, err)
	}
	for _, text := range []string{
		"", "x", someID[1:], someID + "0", strings.ReplaceAll(someID, "-", ""), "urn:uuid:" + someID, "{" + someID + "}",
		"'" + someID + "'", "\n" + someID + ";", someID[:35] + "g", strings.Replace(someID, "-", "_", 1),
	} {
		_, err := timebok.ParseID[thing](text)
		checkInvalid(t, err, timebok.BadID, text)
	}
}

// An invoice's ID goes out in an address and comes back, as every other.
func TestParseInvoiceID(t *testing.T) {
	id := timebok.NewInvoiceID(timebok.Source{})
	if back, err := timebok.ParseInvoiceID(id.String()); err != nil || back != id {
		t.Errorf("%v came back as %v, %v", id, back, err)
	}
	_, err := timebok.ParseInvoiceID("17")
	checkInvalid(t, err, timebok.BadID, "17")
}

func TestIDText(t *testing.T) {
	id, _ := timebok.ParseID[thing](someID)
	checkJSON(t, id)
	checkJSON(t, timebok.ID[thing]{})
	if text, err := (timebok.ID[thing]{}).MarshalText(); err != nil || len(text) != 0 {
		t.Errorf("text of the zero ID: %q, %v", text, err)
	}
	if err := id.UnmarshalText([]byte("x")); err == nil || id.String() != someID {
		t.Errorf("bad text: %v, %v", id, err)
	}
	if !(timebok.ID[thing]{}).IsZero() || id.IsZero() {
		t.Error("IsZero is wrong")
	}
}

// Derived IDs stand in databases: these values may never change.
func TestDeriveID(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{[]string{"booking", "net-1", "4711"}, "700bf612-6835-54f3-bd17-d5bf433761c0"},
		{nil, "be7f2c83-3d66-5105-95f1-e4739585566a"},
	} {
		if got := timebok.DeriveID[thing](c.parts...).String(); got != c.want {
			t.Errorf("%q: got %s, want %s", c.parts, got, c.want)
		}
	}
	seen := map[timebok.ID[thing]][]string{}
	for _, parts := range [][]string{
		nil, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"a\x00b"}, {"a", "b", ""}, {"a:b"}, {"a1:b"}, {"1:a"}, {"b", "a"},
	} {
		id := timebok.DeriveID[thing](parts...)
		if other, taken := seen[id]; taken {
			t.Errorf("%q and %q are both %s", parts, other, id)
		}
		if seen[id] = parts; id != timebok.DeriveID[thing](parts...) || id.UUID().Version() != 5 {
			t.Errorf("%q: %s", parts, id)
		}
	}
}

func TestSource(t *testing.T) {
	var real timebok.Source
	last := timebok.New[thing](real)
	for range 1000 {
		next := timebok.New[thing](real)
		if next.Compare(last) <= 0 || bytes.Compare(next[:], last[:]) <= 0 || next.UUID().Version() != 7 {
			t.Fatalf("%s after %s", next, last)
		}
		last = next
	}
	if d := time.Since(real.Time()); d < 0 || d > time.Minute || real.Time().Location() != time.UTC {
		t.Errorf("the time is %v off", d)
	}
	fixed := timebok.Source{
		Now:   func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 1999, time.FixedZone("x", 3600)) },
		NewID: func() uuid.UUID { return uuid.MustParse(someID) },
	}
	if fixed.Time() != time.Date(2026, 11, 23, 9, 0, 0, 1000, time.UTC) || timebok.New[thing](fixed).String() != someID {
		t.Error("the fields are not used")
	}
}

func FuzzParseID(f *testing.F) {
	f.Add(someID)
	f.Add("{" + someID + "}")
	f.Add(strings.ToUpper(someID))
	f.Fuzz(func(t *testing.T, text string) {
		id, err := timebok.ParseID[thing](text)
		if err != nil {
			checkInvalid(t, err, timebok.BadID, text)
			return
		}
		if back, err := timebok.ParseID[thing](id.String()); err != nil || back != id || !strings.EqualFold(text, id.String()) {
			t.Fatalf("%q came back as %v, %v", text, back, err)
		}
		checkJSON(t, id)
	})
}
