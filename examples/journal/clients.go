package main

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// A clientsPage lists the clients whom the user may see.
type clientsPage struct {
	Search  string
	Clients []timebok.Client
	New     bool       // the form for a new one is open
	Form    url.Values // what was entered
	Refused map[string][]problem
}

func (v *visit) showClients() error {
	q := v.r.URL.Query()
	return v.renderClients(&clientsPage{Search: q.Get("sok"), New: q.Has("ny"), Form: url.Values{}})
}

func (v *visit) renderClients(p *clientsPage) error {
	err := v.view(v.r.Context(), func(ctx context.Context, tx storage.Tx) (err error) {
		p.Clients, err = v.clients(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	p.Clients = slices.DeleteFunc(p.Clients, func(c timebok.Client) bool {
		return !strings.Contains(strings.ToLower(c.Name.Reveal()), strings.ToLower(p.Search))
	})
	if len(p.Refused) > 0 {
		v.w.WriteHeader(http.StatusUnprocessableEntity)
	}
	return v.show("clients", "Klienter", p)
}

// newClient enters a client.
func (v *visit) newClient() error {
	if err := v.r.ParseForm(); err != nil {
		return timebok.Reasons{timebok.BadValue.At("")}.Invalid()
	}
	c, err := v.enterClient(v.r.PostForm)
	if err != nil {
		p := &panel{Refused: map[string][]problem{}}
		if err := v.refuse(p, "", err); err != nil {
			return err
		}
		return v.renderClients(&clientsPage{New: true, Form: v.r.PostForm, Refused: p.Refused})
	}
	v.say("%s er opprettet.", c.Name.Reveal())
	return v.redirect("/klienter/" + c.ID.String())
}

// enterClient saves the client of a form, or returns all that is wrong with it.
func (v *visit) enterClient(form url.Values) (timebok.Client, error) {
	c := timebok.Client{
		ID: timebok.New[timebok.Client](v.desk.Source), Version: 1,
		Lang: v.lang, Origin: timebok.Manual,
	}
	if err := readClient(&c, form); err != nil {
		return c, err
	}
	return c, v.update(v.r.Context(), func(_ context.Context, tx storage.Tx) error {
		tx.Save(c, timebok.Audit(v.desk.Source, v.actor(), "client.create", c, c.ID))
		return nil
	})
}

// readClient takes a client's fields from a form. The error lists all that is wrong.
func readClient(c *timebok.Client, form url.Values) error {
	var wrong timebok.Reasons
	c.Name = timebok.Hide(strings.TrimSpace(form.Get("navn")))
	c.BirthDate = nil
	if born := form.Get("fodt"); born != "" {
		day, err := time.Parse(time.DateOnly, born)
		if err != nil {
			wrong.Add(timebok.BadValue, "BirthDate")
		}
		d := date.NewAt(day)
		c.BirthDate = &d
	}
	c.Email = timebok.EmailAddress{}
	if text := form.Get("epost"); text != "" {
		var err error
		c.Email, err = timebok.ParseEmailAddress(text)
		if err := wrong.Join("Email", err); err != nil {
			return err
		}
	}
	if err := wrong.Join("", c.Validate()); err != nil {
		return err
	}
	return wrong.Invalid()
}
