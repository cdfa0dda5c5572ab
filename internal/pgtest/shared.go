package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// The environment variables that steer the package.
const (
	ServerVar = "TIMEBOK_POSTGRES"      // DSN of a server to use
	SwitchVar = "TIMEBOK_TEST_POSTGRES" // "off" skips the tests
)

func skipIfOff(tb testing.TB) {
	tb.Helper()
	if os.Getenv(SwitchVar) == "off" {
		tb.Skipf("PostgreSQL is switched off by %s=off", SwitchVar)
	}
}

// shared is the server of this test binary, started by the first test that asks.
var shared struct {
	sync.Mutex
	server    *Server
	templates []string // databases
	err       error
}

// Run runs the tests of a binary, and then drops and stops what they shared. It
// returns the code to exit with.
func Run(m *testing.M) int {
	code := m.Run()
	if err := clean(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return max(code, 1)
	}
	return code
}

func clean() error {
	shared.Lock()
	defer shared.Unlock()
	if shared.server != nil {
		return shared.server.Stop()
	}
	var errs []error
	for _, name := range shared.templates {
		errs = append(errs, execute(os.Getenv(ServerVar), "DROP DATABASE "+name+" WITH (FORCE)"))
	}
	return errors.Join(errs...)
}

// sharedDSN returns the DSN of the shared server, and starts it if need be.
func sharedDSN() (string, error) {
	if dsn := os.Getenv(ServerVar); dsn != "" {
		return dsn, nil
	}
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil && shared.err == nil {
		shared.server, shared.err = Launch()
	}
	if shared.err != nil {
		return "", shared.err
	}
	return shared.server.DSN("postgres"), nil
}

// Database makes an empty database on the shared server and returns its DSN. It
// is dropped when the test ends. A test binary that calls it runs its tests by Run.
func Database(tb testing.TB) string {
	tb.Helper()
	return shareOf(tb, func(string) (string, error) { return "template0", nil })
}

// A Template is a database that is prepared once and copied for every test that
// asks.
type Template struct {
	Prepare func(dsn string) error

	once sync.Once
	name string
	err  error
}

// Database makes a copy of the template on the shared server, as Database does.
func (t *Template) Database(tb testing.TB) string {
	tb.Helper()
	return shareOf(tb, func(server string) (string, error) {
		t.once.Do(func() { t.name, t.err = t.make(server) })
		return t.name, t.err
	})
}

func (t *Template) make(server string) (string, error) {
	name := newName()
	if err := execute(server, "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		return "", err
	}
	shared.Lock()
	shared.templates = append(shared.templates, name)
	shared.Unlock()
	return name, t.Prepare(in(server, name))
}

// shareOf copies a database of the shared server for a test.
func shareOf(tb testing.TB, template func(server string) (string, error)) string {
	tb.Helper()
	skipIfOff(tb)
	server, err := sharedDSN()
	if err != nil {
		tb.Fatal(err)
	}
	from, err := template(server)
	if err != nil {
		tb.Fatal(err)
	}
	name := newName()
	if err := execute(server, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := execute(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Error(err)
		}
	})
	return in(server, name)
}

// Database makes an empty database on the server and returns its DSN. It goes
// with the server.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	name := newName()
	if err := execute(s.DSN("postgres"), "CREATE DATABASE "+name+" TEMPLATE template0"); err != nil {
		tb.Fatal(err)
	}
	return s.DSN(name)
}

// in is the DSN of another database of the same server.
func in(dsn, database string) string {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return inURL(dsn, database)
	}
	return dsn + " dbname=" + database // the last one counts
}

func newName() string { return fmt.Sprintf("t%x", [16]byte(uuid.New())) }

func execute(dsn, sql string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("pgtest: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		return fmt.Errorf("pgtest: %s: %w", sql, err)
	}
	return nil
}

func inURL(dsn, database string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // connecting will say what is wrong
	}
	u.Path = "/" + database
	return u.String()
}
