package smtp

import (
	"crypto/tls"
	"strings"
	"time"
	"unicode"

	"github.com/wneessen/go-mail"

	"github.com/timebok/timebok"
)

// A Server is where mails are handed in. It holds no connection: each mail is one
// session, so any number of goroutines may send.
type Server struct {
	timebok.Source        // of the Date header
	Host           string // name or address; the name must stand in the server's certificate
	Port           int    // 0: 587, 465 with ImplicitTLS
	Security       Security
	TLS            *tls.Config // nil: the system's roots, TLS 1.2 or later

	User, Password string // both "": no authentication
	Hello          string // our name in EHLO; "": the machine's

	From timebok.EmailAddress // sender of mails that name none
	Name string               // stands before the sender's address; "": nothing, the neutral choice

	// MessageDomain is what Message-IDs end with; "": the sender's domain.
	MessageDomain string
	// Timeout bounds dialling and the session, each; 0: 30 seconds. A deadline of
	// the context that comes sooner counts.
	Timeout time.Duration
}

// A Security says how the connection is encrypted.
type Security int

const (
	StartTLS      Security = iota // by STARTTLS, or nothing is sent (RFC 3207)
	ImplicitTLS                   // from the first byte (RFC 8314)
	Opportunistic                 // by STARTTLS if the server offers it; who listens may take the offer away
	Unencrypted                   // only for a server on the same machine
)

// Validate returns an *timebok.InvalidError with all that is wrong.
func (s *Server) Validate() error {
	var wrong timebok.Reasons
	if s.Host == "" {
		wrong.Add(timebok.Missing, "Host")
	}
	if s.Port < 0 || s.Port > 1<<16-1 {
		wrong.Add(timebok.BadValue, "Port")
	}
	if s.Security < StartTLS || s.Security > Unencrypted {
		wrong.Add(timebok.BadValue, "Security")
	}
	if s.From.IsZero() {
		wrong.Add(timebok.Missing, "From")
	}
	if (s.User == "") != (s.Password == "") {
		wrong.Add(timebok.Missing, "Password")
	}
	if s.Timeout < 0 {
		wrong.Add(timebok.BadValue, "Timeout")
	}
	for _, f := range []struct{ name, text string }{
		{"Host", s.Host}, {"Hello", s.Hello}, {"Name", s.Name}, {"MessageDomain", s.MessageDomain},
	} {
		if !isHeader(f.text) {
			wrong.Add(timebok.BadValue, f.name)
		}
	}
	return wrong.Invalid()
}

// isHeader reports whether a text can stand in a header: what ends a line could
// begin another header.
func isHeader(text string) bool { return !strings.ContainsFunc(text, unicode.IsControl) }

// client returns a client for one session.
func (s *Server) client(timeout time.Duration) (*mail.Client, error) {
	options := []mail.Option{mail.WithTimeout(timeout), mail.WithPort(s.port())}
	switch s.Security {
	case ImplicitTLS:
		options = append(options, mail.WithSSL())
	case Opportunistic:
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	case Unencrypted:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.TLS != nil {
		config := s.TLS.Clone()
		if config.ServerName == "" {
			config.ServerName = s.Host
		}
		options = append(options, mail.WithTLSConfig(config))
	}
	if s.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	if s.Hello != "" {
		options = append(options, mail.WithHELO(s.Hello))
	}
	return mail.NewClient(s.Host, options...)
}

func (s *Server) port() int {
	switch {
	case s.Port != 0:
		return s.Port
	case s.Security == ImplicitTLS:
		return 465
	}
	return 587
}
