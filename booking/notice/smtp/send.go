package smtp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/notice"
)

// Send hands one mail in. The server may get it twice, with one Message-ID: if it
// has taken it and the connection breaks before it can say so.
//
// What the server refuses for good (a reply of 5xx to sender, recipient or text) is
// a timebok.Permanent *ReplyError, as is what can't be written as a mail; a reply of
// 4xx is a *ReplyError that may be tried again. No server, no encryption where it
// must be, and a wrong password are an *timebok.UnavailableError: they are for
// somebody to mend, and say nothing about the mail.
func (s *Server) Send(ctx context.Context, m notice.Mail) error {
	if err := ctx.Err(); err != nil {
		return &timebok.UnavailableError{What: "mail", Cause: err}
	}
	if err := s.Validate(); err != nil {
		return err
	}
	msg, err := s.message(m)
	if err != nil {
		return timebok.Permanent(err)
	}
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	if deadline, ok := ctx.Deadline(); ok { // dialling and sending may take this long, each
		timeout = max(min(timeout, time.Until(deadline)/2), time.Millisecond)
	}
	client, err := s.client(timeout)
	if err != nil {
		return &timebok.UnavailableError{What: "mail", Cause: err}
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // it was taken, and only the goodbye failed
		return nil
	}
	return classify(err)
}

// classify turns an error of go-mail, whose text names the recipient, into ours.
func classify(err error) error {
	var failed *mail.SendError
	if !errors.As(err, &failed) {
		return &timebok.UnavailableError{What: "mail", Cause: err}
	}
	reply := &ReplyError{Code: failed.ErrorCode(), Enhanced: failed.EnhancedStatusCode(), To: commands[failed.Reason]}
	switch {
	case reply.To == "" || slices.Contains(aboutSession, reply.Code),
		reply.Code == 0 && failed.Reason != mail.ErrGetSender && failed.Reason != mail.ErrGetRcpts:
		cause := fmt.Errorf("timebok: mail server: %s: %d %s", failed.Reason, reply.Code, reply.Enhanced)
		return &timebok.UnavailableError{What: "mail", Cause: cause}
	case reply.Code/100 == 4:
		return reply
	}
	return timebok.Permanent(reply)
}

// commands are the steps at which a reply is about the mail itself.
var commands = map[mail.SendErrReason]string{
	mail.ErrGetSender: "MAIL", mail.ErrGetRcpts: "RCPT", mail.ErrSMTPMailFrom: "MAIL", mail.ErrSMTPRcptTo: "RCPT",
	mail.ErrSMTPData: "DATA", mail.ErrSMTPDataClose: "DATA",
}

// aboutSession are the replies that ask for a password or encryption first (RFC 4954,
// RFC 3207), with those that some servers give instead.
var aboutSession = []int{502, 503, 530, 534, 535, 538}

// A ReplyError is a server's refusal to take a mail.
type ReplyError struct {
	Code     int    // 4xx: for now; 5xx: for good; 0: the address can't be written
	Enhanced string // such as "5.1.1" (RFC 3463); "": the server says no more
	To       string // the command that was refused: MAIL, RCPT or DATA
}

// Error leaves out the server's words, which may name the recipient.
func (e *ReplyError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("timebok: mail server: %s refused: %d %s", e.To, e.Code, e.Enhanced))
}

// Unwrap tells what can be tried again from what can't.
func (e *ReplyError) Unwrap() error {
	if e.Code/100 == 4 {
		return timebok.ErrUnavailable
	}
	return timebok.ErrRefused
}

// message writes a mail.
func (s *Server) message(m notice.Mail) (*mail.Msg, error) {
	from := m.From
	if from.IsZero() {
		from = s.From
	}
	domain := s.MessageDomain
	if domain == "" {
		_, domain, _ = strings.Cut(from.Reveal(), "@")
	}
	var wrong timebok.Reasons
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := msg.FromFormat(s.Name, from.Reveal()); err != nil {
		wrong.Add(timebok.BadEmailAddress, "From")
	}
	if err := msg.To(m.To.Reveal()); err != nil {
		wrong.Add(timebok.BadEmailAddress, "To")
	}
	if m.ID.IsZero() {
		wrong.Add(timebok.Missing, "ID")
	}
	for _, f := range []struct{ name, text string }{
		{"Subject", m.Subject}, {"Method", string(m.Method)}, {"Lang", string(m.Lang)},
	} {
		if !isHeader(f.text) {
			wrong.Add(timebok.BadValue, f.name)
		}
	}
	if err := wrong.Invalid(); err != nil {
		return nil, err
	}
	msg.SetMessageIDWithValue(m.ID.String() + "@" + domain)
	msg.SetDateWithValue(s.Time())
	msg.Subject(m.Subject)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notes in return
	if m.Lang != "" {
		msg.SetGenHeader(mail.HeaderContentLang, string(m.Lang))
	}
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.Calendar.IsZero() {
		return msg, nil
	}
	kind := mail.ContentType(fmt.Sprintf("text/calendar; method=%s", m.Method))
	msg.AddAlternativeString(kind, m.Calendar.Reveal(), mail.WithPartEncoding(mail.EncodingB64))
	msg.AttachReadSeeker("invite.ics", strings.NewReader(m.Calendar.Reveal()), mail.WithFileContentType("application/ics"))
	return msg, nil
}
