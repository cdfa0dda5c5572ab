package timebok_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
)

// The last word on a channel counts, and says nothing of the other. Who has said
// nothing may be told, where there is an address.
func TestConsent(t *testing.T) {
	by := timebok.Actor{User: "u", Role: timebok.ClientRole}
	at := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	word := func(of timebok.Channel, given bool) timebok.Consent {
		return timebok.Consent{Channel: of, Given: given, At: at, By: by}
	}
	c := kari
	c.Phone = must(timebok.ParsePhoneNumber("+4740000000"))
	for _, tt := range []struct {
		name       string
		words      []timebok.Consent
		email, sms bool
	}{
		{"nothing said", nil, true, true},
		{"yes to one", []timebok.Consent{word(timebok.SMS, true)}, true, true},
		{"no to one", []timebok.Consent{word(timebok.SMS, false)}, true, false},
		{"no, then yes", []timebok.Consent{word(timebok.Email, false), word(timebok.Email, true)}, true, true},
		{"yes to both, then no to one", []timebok.Consent{word(timebok.Email, true), word(timebok.SMS, true), word(timebok.Email, false)}, false, true},
	} {
		c.Consents = tt.words
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if c.CanTell(timebok.Email) != tt.email || c.CanTell(timebok.SMS) != tt.sms || c.HasOptedOut(timebok.SMS) == tt.sms {
			t.Errorf("%s: by e-mail %v, by SMS %v", tt.name, c.CanTell(timebok.Email), c.CanTell(timebok.SMS))
		}
		last, said := c.Consent(timebok.SMS)
		if said && last.Channel != timebok.SMS || last.Given != (said && tt.sms) {
			t.Errorf("%s: the last word is %+v, %v", tt.name, last, said)
		}
	}
	if (timebok.Client{}).CanTell(timebok.Email) || (timebok.Client{}).CanTell(timebok.SMS) || c.CanTell("pigeon") {
		t.Error("told where there is no address")
	}
	c.Consents = []timebok.Consent{word(timebok.SMS, true), {Channel: "pigeon"}}
	var invalid *timebok.InvalidError
	if err := c.Validate(); !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	var fields []string
	for _, r := range invalid.Reasons {
		fields = append(fields, r.Field)
	}
	if diff := cmp.Diff([]string{"Consents[1].Channel", "Consents[1].At", "Consents[1].By"}, fields); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
