package smtp_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	server "github.com/emersion/go-smtp"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/notice/smtp"
)

// A fault is what the server does to a mail.
type fault string

const (
	accept     fault = ""
	hangUp     fault = "hangs up at the greeting"
	busy       fault = "421 to MAIL"
	greylist   fault = "451 to RCPT"
	unknown    fault = "550 to RCPT"
	stopInData fault = "hangs up in the middle of DATA"
	full       fault = "452 to the text"
	refuse     fault = "554 to the text"
	takeAndDie fault = "takes the text and hangs up without an answer"
	goodbye    fault = "takes the text, says so and hangs up"
	mute       fault = "says nothing"
)

// A received is a mail that the server took.
type received struct {
	From string
	To   []string
	Data []byte
}

// A mailServer is a real SMTP server, on a port of this machine, whose faults can be
// chosen for each session.
type mailServer struct {
	address  string
	roots    *x509.CertPool
	implicit bool // TLS from the first byte

	mu       sync.Mutex
	fault    func(session int) fault
	user     string // "": anybody may send
	sessions int
	open     map[net.Conn]bool
	mails    []received
}

// serve starts a server; options change it before it listens.
func serve(t testing.TB, options ...func(*server.Server, *mailServer)) *mailServer {
	t.Helper()
	m := &mailServer{open: map[net.Conn]bool{}, fault: func(int) fault { return accept }}
	s := server.NewServer(server.BackendFunc(func(c *server.Conn) (server.Session, error) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.sessions++
		return &session{server: m, conn: c.Conn(), fault: m.fault(m.sessions)}, nil
	}))
	s.Domain, s.AllowInsecureAuth, s.EnableSMTPUTF8 = "mail.example", true, true
	s.ErrorLog = silent{}
	certificate, roots := certificate(t)
	s.TLSConfig, m.roots = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, roots
	for _, o := range options {
		o(s, m)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m.address = l.Addr().String()
	done := make(chan error, 1)
	if m.implicit {
		l = tls.NewListener(l, s.TLSConfig)
	}
	go func() { done <- s.Serve(&listener{l, m}) }()
	t.Cleanup(func() {
		_ = s.Close()
		_ = l.Close() // Close knows of it only once Serve runs
		if err := <-done; err != nil && !errors.Is(err, server.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		for c := range m.open {
			_ = c.Close()
		}
	})
	return m
}

func withoutTLS(s *server.Server, _ *mailServer) { s.TLSConfig = nil }

func implicitTLS(_ *server.Server, m *mailServer) { m.implicit = true }

func withUser(name string) func(*server.Server, *mailServer) {
	return func(_ *server.Server, m *mailServer) { m.user = name }
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// A listener hangs up, or says nothing, before the server sees the connection.
type listener struct {
	net.Listener
	server *mailServer
}

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.server.mu.Lock()
		next := l.server.fault(l.server.sessions + 1)
		if next == hangUp || next == mute {
			l.server.sessions++
		}
		if next == mute {
			l.server.open[c] = true
		}
		l.server.mu.Unlock()
		switch next {
		case hangUp:
			_ = c.Close()
		case mute:
		default:
			return c, nil
		}
	}
}

// sender returns an adapter to the server.
func (m *mailServer) sender(t testing.TB) *smtp.Server {
	t.Helper()
	host, port, err := net.SplitHostPort(m.address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := net.LookupPort("tcp", port)
	if err != nil {
		t.Fatal(err)
	}
	return &smtp.Server{
		Source: timebok.Source{Now: func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }},
		Host:   host, Port: n, TLS: &tls.Config{RootCAs: m.roots, MinVersion: tls.VersionTLS12}, Hello: "journal.example",
		From: must(timebok.ParseEmailAddress("ikke-svar@journal.example")),
	}
}

func (m *mailServer) setFault(f func(session int) fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = f
}

// always makes every session go one way.
func (m *mailServer) always(f fault) { m.setFault(func(int) fault { return f }) }

// taken returns the mails that the server took, and forgets them.
func (m *mailServer) taken() []received {
	m.mu.Lock()
	defer m.mu.Unlock()
	mails := m.mails
	m.mails = nil
	return mails
}

// A session is one connection.
type session struct {
	server *mailServer
	conn   net.Conn
	fault  fault
	known  bool
	mail   received
}

func (s *session) Reset() {
	if s.fault == goodbye && s.mail.Data != nil { // the answer is on its way
		_ = s.conn.Close()
	}
	s.mail = received{}
}

func (s *session) Logout() error { return nil }

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if name != s.server.user || password != "secret of "+name {
			return server.ErrAuthFailed
		}
		s.known = true
		return nil
	}), nil
}

func reply(code int, enhanced server.EnhancedCode, text string) error {
	return &server.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

func (s *session) Mail(from string, _ *server.MailOptions) error {
	if s.server.user != "" && !s.known {
		return reply(530, server.EnhancedCode{5, 7, 0}, "Authentication required")
	}
	if s.fault == busy {
		return reply(421, server.EnhancedCode{4, 3, 2}, "Too busy for "+from)
	}
	s.mail.From = from
	return nil
}

func (s *session) Rcpt(to string, _ *server.RcptOptions) error {
	switch s.fault {
	case greylist:
		return reply(451, server.EnhancedCode{4, 7, 1}, "Come back later, "+to)
	case unknown:
		return reply(550, server.EnhancedCode{5, 1, 1}, "No such user: "+to)
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	if s.fault == stopInData {
		_, _ = io.CopyN(io.Discard, r, 100)
		_ = s.conn.Close()
		return io.ErrUnexpectedEOF
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	switch s.fault {
	case full:
		return reply(452, server.EnhancedCode{4, 2, 2}, "Mailbox of "+s.mail.To[0]+" full")
	case refuse:
		return reply(554, server.EnhancedCode{5, 6, 0}, "No, "+s.mail.To[0])
	}
	s.mail.Data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	s.server.mu.Lock()
	s.server.mails = append(s.server.mails, s.mail)
	s.server.mu.Unlock()
	if s.fault == takeAndDie {
		_ = s.conn.Close()
	}
	return nil
}

// certificate makes one for 127.0.0.1, with the pool that trusts it.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// header returns one header field of a mail, unfolded.
func (r received) header(name string) string {
	head, _, _ := strings.Cut(string(r.Data), "\n\n")
	for line := range strings.SplitSeq(strings.ReplaceAll(head, "\n ", " "), "\n") {
		if value, ok := strings.CutPrefix(line, name+": "); ok {
			return value
		}
	}
	return ""
}
