package rest_test

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance/rest"
)

// The test vector of Standard Webhooks.
func TestSignIsTheStandards(t *testing.T) {
	h := http.Header{}
	err := rest.Sign(h, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`), secret)
	if got, want := h.Get(rest.HeaderSignature), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="; err != nil || got != want {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
	if h.Get(rest.HeaderID) != "msg_p5jXN8AQM9LWM0D4loKWxJek" || h.Get(rest.HeaderTimestamp) != "1614265330" {
		t.Errorf("headers %v", h)
	}
}

func TestSecrets(t *testing.T) {
	if a, b := rest.NewSecret(), rest.NewSecret(); a == b || rest.Sign(http.Header{}, "id", time.Now(), nil, a, b) != nil {
		t.Error("two new secrets are not good for signing")
	}
	for _, text := range []string{"", "whsec_", "whsec_c2hvcnQ=", "whsec_%", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"} {
		err := rest.Sign(http.Header{}, "id", time.Now(), nil, timebok.Hide(text))
		if !errors.Is(err, rest.BadSecret) || !errors.Is(err, timebok.ErrInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
