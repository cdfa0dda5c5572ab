package timebok_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rickb777/date"

	"github.com/timebok/timebok"
)

var (
	tooMany = timebok.NewRule("test.many",
		"høyst {max} timer til {until}", "høgst {max} timar til {until}", "at most {max} sessions until {until}")
	tooLate = timebok.NewRule("test.late", "for sent", "for seint", "too late")
)

func TestReasonText(t *testing.T) {
	until := date.New(2026, time.December, 31)
	r := tooMany.At("Lines[2].Count", timebok.P("max", 12), timebok.P("until", until))
	for lang, want := range map[timebok.Lang]string{
		timebok.Bokmaal: "høyst 12 timer til 31.12.2026", timebok.Nynorsk: "høgst 12 timar til 31.12.2026",
		timebok.English: "at most 12 sessions until 2026-12-31", "fi": "høyst 12 timer til 31.12.2026",
	} {
		if got := r.Text(lang); got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
	oslo := zone(t, timebok.OsloZone)
	for _, c := range []struct {
		value  any
		nb, en string
	}{
		{time.Date(2026, 1, 2, 15, 4, 5, 0, oslo), "02.01.2026 15:04", "2026-01-02 15:04"},
		{&until, "31.12.2026", "2026-12-31"}, {(*date.Date)(nil), "–", "–"}, {timebok.Kroner(5), "5.00", "5.00"},
	} {
		r := timebok.NewRule("x", "{v}", "{v}", "{v}").At("", timebok.P("v", c.value))
		if r.Text(timebok.Bokmaal) != c.nb || r.Text(timebok.Nynorsk) != c.nb || r.Text(timebok.English) != c.en {
			t.Errorf("%v: got %q, %q", c.value, r.Text(timebok.Bokmaal), r.Text(timebok.English))
		}
	}
}

// What a parameter says is not read as a text with parameters.
func TestReasonTextIsReplacedOnce(t *testing.T) {
	rule := timebok.NewRule("x", "{a} {b} {c} {", "{b}{a}", "{a")
	r := rule.At("", timebok.P("a", "{b}"), timebok.P("b", "{a}"))
	for lang, want := range map[timebok.Lang]string{timebok.Bokmaal: "{b} {a} {c} {", timebok.Nynorsk: "{a}{b}", timebok.English: "{a"} {
		if got := r.Text(lang); got != want {
			t.Errorf("%s: got %q, want %q", lang, got, want)
		}
	}
}

func TestReasonJSON(t *testing.T) {
	text, err := json.Marshal(timebok.Reasons{
		tooMany.At("Count", timebok.P("max", 12), timebok.P("until", date.New(2026, 12, 31))),
		tooLate.At(""),
	})
	if err != nil {
		t.Fatal(err)
	}
	var got any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	want := []any{
		map[string]any{
			"code": "test.many", "field": "Count",
			"params": map[string]any{"max": "12", "until": "2026-12-31"},
			"text": map[string]any{
				"nb": "høyst 12 timer til 31.12.2026", "nn": "høgst 12 timar til 31.12.2026", "en": "at most 12 sessions until 2026-12-31",
			},
		},
		map[string]any{"code": "test.late", "text": map[string]any{"nb": "for sent", "nn": "for seint", "en": "too late"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestReasonsBecomeErrors(t *testing.T) {
	var rs timebok.Reasons
	if rs.Invalid() != nil || rs.Refused() != nil {
		t.Error("no reasons are an error")
	}
	rs.Add(tooLate, "Start")
	rs.Add(tooMany, "", timebok.P("max", 1))
	if !rs.Has(tooLate) || rs.Has(timebok.BadID) || rs[0].Code() != "test.late" || tooLate.Code() != "test.late" || tooLate.Error() != "test.late" {
		t.Error("Has or Code is wrong")
	}
	if diff := cmp.Diff([]string{"test.late", "test.many"}, rs.Codes()); diff != "" {
		t.Error(diff)
	}
	if got, want := rs.Text(timebok.Bokmaal), "Start: for sent [test.late]; høyst 1 timer til {until} [test.many]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	invalid, refused := fmt.Errorf("book: %w", rs.Invalid()), fmt.Errorf("book: %w", rs.Refused())
	for _, c := range []struct {
		err, target error
		want        bool
	}{
		{invalid, timebok.ErrInvalid, true}, {invalid, timebok.ErrRefused, false}, {invalid, tooLate, true}, {invalid, tooMany, true}, {invalid, timebok.BadID, false},
		{refused, timebok.ErrRefused, true}, {refused, timebok.ErrInvalid, false}, {refused, tooLate, true}, {refused, timebok.BadID, false},
	} {
		if errors.Is(c.err, c.target) != c.want {
			t.Errorf("errors.Is(%v, %v) is %v", c.err, c.target, !c.want)
		}
	}
	if got, want := rs.Refused().Error(), "timebok: refused: Start: too late [test.late]; at most 1 sessions until {until} [test.many]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := (timebok.Reasons{tooLate.At("Start")}).Invalid().Error(), "timebok: invalid: Start: too late [test.late]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestReasonsJoin(t *testing.T) {
	inner := timebok.Reasons{tooLate.At(""), tooMany.At("Count")}
	var rs timebok.Reasons
	other := errors.New("disk full")
	for _, c := range []struct {
		field     string
		err, left error
	}{
		{"Line", inner.Invalid(), nil}, {"", inner.Refused(), nil}, {"Lines[1]", fmt.Errorf("wrapped: %w", inner.Invalid()), nil},
		{"x", nil, nil}, {"x", other, other}, {"x", timebok.ErrNotFound, timebok.ErrNotFound},
	} {
		if got := rs.Join(c.field, c.err); got != c.left {
			t.Errorf("Join(%q, %v): %v", c.field, c.err, got)
		}
	}
	var fields []string
	for _, r := range rs {
		fields = append(fields, r.Field)
	}
	if diff := cmp.Diff([]string{"Line", "Line.Count", "", "Count", "Lines[1]", "Lines[1].Count"}, fields); diff != "" {
		t.Errorf("fields: -want +got\n%s", diff)
	}
	if inner[0].Field != "" || inner[1].Field != "Count" {
		t.Error("Join changed the reasons it read")
	}
}
