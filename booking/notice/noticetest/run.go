package noticetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/notice"
)

// A Harness is an adapter to a gateway, with what the suite must be able to see and
// do. An adapter is tested against the gateway's sandbox, or a server that behaves
// as it does.
type Harness struct {
	Texter notice.Texter
	// Number returns a number that no other call has returned and that works.
	Number func() timebok.PhoneNumber
	// Dead is a number that can't be reached for ever.
	Dead timebok.PhoneNumber
	// Inbox returns the texts that a number has got.
	Inbox func(of timebok.PhoneNumber) []string
	// Silence makes the gateway answer nothing, or again. Nil: it can't be done, and
	// what hangs on it is skipped.
	Silence func(on bool)
}

// RunTexter tests an adapter against the contract of notice.Texter, a subtest for
// each of its sentences.
func RunTexter(t *testing.T, h Harness) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, h Harness)
	}{
		{"an SMS arrives as it was written", whole},
		{"one that comes twice arrives, and is no error", twice},
		{"a number that can't be reached is permanent", dead},
		{"no answer is unavailable, and the SMS can be sent again", silence},
		{"an ended context ends the call", ended},
		{"many can send at once", many},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, h) })
	}
}

// secret is what no error may tell.
const secret = "Time hos Nord onsdag"

func sms(to timebok.PhoneNumber, text string) notice.SMS {
	return notice.SMS{ID: timebok.New[timebok.Message](timebok.Source{}), To: to, Lang: timebok.Bokmaal, Text: text}
}

func mustSend(t *testing.T, h Harness, m notice.SMS) {
	t.Helper()
	if err := h.Texter.SendSMS(t.Context(), m); err != nil {
		t.Fatal(err)
	}
}

func whole(t *testing.T, h Harness) {
	for _, text := range []string{"Vi minner om timen din.", "blåbærsyltetøy – på «norsk» 🫐", "a\nb", strings.Repeat("lang ", 60) + "slutt"} {
		to := h.Number()
		mustSend(t, h, sms(to, text))
		if got := h.Inbox(to); len(got) != 1 || got[0] != text {
			t.Errorf("%q arrived as %q", text, got)
		}
	}
}

func twice(t *testing.T, h Harness) {
	m := sms(h.Number(), "to ganger")
	mustSend(t, h, m)
	mustSend(t, h, m)
	if got := h.Inbox(m.To); len(got) < 1 || len(got) > 2 {
		t.Errorf("arrived %d times", len(got))
	}
}

// quiet fails unless the error tells neither number nor text.
func quiet(t *testing.T, err error, m notice.SMS) {
	t.Helper()
	number := m.To.Reveal()
	for _, form := range []string{number, strings.TrimPrefix(number, "+"), number[max(0, len(number)-8):], secret} {
		if strings.Contains(err.Error(), form) {
			t.Errorf("the error tells the number or the text: %v", err)
		}
	}
}

func dead(t *testing.T, h Harness) {
	m := sms(h.Dead, secret)
	err := h.Texter.SendSMS(t.Context(), m)
	if !timebok.IsPermanent(err) {
		t.Fatalf("%v, want a permanent error", err)
	}
	quiet(t, err, m)
}

func silence(t *testing.T, h Harness) {
	if h.Silence == nil {
		t.Skip("the gateway can't be silenced")
	}
	m := sms(h.Number(), secret)
	h.Silence(true)
	err := h.Texter.SendSMS(t.Context(), m)
	h.Silence(false)
	if !errors.Is(err, timebok.ErrUnavailable) || timebok.IsPermanent(err) {
		t.Fatalf("%v, want timebok.ErrUnavailable", err)
	}
	quiet(t, err, m)
	mustSend(t, h, m)
	if got := h.Inbox(m.To); len(got) == 0 {
		t.Error("sent again, and it never arrived")
	}
}

func ended(t *testing.T, h Harness) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := sms(h.Number(), secret)
	err := h.Texter.SendSMS(ctx, m)
	if !errors.Is(err, timebok.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want timebok.ErrUnavailable caused by context.Canceled", err)
	}
	quiet(t, err, m)
}

func many(t *testing.T, h Harness) {
	to := h.Number()
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := h.Texter.SendSMS(t.Context(), sms(to, fmt.Sprint("nr. ", i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, text := range h.Inbox(to) {
		seen[text] = true
	}
	if len(seen) != 20 {
		t.Errorf("%d of 20 arrived", len(seen))
	}
}
