package sqlite

import (
	"database/sql/driver"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// A file opens connections to a database.
type file struct {
	path   string
	driver driver.Driver
	busy   time.Duration
}

// connect opens a connection to a database that exists.
func (f file) connect() (*conn, error) {
	c, err := f.open("rw")
	if err != nil {
		return nil, classify(err)
	}
	return c, nil
}

// open opens a connection with the settings that all share. The mode is rw, or
// rwc to make the file.
func (f file) open(mode string) (*conn, error) {
	raw, err := f.driver.Open(f.name(mode))
	if err != nil {
		return nil, err
	}
	c := newConn(raw)
	settings := []string{
		fmt.Sprintf("PRAGMA busy_timeout = %d", f.busy.Milliseconds()),
		"PRAGMA temp_store = MEMORY", // no person's data in files beside the database
		// There are no foreign keys; see the migrations for why.
		"PRAGMA foreign_keys = OFF",
	}
	for _, s := range settings {
		if err := c.run(s); err != nil {
			c.close()
			return nil, err
		}
	}
	return c, nil
}

// name is the path as a URI, so that no letter in it is taken for a parameter.
func (f file) name(mode string) string {
	p := filepath.ToSlash(f.path)
	if filepath.VolumeName(f.path) != "" {
		p = "/" + p
	}
	// A URI of two slashes would begin with a host.
	if strings.HasPrefix(p, "//") {
		p = "//" + p
	}
	return "file:" + (&url.URL{Path: p}).EscapedPath() + "?mode=" + mode
}

// forWriting opens the connection that writes.
func (f file) forWriting() (*conn, error) {
	return f.with(
		"PRAGMA synchronous = FULL", // an acknowledged commit outlives the power
		"PRAGMA cache_size = -65536",
		"PRAGMA journal_size_limit = 67108864",
	)
}

// forReading opens a connection that can't write.
func (f file) forReading() (*conn, error) {
	return f.with("PRAGMA query_only = ON", "PRAGMA cache_size = -16384")
}

func (f file) with(settings ...string) (*conn, error) {
	c, err := f.connect()
	if err != nil {
		return nil, err
	}
	for _, s := range settings {
		if err := c.run(s); err != nil {
			c.close()
			return nil, classify(err)
		}
	}
	return c, nil
}
