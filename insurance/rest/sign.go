package rest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/timebok/timebok"
)

// The headers of a signed webhook (Standard Webhooks 1.0).
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp" // Unix seconds
	HeaderSignature = "Webhook-Signature" // "v1," and Base64, several with spaces between
)

const (
	secretPrefix = "whsec_"
	minSecret    = 24 // bytes, as the standard demands
)

// BadSecret is the rule of secrets.
var BadSecret = timebok.NewRule("webhook.secret",
	"hemmeligheten må være «whsec_» og Base64 av minst 24 byte",
	"løyndomen må vere «whsec_» og Base64 av minst 24 byte",
	"the secret must be whsec_ and the Base64 of at least 24 bytes")

// NewSecret returns a random secret to sign webhooks with.
func NewSecret() timebok.Private {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return timebok.Hide(secretPrefix + base64.StdEncoding.EncodeToString(b[:]))
}

// Sign sets the three headers of a webhook: body is signed under an ID at a time.
// Of two secrets, the old and the new one while they are changed, each signs. The
// error is an *timebok.InvalidError with BadSecret.
func Sign(h http.Header, id string, at time.Time, body []byte, secrets ...timebok.Private) error {
	stamp := strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	for i, secret := range secrets {
		key, err := keyOf(secret, i)
		if err != nil {
			return err
		}
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(digest(key, id, stamp, body)))
	}
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, stamp)
	h.Set(HeaderSignature, strings.Join(signatures, " "))
	return nil
}

// signed reports whether body bears a signature of one of the secrets, made within
// the window before or after now.
func signed(h http.Header, body []byte, now time.Time, window time.Duration, secrets []timebok.Private) (bool, error) {
	id, stamp := h.Get(HeaderID), h.Get(HeaderTimestamp)
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if id == "" || err != nil {
		return false, nil
	}
	fresh := seconds > now.Add(-window).Unix()-1 && seconds < now.Add(window).Unix()+1
	var valid bool
	for i, secret := range secrets {
		key, err := keyOf(secret, i)
		if err != nil {
			return false, err
		}
		want := digest(key, id, stamp, body)
		for text := range strings.FieldsSeq(h.Get(HeaderSignature)) {
			version, signature, _ := strings.Cut(text, ",")
			got, err := base64.StdEncoding.DecodeString(signature)
			if version == "v1" && err == nil && hmac.Equal(got, want) { // in constant time
				valid = true
			}
		}
	}
	return fresh && valid, nil
}

func digest(key []byte, id, stamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, stamp) // a hash takes everything
	mac.Write(body)
	return mac.Sum(nil)
}

func keyOf(secret timebok.Private, i int) ([]byte, error) {
	text, ok := strings.CutPrefix(secret.Reveal(), secretPrefix)
	key, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(key) < minSecret {
		return nil, timebok.Reasons{BadSecret.At(fmt.Sprintf("Secrets[%d]", i))}.Invalid()
	}
	return key, nil
}
