package sqlrow

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

type nest struct {
	Name string
	List []string
	Deep []struct{ At *time.Time }
	One  *struct{ List []int }
}

func TestMemoSharesNothing(t *testing.T) {
	const text = `{"Name":"a","List":["x","y"],"Deep":[{"At":"2026-03-02T08:00:00Z"},{"At":null}],"One":{"List":[1]}}`
	var m memo[nest]
	want, err := decode[nest](text)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		got, err := m.get(text, decode[nest])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("what somebody did to the copy before is in this one (-want +got):\n%s", diff)
		}
		got.List[0], got.One.List[0], *got.Deep[0].At = "changed", 7, time.Time{}
		got.Deep[1].At, got.One = &time.Time{}, nil
	}
}

func TestMemoKeepsFew(t *testing.T) {
	var m memo[int]
	for i := range 2*memoSize + 10 {
		if got, err := m.get(fmt.Sprint(i), decode[int]); err != nil || got != i {
			t.Fatalf("%d: %d, %v", i, got, err)
		}
		if len(m.kept) > memoSize {
			t.Fatalf("%d texts are kept", len(m.kept))
		}
	}
	long := `"` + string(make([]byte, memoText)) + `"`
	if _, err := m.get(long, func(string) (int, error) { return 1, nil }); err != nil {
		t.Fatal(err)
	}
	if _, kept := m.kept[long]; kept {
		t.Error("a long text is kept")
	}
	if _, err := m.get("no JSON", decode[int]); !errors.Is(err, errJSON) {
		t.Errorf("no JSON: %v", err)
	}
	if _, kept := m.kept["no JSON"]; kept {
		t.Error("a wrong text is kept")
	}
}

// Every type that the JSON columns have can be copied.
func TestNestedTypes(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(at string, x reflect.Type)
	look = func(at string, x reflect.Type) {
		if seen[x] {
			return
		}
		seen[x] = true
		switch x.Kind() {
		case reflect.Map, reflect.Interface, reflect.Chan, reflect.Func:
			t.Errorf("%s: a %s can't be copied", at, x)
		case reflect.Slice, reflect.Array, reflect.Pointer:
			look(at, x.Elem())
		case reflect.Struct:
			for f := range x.Fields() {
				if f.IsExported() {
					look(at+"."+f.Name, f.Type)
				}
			}
		}
	}
	for _, record := range []any{
		timebok.Client{}, timebok.Practitioner{}, timebok.Service{}, timebok.Payer{}, series.Series{}, booking.Booking{},
		booking.Schedule{}, insurance.Received{}, invoice.Invoice{},
	} {
		look(reflect.TypeOf(record).String(), reflect.TypeOf(record))
	}
	if len(seen) < 50 {
		t.Errorf("only %d types were looked at", len(seen))
	}
}
