package main

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

//go:embed templates static
var files embed.FS

// handler is every page of the journal, with what guards them.
func (j *journal) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", j.frontDoor)
	mux.HandleFunc("GET /bruker", j.signInPage)
	mux.HandleFunc("POST /bruker", j.signIn)
	mux.HandleFunc("POST /logg-ut", j.signOut)
	static := must(fs.Sub(files, "static"))
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static)))
	mux.HandleFunc("GET /static/grid.css", gridCSS)
	for pattern, page := range map[string]func(*visit) error{
		"POST /sprak":   (*visit).setLanguage,
		"GET /direkte":  (*visit).stream,
		"GET /kalender": (*visit).showCalendar,

		"POST /hendelse":               (*visit).book,
		"POST /hendelse/klient":        (*visit).createClient,
		"POST /hendelse/sak":           (*visit).openSeries,
		"POST /booking/{id}":           (*visit).changeBooking,
		"GET /klienter":                (*visit).showClients,
		"POST /klienter":               (*visit).newClient,
		"GET /klienter/{id}":           (*visit).showClient,
		"POST /klienter/{id}":          (*visit).editClient,
		"POST /serie/{id}/sok":         (*visit).refreshSeries,
		"GET /innboks":                 (*visit).showInbox,
		"POST /innboks/simuler":        (*visit).simulateEvent,
		"POST /innboks/drift":          (*visit).checkDrift,
		"POST /innboks/{id}":           (*visit).resolve,
		"GET /fakturering":             (*visit).showBilling,
		"POST /fakturering":            (*visit).draft,
		"POST /fakturering/{id}":       (*visit).settleDraft,
		"GET /fakturaer/{id}":          (*visit).showInvoice,
		"GET /fakturaer/{id}/xml":      (*visit).downloadInvoice,
		"POST /fakturaer/{id}":         (*visit).credit,
		"GET /innstillinger":           (*visit).showSettings,
		"POST /innstillinger/nettverk": (*visit).connectNetwork,
		"POST /innstillinger/tjeneste": (*visit).editService,
		"POST /innstillinger/tid":      (*visit).editHours,
		"POST /innstillinger/fravaer":  (*visit).addAbsence,
	} {
		mux.HandleFunc(pattern, j.signedIn(page))
	}
	return headers(http.NewCrossOriginProtection().Handler(mux))
}

// headers tells browsers to run nothing but the journal's own files, to show it in
// no frame, and to keep no copy of a page about persons.
func headers(next http.Handler) http.Handler {
	const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if !strings.HasPrefix(r.URL.Path, "/static/") {
			h.Set("Cache-Control", "no-store")
		}
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		next.ServeHTTP(w, r)
	})
}

// A visit is one request of somebody who is signed in.
type visit struct {
	*journal
	w     http.ResponseWriter
	r     *http.Request
	token string
	user  user
	lang  timebok.Lang

	said    string          // by the page before
	refused timebok.Reasons // of a command on the booking that is shown again
}

// signedIn serves a page to who is signed in, and sends others to the sign-in.
func (j *journal) signedIn(page func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, s, ok := j.sessions.find(r)
		if !ok {
			http.Redirect(w, r, "/bruker", http.StatusSeeOther)
			return
		}
		v := &visit{journal: j, w: w, r: r, token: token, user: s.user, lang: s.lang}
		v.answer(page(v))
	}
}

// errForbidden: the user's role may not do that.
var errForbidden = errors.New("forbidden")

// answer tells the user about an error that the page has not dealt with itself.
func (v *visit) answer(err error) {
	if err == nil {
		return
	}
	status, text := http.StatusInternalServerError, "Noe gikk galt."
	switch {
	case errors.Is(err, errForbidden):
		status, text = http.StatusForbidden, "Rollen din har ikke tilgang til dette."
	case errors.Is(err, timebok.ErrNotFound):
		status, text = http.StatusNotFound, "Finnes ikke, eller er ikke din."
	case errors.Is(err, timebok.ErrConflict), errors.Is(err, timebok.ErrExists):
		status, text = http.StatusConflict, "Noen andre har endret dette i mellomtiden. Last siden på nytt og se etter."
	case errors.Is(err, timebok.ErrUnavailable):
		status, text = http.StatusServiceUnavailable, "Den andre siden svarte ikke. Prøv igjen om litt."
	case errors.Is(err, timebok.ErrRefused), errors.Is(err, timebok.ErrInvalid):
		status, text = http.StatusUnprocessableEntity, "Det gikk ikke:"
	default:
		log.Printf("%s %s: %v", v.r.Method, v.r.URL.Path, err) // errors of the library name nobody
	}
	var why []string
	var rs timebok.Reasons
	if rs.Join("", err) == nil {
		for _, r := range rs {
			why = append(why, v.sentence(r))
		}
	}
	v.w.WriteHeader(status)
	if err := v.show("error", text, why); err != nil {
		fmt.Fprintln(v.w, http.StatusText(status))
	}
}

