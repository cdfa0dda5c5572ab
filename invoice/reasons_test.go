package invoice_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/timebok/timebok"
)

// wantReasons fails unless err is an E that gives exactly these reasons, each as
// "field: code", in any order, and each with its text in three languages.
func wantReasons[E error](t testing.TB, err error, want ...string) {
	t.Helper()
	var typed E
	if !errors.As(err, &typed) {
		t.Errorf("got %v (%T), want a %T", err, err, typed)
		return
	}
	var reasons timebok.Reasons
	if err := reasons.Join("", err); err != nil {
		t.Errorf("%T gives no reasons", err)
	}
	sameReasons(t, reasons, want...)
}

func sameReasons(t testing.TB, reasons timebok.Reasons, want ...string) {
	t.Helper()
	var got []string
	for _, r := range reasons {
		got = append(got, r.Field+": "+r.Code())
		wantTexts(t, r)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("reasons\n\t%q, want\n\t%q", got, want)
	}
}

// wantTexts fails unless a reason has a text of its own in each language, with
// every parameter filled in.
func wantTexts(t testing.TB, r timebok.Reason) {
	t.Helper()
	seen := map[string]bool{}
	for _, l := range []timebok.Lang{timebok.Bokmaal, timebok.Nynorsk, timebok.English} {
		text := r.Text(l)
		if text == "" || strings.ContainsAny(text, "{}") {
			t.Errorf("%s in %s: %q", r.Code(), l, text)
		}
		seen[text] = true
	}
	if !seen[r.Text(timebok.English)] || len(seen) < 2 {
		t.Errorf("%s has one text for all languages: %v", r.Code(), seen)
	}
}

// dump writes a value as logs and encoders do.
func dump(v any) string {
	text, err := json.Marshal(v)
	return fmt.Sprintf("%v %+v %#v %s %v", v, v, v, text, err)
}
