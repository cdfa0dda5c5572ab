package timebok

import "time"

// A Channel is a way in which clients are told of their bookings.
type Channel string

const (
	Email Channel = "email"
	SMS   Channel = "sms"
)

// A Consent is a client's word on a channel: given (samtykke), or taken back
// (reservasjon). A new word is added to those before and nothing is edited, so that
// the clinic can show since when, and on whose word (GDPR article 7 no. 1).
type Consent struct {
	Channel Channel
	Given   bool // false: the client has opted out
	At      time.Time
	By      Actor // who wrote it down: the client in a portal, somebody at the clinic, an import
}

// Validate returns an *InvalidError with all that is wrong.
func (k Consent) Validate() error {
	var wrong Reasons
	switch k.Channel {
	case Email, SMS:
	default:
		wrong.Add(BadValue, "Channel")
	}
	require(&wrong, "At", !k.At.IsZero())
	require(&wrong, "By", k.By.User != "")
	return wrong.Invalid()
}

// Consent returns the client's last word on a channel, false if there is none.
//
// A client who has said nothing may be told of bookings: an address given to the
// clinic counts as consent to that, as long as one can opt out (Normen, the guide on
// SMS and e-mail).
func (c Client) Consent(of Channel) (Consent, bool) {
	for i := len(c.Consents) - 1; i >= 0; i-- {
		if c.Consents[i].Channel == of {
			return c.Consents[i], true
		}
	}
	return Consent{}, false
}

// HasOptedOut reports whether the client's last word on a channel is no.
func (c Client) HasOptedOut(of Channel) bool {
	k, ok := c.Consent(of)
	return ok && !k.Given
}

// CanTell reports whether the client has an address on a channel, and has not opted
// out of it.
func (c Client) CanTell(by Channel) bool {
	switch by {
	case Email:
		return !c.Email.IsZero() && !c.HasOptedOut(by)
	case SMS:
		return !c.Phone.IsZero() && !c.HasOptedOut(by)
	}
	return false
}
