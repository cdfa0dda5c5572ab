package timebok

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rickb777/date"
)

// A Lang is a language that the library speaks to people, as an IETF tag.
type Lang string

const (
	Bokmaal Lang = "nb" // bokmål
	Nynorsk Lang = "nn"
	English Lang = "en"
)

// A Rule is one thing that can be wrong: a stable code and its text in each
// language. Rules are values that the packages declare, such as
// booking.SlotTaken; errors.Is(err, booking.SlotTaken) tells whether an error
// names that rule.
type Rule struct{ code, nb, nn, en string }

// NewRule returns a rule. In the texts {name} stands for a parameter.
func NewRule(code, nb, nn, en string) *Rule { return &Rule{code, nb, nn, en} }

// Code returns the stable code, such as "slot.taken".
func (r *Rule) Code() string { return r.code }

// Error returns the code, so that a rule can be the target of errors.Is.
func (r *Rule) Error() string { return r.code }

// At is the reason that field breaks the rule. The field is a path in the
// command ("Start", "Lines[2].TreatmentID"), or "" for the whole.
func (r *Rule) At(field string, params ...Param) Reason {
	return Reason{Rule: r, Field: field, Params: params}
}

// A Param is a value in the text of a reason: a number, code, date, instant or
// amount, never a person's data. One with a method Text(Lang) string says itself
// what it is called in a language.
type Param struct {
	Name  string
	Value any
}

// P returns a parameter.
func P(name string, value any) Param { return Param{name, value} }

// A Reason is one rule broken at one place.
type Reason struct {
	Rule   *Rule
	Field  string
	Params []Param
}

// Code returns the code of the rule.
func (r Reason) Code() string { return r.Rule.code }

// Text returns the reason in words for people, in bokmål for an unknown language.
func (r Reason) Text(l Lang) string {
	text := r.Rule.nb
	switch l {
	case Nynorsk:
		text = r.Rule.nn
	case English:
		text = r.Rule.en
	}
	pairs := make([]string, 0, 2*len(r.Params))
	for _, p := range r.Params {
		pairs = append(pairs, "{"+p.Name+"}", paramText(p.Value, l))
	}
	return strings.NewReplacer(pairs...).Replace(text) // in one pass: a value is no text with parameters
}

func paramText(v any, l Lang) string {
	day, minute := "02.01.2006", "02.01.2006 15:04"
	if l == English {
		day, minute = "2006-01-02", "2006-01-02 15:04"
	}
	switch v := v.(type) {
	case interface{ Text(Lang) string }:
		return v.Text(l)
	case time.Time:
		return v.Format(minute)
	case date.Date:
		return v.UTC().Format(day)
	case *date.Date:
		if v == nil {
			return "–"
		}
		return v.UTC().Format(day)
	}
	return fmt.Sprint(v)
}

// MarshalJSON writes code, field, parameters and the texts in all languages.
func (r Reason) MarshalJSON() ([]byte, error) {
	params := make(map[string]string, len(r.Params))
	for _, p := range r.Params {
		params[p.Name] = paramText(p.Value, English)
	}
	return json.Marshal(struct {
		Code   string            `json:"code"`
		Field  string            `json:"field,omitempty"`
		Params map[string]string `json:"params,omitempty"`
		Text   map[Lang]string   `json:"text"`
	}{r.Code(), r.Field, params, map[Lang]string{
		Bokmaal: r.Text(Bokmaal), Nynorsk: r.Text(Nynorsk), English: r.Text(English),
	}})
}

// Reasons collects what is wrong, all of it, before anything is refused.
type Reasons []Reason

// Add appends the reason that field breaks the rule.
func (rs *Reasons) Add(r *Rule, field string, params ...Param) {
	*rs = append(*rs, r.At(field, params...))
}

// Join appends the reasons of an *InvalidError or *Refusal, each field below
// the given one, and returns any other error as it is.
func (rs *Reasons) Join(field string, err error) error {
	if err == nil {
		return nil // most often, and errors.As costs its targets
	}
	var invalid *InvalidError
	var refusal *Refusal
	var found Reasons
	switch {
	case errors.As(err, &invalid):
		found = invalid.Reasons
	case errors.As(err, &refusal):
		found = refusal.Reasons
	default:
		return err
	}
	for _, r := range found {
		switch {
		case r.Field == "":
			r.Field = field
		case field != "":
			r.Field = field + "." + r.Field
		}
		*rs = append(*rs, r)
	}
	return nil
}

// Has reports whether one of the reasons is the rule.
func (rs Reasons) Has(rule *Rule) bool { return rs.broke(rule) }

func (rs Reasons) broke(target error) bool {
	rule, ok := target.(*Rule)
	if !ok {
		return false
	}
	for _, r := range rs {
		if r.Rule == rule {
			return true
		}
	}
	return false
}

// Codes returns the codes in order.
func (rs Reasons) Codes() []string {
	codes := make([]string, len(rs))
	for i, r := range rs {
		codes[i] = r.Code()
	}
	return codes
}

// Text returns all reasons in words, joined by "; ", each with its code.
func (rs Reasons) Text(l Lang) string {
	parts := make([]string, len(rs))
	for i, r := range rs {
		parts[i] = r.Text(l) + " [" + r.Code() + "]"
		if r.Field != "" {
			parts[i] = r.Field + ": " + parts[i]
		}
	}
	return strings.Join(parts, "; ")
}

// Invalid returns an *InvalidError of the reasons, or nil if there are none.
func (rs Reasons) Invalid() error {
	if len(rs) == 0 {
		return nil
	}
	return &InvalidError{rs}
}

// Refused returns a *Refusal of the reasons, or nil if there are none.
func (rs Reasons) Refused() error {
	if len(rs) == 0 {
		return nil
	}
	return &Refusal{rs}
}
