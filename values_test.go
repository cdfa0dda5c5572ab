package timebok_test

import (
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
)

// checkInvalid fails unless err is an *InvalidError that names only the rule and
// does not contain the input.
func checkInvalid(t *testing.T, err error, rule *timebok.Rule, input string) {
	t.Helper()
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) || !errors.Is(err, timebok.ErrInvalid) || !errors.Is(err, rule) {
		t.Fatalf("%q: got error %v, want rule %s", input, err, rule.Code())
	}
	if got := invalid.Reasons.Codes(); len(got) != 1 {
		t.Fatalf("%q: got reasons %v, want one", input, got)
	}
	// Only numbers and addresses are looked for: a fuzz test may well try "valid".
	if text := strings.TrimSpace(input); len(text) > 3 && strings.ContainsAny(text, "0123456789@") && strings.Contains(err.Error(), text) {
		t.Fatalf("%q: the error repeats the input: %v", input, err)
	}
}

// checkJSON fails unless v comes back from JSON as it was.
func checkJSON[T comparable](t *testing.T, v T) {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("Marshal(%v): %v", v, err)
	}
	var back T
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatalf("Unmarshal(%s): %v", text, err)
	}
	if back != v {
		t.Fatalf("%v came back from %s as %v", v, text, back)
	}
}

// checkZero fails unless the zero T is the empty text in JSON, both ways, bad
// text leaves a value as it was, and go-cmp can compare it.
func checkZero[T interface {
	comparable
	IsZero() bool
	String() string
}](t *testing.T, given T) {
	t.Helper()
	var zero T
	if same := given; !cmp.Equal(given, same) || cmp.Equal(given, zero) {
		t.Errorf("go-cmp compares %T otherwise than ==", zero)
	}
	if !zero.IsZero() || given.IsZero() || zero.String() != "" {
		t.Errorf("IsZero or String of the zero %T is wrong", zero)
	}
	if text, err := json.Marshal(zero); err != nil || string(text) != `""` {
		t.Errorf("Marshal of the zero %T: %s, %v", zero, text, err)
	}
	v := given
	if err := json.Unmarshal([]byte(`"x"`), &v); err == nil || v != given {
		t.Errorf("Unmarshal of bad text: %v, %v", v, err)
	}
	if err := json.Unmarshal([]byte(`""`), &v); err != nil || !v.IsZero() {
		t.Errorf("Unmarshal of the empty text: %v, %v", v, err)
	}
}

// oneWrong gives every text that differs from text in one digit.
func oneWrong(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i, c := range text {
			if c < '0' || c > '9' {
				continue
			}
			for d := '0'; d <= '9'; d++ {
				if d != c && !yield(text[:i]+string(d)+text[i+1:]) {
					return
				}
			}
		}
	}
}