// actor is who acts, for the library.
func (v *visit) actor() timebok.Actor { return v.user.actor() }

// IsAdmin reports whether the user runs the clinic.
func (v *visit) IsAdmin() bool { return v.user.Role == timebok.Administrator }

// sees reports whether the user may see a client: an administrator sees all, a
// practitioner those that come to them, and those that they have entered. The
// library knows nothing of this; what a user may see is the host's to say.
func (v *visit) sees(ctx context.Context, tx storage.Tx, c timebok.ClientID) (bool, error) {
	if v.IsAdmin() {
		return true, nil
	}
	for _, err := range tx.Bookings(ctx, ofClient(c, v.user.Of)) {
		return err == nil, err
	}
	for e, err := range tx.Audit(ctx, storage.AuditFilter{Client: c}) {
		if err != nil || e.Action == "client.create" && e.By.User == v.user.Key {
			return err == nil, err
		}
	}
	return false, nil
}

// clients are those whom the user may see, at most so many of the clinic's. A
// practitioner of a large clinic would search instead.
func (v *visit) clients(ctx context.Context, tx storage.Tx) ([]timebok.Client, error) {
	var out []timebok.Client
	for c, err := range tx.Clients(ctx, timebok.ClientID{}, 1000) {
		if err != nil {
			return nil, err
		}
		ok, err := v.sees(ctx, tx, c.ID)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b timebok.Client) int { return strings.Compare(a.Name.Reveal(), b.Name.Reveal()) })
	return out, nil
}

// mustSee returns a *timebok.NotFoundError for a client whom the user may not see,
// as if there were none.
func (v *visit) mustSee(ctx context.Context, tx storage.Tx, c timebok.ClientID) error {
	ok, err := v.sees(ctx, tx, c)
	if err == nil && !ok {
		err = &timebok.NotFoundError{Ref: timebok.Client{ID: c}.Ref()}
	}
	return err
}

// redirect goes to a page after a command, so that loading it again repeats nothing.
func (v *visit) redirect(to string) error {
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// say keeps words for the next page.
func (v *visit) say(key string, args ...any) {
	text := v.T(key, args...)
	v.sessions.change(v.token, func(s *session) { s.said = text })
}

// pages are the templates, each with the layout around it.
type pages map[string]*template.Template

func newPages() pages {
	out := pages{}
	for _, file := range must(fs.Glob(files, "templates/*.html")) {
		name := strings.TrimSuffix(path.Base(file), ".html")
		if name != "layout" {
			out[name] = template.Must(template.ParseFS(files, "templates/layout.html", file))
		}
	}
	calendar := out["calendar"] // has its two panels on the right
	template.Must(calendar.ParseFS(files, "templates/panel.html", "templates/booking.html"))
	return out
}

// A page is what a template is given: the visit, whose methods speak the user's
// language, and the data of this page.
type page struct {
	*visit
	Title string
	Data  any
}

// show writes a page. The title is a text of the page, see text.go.
func (v *visit) show(name, title string, data any) error {
	var buf bytes.Buffer
	if v.r.Header.Get("Sec-Fetch-Dest") != "empty" { // a script that loads a part does not show it
		v.sessions.change(v.token, func(s *session) { v.said, s.said = s.said, "" })
	}
	if err := v.pages[name].ExecuteTemplate(&buf, "layout", page{v, v.T(title), data}); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = buf.WriteTo(v.w) // who asked may be gone
	return nil
}

// What the layout asks.

func (v *visit) User() user   { return v.user }
func (v *visit) Lang() string { return string(v.lang) }
func (v *visit) Said() string { return v.said }

// In reports whether the page belongs to a part of the journal.
func (v *visit) In(prefix string) bool { return strings.HasPrefix(v.r.URL.Path, prefix) }

// Here is the address to come back to when the language is changed.
func (v *visit) Here() string {
	if v.r.Method != http.MethodGet { // the answer to a form has none
		return "/kalender"
	}
	return v.r.URL.RequestURI()
}
