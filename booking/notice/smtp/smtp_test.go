package smtp_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/ical"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/booking/notice/smtp"
)

var kari = notice.Mail{
	ID: timebok.DeriveID[timebok.Message]("kari"), To: must(timebok.ParseEmailAddress("kari@example.com")), Lang: timebok.Bokmaal,
	Subject: "Påminnelse om time", Text: "Vi minner om timen din onsdag 2. desember 2026 kl. 09.00–09.50.\n.\nSted: Fjordgata 1\n",
}

// parse reads a mail as a mail program does.
func parse(t *testing.T, r received) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(string(r.Data)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var decoder = new(mime.WordDecoder)

// decoded returns the content of a part of a mail.
func decoded(t *testing.T, encoding string, r io.Reader) string {
	t.Helper()
	switch encoding {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	default:
		t.Fatalf("encoded as %q", encoding)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

// calendar returns the entry in a mail.
func (r received) calendar(t *testing.T) string {
	t.Helper()
	_, after, ok := strings.Cut(string(r.Data), "Content-Type: text/calendar")
	_, after, _ = strings.Cut(after, "\n\n")
	body, _, _ := strings.Cut(after, "\n--")
	if !ok {
		t.Fatal("no entry for the calendar")
	}
	return decoded(t, "base64", strings.NewReader(body))
}

func TestSend(t *testing.T) {
	m := serve(t, withUser("klinikk"))
	s := m.sender(t)
	s.User, s.Password, s.Name = "klinikk", "secret of klinikk", "Blåbær & «Sønn», avd. Øst"
	for range 2 { // the second time with the same ID
		if err := s.Send(t.Context(), kari); err != nil {
			t.Fatal(err)
		}
	}
	taken := m.taken()
	if len(taken) != 2 || taken[0].From != "ikke-svar@journal.example" || len(taken[0].To) != 1 || taken[0].To[0] != "kari@example.com" {
		t.Fatalf("taken: %+v", taken)
	}
	got := parse(t, taken[0])
	if text := decoded(t, got.Header.Get("Content-Transfer-Encoding"), got.Body); text != kari.Text {
		t.Errorf("the text came as %q", text)
	}
	subject, err := decoder.DecodeHeader(got.Header.Get("Subject"))
	if err != nil || subject != kari.Subject {
		t.Errorf("the subject came as %q, %v", subject, err)
	}
	from, err := got.Header.AddressList("From")
	if err != nil || len(from) != 1 || from[0].Name != s.Name || from[0].Address != "ikke-svar@journal.example" {
		t.Errorf("from %v, %v", from, err)
	}
	headers := map[string]string{
		"Message-ID": "<" + kari.ID.String() + "@journal.example>", "Date": "Mon, 23 Nov 2026 08:00:00 +0000",
		"Auto-Submitted": "auto-generated", "Content-Language": "nb", "Content-Type": "text/plain; charset=UTF-8", "To": "<kari@example.com>",
	}
	for name, want := range headers {
		if got := taken[1].header(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	s.MessageDomain = "klinikk.example"
	reply := kari
	reply.From = must(timebok.ParseEmailAddress("svar@journal.example"))
	if err := s.Send(t.Context(), reply); err != nil {
		t.Fatal(err)
	}
	taken = m.taken()
	if taken[0].From != "svar@journal.example" || taken[0].header("Message-ID") != "<"+kari.ID.String()+"@klinikk.example>" {
		t.Errorf("the mail's own sender: %+v", taken)
	}
}

// An invitation is text and calendar side by side, with the calendar as a file.
func TestCalendar(t *testing.T) {
	m := serve(t)
	invitation := kari
	invitation.Method = ical.Cancel
	entry := "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nX:å\r\n.\r\nEND:VCALENDAR\r\n"
	invitation.Calendar = timebok.Hide(entry)
	if err := m.sender(t).Send(t.Context(), invitation); err != nil {
		t.Fatal(err)
	}
	got := parse(t, m.taken()[0])
	var shape []string
	var walk func(kind, encoding, disposition string, body io.Reader)
	walk = func(kind, encoding, disposition string, body io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(media, "multipart/") {
			shape = append(shape, kind+" "+disposition)
			want := entry
			if media == "text/plain" {
				want = kari.Text
			}
			if text := decoded(t, encoding, body); text != strings.ReplaceAll(want, "\r\n", "\n") {
				t.Errorf("%s came as %q", kind, text)
			}
			return
		}
		shape = append(shape, media)
		for parts := multipart.NewReader(body, params["boundary"]); ; {
			p, err := parts.NextRawPart()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			walk(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p)
		}
		shape = append(shape, "end")
	}
	walk(got.Header.Get("Content-Type"), got.Header.Get("Content-Transfer-Encoding"), "", got.Body)
	want := []string{
		"multipart/mixed", "multipart/alternative", "text/plain; charset=UTF-8 ", "text/calendar; method=CANCEL; charset=UTF-8 ", "end",
		`application/ics; name="invite.ics" attachment; filename="invite.ics"`, "end",
	}
	if diff := cmp.Diff(want, shape); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the server says decides whether the mail is tried again; no error names the
// recipient or repeats the server's words.
func TestFaults(t *testing.T) {
	for _, c := range []struct {
		fault     fault
		permanent bool
		reply     *smtp.ReplyError // nil: the server was not there to say
		taken     int
	}{
		{hangUp, false, nil, 0},
		{busy, false, &smtp.ReplyError{Code: 421, Enhanced: "4.3.2", To: "MAIL"}, 0},
		{greylist, false, &smtp.ReplyError{Code: 451, Enhanced: "4.7.1", To: "RCPT"}, 0},
		{unknown, true, &smtp.ReplyError{Code: 550, Enhanced: "5.1.1", To: "RCPT"}, 0},
		{stopInData, false, nil, 0},
		{full, false, &smtp.ReplyError{Code: 452, Enhanced: "4.2.2", To: "DATA"}, 0},
		{refuse, true, &smtp.ReplyError{Code: 554, Enhanced: "5.6.0", To: "DATA"}, 0},
		{takeAndDie, false, nil, 1},
	} {
		t.Run(string(c.fault), func(t *testing.T) {
			m := serve(t)
			m.always(c.fault)
			s := m.sender(t)
			long := kari
			long.Text = strings.Repeat(kari.Text, 1000)
			err := s.Send(t.Context(), long)
			if err == nil || timebok.IsPermanent(err) != c.permanent || errors.Is(err, timebok.ErrUnavailable) == c.permanent {
				t.Fatalf("%v, permanent %v", err, timebok.IsPermanent(err))
			}
			var reply *smtp.ReplyError
			errors.As(err, &reply)
			if diff := cmp.Diff(c.reply, reply); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, text := range texts(err) {
				if strings.Contains(text, "kari") || strings.Contains(text, "example") {
					t.Errorf("tells who: %s", text)
				}
			}
			if n := len(m.taken()); n != c.taken {
				t.Errorf("%d taken", n)
			}
			m.always(accept)
			if err := s.Send(t.Context(), long); err != nil || len(m.taken()) != 1 {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// texts are those of an error and of all that caused it.
func texts(err error) []string {
	out := []string{fmt.Sprintf("%v %+v", err, err)}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		if cause := e.Unwrap(); cause != nil {
			out = append(out, texts(cause)...)
		}
	case interface{ Unwrap() []error }:
		for _, cause := range e.Unwrap() {
			out = append(out, texts(cause)...)
		}
	}
	return out
}

// A mail that was taken is sent, also when the server does not wait for the goodbye.
func TestGoodbye(t *testing.T) {
	m := serve(t)
	m.always(goodbye)
	if err := m.sender(t).Send(t.Context(), kari); err != nil || len(m.taken()) != 1 {
		t.Errorf("it was taken: %v", err)
	}
}

// Whatever is wrong with the connection is no fault of the mail: nothing is sent, and
// it may be tried again.
func TestSecurity(t *testing.T) {
	for name, c := range map[string]struct {
		server *mailServer
		change func(s *smtp.Server)
		works  bool
	}{
		"STARTTLS":                         {serve(t), func(*smtp.Server) {}, true},
		"STARTTLS that is not offered":     {serve(t, withoutTLS), func(*smtp.Server) {}, false},
		"opportunistic, offered":           {serve(t), func(s *smtp.Server) { s.Security = smtp.Opportunistic }, true},
		"opportunistic, not offered":       {serve(t, withoutTLS), func(s *smtp.Server) { s.Security = smtp.Opportunistic }, true},
		"in clear":                         {serve(t, withoutTLS), func(s *smtp.Server) { s.Security = smtp.Unencrypted }, true},
		"TLS from the first byte":          {serve(t, implicitTLS), func(s *smtp.Server) { s.Security = smtp.ImplicitTLS }, true},
		"TLS to one that begins in clear":  {serve(t), func(s *smtp.Server) { s.Security = smtp.ImplicitTLS }, false},
		"a certificate of nobody we trust": {serve(t), func(s *smtp.Server) { s.TLS = nil }, false},
		"a certificate of another":         {serve(t), func(s *smtp.Server) { s.TLS.ServerName = "other.example" }, false},
		"a password":                       {serve(t, withUser("k")), func(s *smtp.Server) { s.User, s.Password = "k", "secret of k" }, true},
		"a password, TLS from the first byte": {serve(t, withUser("k"), implicitTLS), func(s *smtp.Server) {
			s.Security, s.User, s.Password = smtp.ImplicitTLS, "k", "secret of k"
		}, true},
		"a wrong password": {serve(t, withUser("k")), func(s *smtp.Server) { s.User, s.Password = "k", "wrong" }, false},
		"no password":      {serve(t, withUser("k")), func(*smtp.Server) {}, false},
		"nobody listens":   {serve(t), func(s *smtp.Server) { s.Port = 1 }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := c.server.sender(t)
			c.change(s)
			err := s.Send(t.Context(), kari)
			taken := len(c.server.taken())
			var down *timebok.UnavailableError
			switch {
			case c.works && (err != nil || taken != 1):
				t.Errorf("%v, %d taken", err, taken)
			case !c.works && (!errors.As(err, &down) || timebok.IsPermanent(err) || taken != 0):
				t.Errorf("%v, %d taken; want unavailable", err, taken)
			}
		})
	}
}

// A mail is given up when the context or the server's time is over.
func TestTime(t *testing.T) {
	m := serve(t)
	m.always(mute)
	s := m.sender(t)
	s.Timeout = 50 * time.Millisecond
	if err := s.Send(t.Context(), kari); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("a server that says nothing: %v", err)
	}
	s.Timeout = 0
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := s.Send(ctx, kari); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("with a deadline: %v", err)
	}
	cancel()
	<-ctx.Done()
	if err := s.Send(ctx, kari); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled) {
		t.Errorf("after it: %v", err)
	}
}

// What could begin another header is refused before anything is sent.
func TestInjection(t *testing.T) {
	m := serve(t)
	for name, change := range map[string]func(s *smtp.Server, m *notice.Mail){
		"Subject":       func(_ *smtp.Server, m *notice.Mail) { m.Subject = "Time\r\nBcc: x@example.com" },
		"Method":        func(_ *smtp.Server, m *notice.Mail) { m.Method = "REQUEST\r\nBcc: x@example.com" },
		"Lang":          func(_ *smtp.Server, m *notice.Mail) { m.Lang = "nb\nBcc: x@example.com" },
		"Name":          func(s *smtp.Server, _ *notice.Mail) { s.Name = "Nord\r\nBcc: x@example.com" },
		"Hello":         func(s *smtp.Server, _ *notice.Mail) { s.Hello = "a\r\nMAIL FROM:<x@example.com>" },
		"MessageDomain": func(s *smtp.Server, _ *notice.Mail) { s.MessageDomain = "a>\r\nBcc: x@example.com" },
	} {
		s, mail := m.sender(t), kari
		change(s, &mail)
		err := s.Send(t.Context(), mail)
		var invalid *timebok.InvalidError
		if !errors.As(err, &invalid) || len(invalid.Reasons) != 1 || invalid.Reasons[0].Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := m.sender(t)
	if err := s.Send(t.Context(), notice.Mail{Subject: "\n"}); !timebok.IsPermanent(err) || !strings.Contains(err.Error(), "To:") ||
		!strings.Contains(err.Error(), "ID:") || !strings.Contains(err.Error(), "Subject:") {
		t.Errorf("a mail that says nothing: %v", err)
	}
	if n := len(m.taken()); n != 0 {
		t.Errorf("%d were sent", n)
	}
}

func TestValidate(t *testing.T) {
	err := (&smtp.Server{Port: 1 << 16, Security: 9, User: "x", Timeout: -1, Name: "\n"}).Send(t.Context(), kari)
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) || timebok.IsPermanent(err) { // it is the host's to mend, and the mail waits
		t.Fatal(err)
	}
	var got []string
	for _, r := range invalid.Reasons {
		got = append(got, r.Field)
	}
	if diff := cmp.Diff([]string{"Host", "Port", "Security", "From", "Password", "Timeout", "Name"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Addresses beyond ASCII reach a server that takes them (RFC 6531).
func TestInternational(t *testing.T) {
	m := serve(t)
	mail := kari
	mail.To = must(timebok.ParseEmailAddress("kåre@blåbær.example"))
	err := m.sender(t).Send(t.Context(), mail)
	taken := m.taken()
	if err != nil || len(taken) != 1 || taken[0].To[0] != "kåre@blåbær.example" {
		t.Errorf("%v, %+v", err, taken)
	}
}
