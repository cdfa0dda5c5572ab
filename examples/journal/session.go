package main

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"

	"github.com/timebok/timebok"
)

// A user is somebody who may sign in. There are no passwords: whoever opens the
// page chooses one, and the page says so. A host puts its own sign-in here.
type user struct {
	Key, Name string
	Role      timebok.Role
	Of        timebok.PractitionerID // of a practitioner: whose calendar and clients
}

var users = []user{
	{"ola", "Ola Nord", timebok.PractitionerRole, olaID},
	{"mari", "Mari Fjell", timebok.PractitionerRole, mariID},
	{"admin", "Eli Kontor", timebok.Administrator, timebok.PractitionerID{}},
}

// actor is the user as the library knows them.
func (u user) actor() timebok.Actor {
	return timebok.Actor{User: u.Key, Role: u.Role, Clinic: clinicID}
}

// A session is one browser that is signed in. It is known by a random token in a
// cookie, and kept in memory: a restart signs everyone out.
type session struct {
	user  user
	lang  timebok.Lang
	said  string // to be shown on the next page, once
	until time.Time
}

const (
	cookieName = "journal"
	lifetime   = 8 * time.Hour
)

type sessions struct {
	mu sync.Mutex
	of map[string]session
}

// start makes a session and gives the browser its cookie. A host behind TLS sets
// Secure as well.
func (s *sessions) start(w http.ResponseWriter, u user, l timebok.Lang) {
	token := rand.Text()
	s.put(token, session{user: u, lang: l, until: time.Now().Add(lifetime)})
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: token, Path: "/", MaxAge: int(lifetime.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (s *sessions) put(token string, x session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[string]session{}
	}
	for t, old := range s.of {
		if time.Now().After(old.until) {
			delete(s.of, t)
		}
	}
	s.of[token] = x
}

// find returns the session of a request and its token.
func (s *sessions) find(r *http.Request) (string, session, bool) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return "", session{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.of[c.Value]
	return c.Value, x, ok && time.Now().Before(x.until)
}

// change changes a session, if it still is there.
func (s *sessions) change(token string, change func(x *session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x, ok := s.of[token]; ok {
		change(&x)
		s.of[token] = x
	}
}

// end forgets the session and its cookie.
func (s *sessions) end(w http.ResponseWriter, token string) {
	s.mu.Lock()
	delete(s.of, token)
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// frontDoor signs whoever comes in as the first made-up user, so that the journal
// can be seen at once. It is a convenience of this example.
func (j *journal) frontDoor(w http.ResponseWriter, r *http.Request) {
	if _, _, ok := j.sessions.find(r); !ok {
		j.sessions.start(w, users[0], timebok.Bokmaal)
	}
	http.Redirect(w, r, "/kalender", http.StatusSeeOther)
}

// signInPage shows who there is to choose from.
func (j *journal) signInPage(w http.ResponseWriter, r *http.Request) {
	v := &visit{journal: j, w: w, r: r, lang: timebok.Bokmaal}
	if token, s, ok := j.sessions.find(r); ok {
		v.token, v.user, v.lang = token, s.user, s.lang
	}
	v.answer(v.show("signin", "Velg bruker", users))
}

func (j *journal) signIn(w http.ResponseWriter, r *http.Request) {
	old, s, _ := j.sessions.find(r)
	lang := s.lang
	if lang == "" {
		lang = timebok.Bokmaal
	}
	for _, u := range users {
		if u.Key == r.FormValue("bruker") {
			j.sessions.end(w, old)
			j.sessions.start(w, u, lang)
			http.Redirect(w, r, "/kalender", http.StatusSeeOther)
			return
		}
	}
	http.Redirect(w, r, "/bruker", http.StatusSeeOther)
}

func (j *journal) signOut(w http.ResponseWriter, r *http.Request) {
	token, _, _ := j.sessions.find(r)
	j.sessions.end(w, token)
	http.Redirect(w, r, "/bruker", http.StatusSeeOther)
}

// setLanguage changes the language and goes back to the page it was asked on.
func (v *visit) setLanguage() error {
	l := timebok.Lang(v.r.FormValue("sprak"))
	switch l {
	case timebok.Bokmaal, timebok.Nynorsk, timebok.English:
		v.sessions.change(v.token, func(s *session) { s.lang = l })
	}
	back := v.r.FormValue("tilbake")
	if len(back) < 2 || back[0] != '/' || back[1] == '/' || back[1] == '\\' {
		back = "/kalender" // never to another site
	}
	return v.redirect(back)
}
