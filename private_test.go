package timebok_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
)

// card is what a host may well print.
type card struct {
	Name  timebok.Private
	Birth timebok.BirthNumber
	Email timebok.EmailAddress
	Phone timebok.PhoneNumber
}

// drawer keeps a card where fmt can't call methods.
type drawer struct {
	card  card
	cards map[string]card
	name  timebok.Private
}

func TestPersonalDataIsMasked(t *testing.T) {
	birth, _ := timebok.ParseBirthNumber("41810021827")
	email, _ := timebok.ParseEmailAddress("kari@example.no")
	phone, _ := timebok.ParsePhoneNumber("22225555")
	c := card{timebok.Hide("Kari Nordmann"), birth, email, phone}
	if c.Name.Reveal() != "Kari Nordmann" || c.Birth.Reveal() != "41810021827" || c.Email.Reveal() != "kari@example.no" || c.Phone.Reveal() != "+4722225555" {
		t.Fatal("Reveal does not reveal")
	}

	var out bytes.Buffer
	values := []any{c.Name, c.Birth, c.Email, c.Phone, c, &c, []card{c}, map[string]card{"a": c}, drawer{c, map[string]card{"a": c}, c.Name}, []any{c.Name}}
	for _, v := range values {
		// The formats are data, since vet would rightly refuse some of them.
		for _, format := range []string{"%v\n", "%+v\n", "%#v\n", "%s\n", "%q\n", "%x\n", "%X\n", "% x\n", "%d\n", "%t\n", "%40v\n", "%.3s\n", "%T\n", "%p\n", "%z\n"} {
			fmt.Fprintf(&out, format, v)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("text", "v", v)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("json", "v", v)
		if err := json.NewEncoder(&out).Encode(v); err != nil {
			t.Errorf("%T: %v", v, err)
		}
		fmt.Fprintln(&out, fmt.Errorf("client %v: %w", v, timebok.ErrInvalid))
	}
	text := out.String()
	for _, secret := range []string{"Kari", "kari", "Nordmann", "41810021827", "22225555", "example"} {
		for _, form := range []string{secret, fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprintf("% x", secret)} {
			if at := strings.Index(text, form); at >= 0 {
				t.Errorf("%s is shown: %q", secret, text[max(0, at-40):min(len(text), at+40)])
			}
		}
	}

	for _, v := range []fmt.Stringer{c.Name, c.Birth, c.Email, c.Phone} {
		if v.String() != "[private]" || fmt.Sprintf("%v %s", v, v) != "[private] [private]" {
			t.Errorf("%T shows %v", v, v)
		}
		if want := strings.TrimPrefix(fmt.Sprintf("%T", v), "*") + "{[private]}"; fmt.Sprintf("%#v", v) != want {
			t.Errorf("got %#v, want %s", v, want)
		}
		if text, err := json.Marshal(v); err != nil || string(text) != `"[private]"` {
			t.Errorf("%T in JSON: %s, %v", v, text, err)
		}
	}
}

// A mask that comes back from a client must not become a name.
func TestMaskIsNotRead(t *testing.T) {
	if err := json.Unmarshal([]byte(`{"Name":"[private]"}`), &card{}); err == nil {
		t.Error("a mask was read as a name")
	}
}

func TestZeroOfMaskedTypes(t *testing.T) {
	var c card
	if !c.Name.IsZero() || !c.Birth.IsZero() || !c.Email.IsZero() || !c.Phone.IsZero() || timebok.Hide("") != c.Name {
		t.Error("the zero values are not zero")
	}
	if c.Name.Reveal()+c.Birth.Reveal()+c.Email.Reveal()+c.Phone.Reveal() != "" {
		t.Error("the zero values reveal something")
	}
	text, err := json.Marshal(c)
	if want := `{"Name":"","Birth":"","Email":"","Phone":""}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v, want %s", text, err, want)
	}
}

func TestMaskedTypesCompare(t *testing.T) {
	make := func() card {
		birth, _ := timebok.ParseBirthNumber("41810021827")
		email, _ := timebok.ParseEmailAddress("kari@example.no")
		phone, _ := timebok.ParsePhoneNumber("22225555")
		return card{timebok.Hide(strings.Repeat("Kari ", 2)), birth, email, phone}
	}
	a, b := make(), make()
	if a != b || !cmp.Equal(a, b) || (map[card]int{a: 1})[b] != 1 {
		t.Error("equal values differ")
	}
	b.Name = timebok.Hide("Ola")
	if a == b || cmp.Equal(a, b) || a.Name.Equal(b.Name) {
		t.Error("different values are equal")
	}
	if cmp.Equal(a.Email, timebok.EmailAddress{}) || cmp.Equal(a.Phone, timebok.PhoneNumber{}) || cmp.Equal(a.Birth, timebok.BirthNumber{}) {
		t.Error("different values are equal")
	}
}
