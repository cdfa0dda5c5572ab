package booking

import (
	"context"

	"github.com/timebok/timebok"
)

// A ConsentRequest is a client's word on being told by a channel.
type ConsentRequest struct {
	Client  timebok.ClientID
	Version int64 // the version that the word is added to
	Channel timebok.Channel
	Given   bool // false: the client opts out (reservasjon)
}

// Consent adds the client's word to those before it. It is asked when a message is
// sent, so messages that wait already are bound by it, too.
func (d *Desk) Consent(ctx context.Context, tx Tx, by timebok.Actor, r ConsentRequest) (timebok.Client, error) {
	if err := by.Check(tx.ClinicID()); err != nil {
		return timebok.Client{}, err
	}
	word := timebok.Consent{Channel: r.Channel, Given: r.Given, At: d.Time(), By: by}
	if err := word.Validate(); err != nil {
		return timebok.Client{}, err
	}
	v, err := tx.LoadBooking(ctx, Needs{Client: r.Client})
	if err != nil {
		return timebok.Client{}, err
	}
	ref := timebok.Client{ID: r.Client, Version: r.Version}.Ref()
	if v.Client == nil {
		return timebok.Client{}, &timebok.NotFoundError{Ref: ref}
	}
	c := *v.Client
	if c.Version != r.Version {
		return timebok.Client{}, &timebok.StaleError{Ref: ref, Stored: c.Version}
	}
	c.Version++
	c.Consents = append(c.Consents[:len(c.Consents):len(c.Consents)], word)
	verb := "withdrawn"
	if r.Given {
		verb = "given"
	}
	tx.Save(c, timebok.Audit(d.Source, by, "client.consent", c, c.ID, string(r.Channel), verb))
	return c, nil
}
