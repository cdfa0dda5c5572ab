package spool_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/invoicetest"
	"github.com/timebok/timebok/invoice/spool"
)

// helperDir names the directory that a second process of this test spools to.
const helperDir = "TIMEBOK_SPOOL_HELPER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(helperDir); dir != "" {
		os.Exit(spoolAll(dir))
	}
	os.Exit(m.Run())
}

// spoolAll hands fifty documents over and prints their receipts, as one of
// several processes that share a directory.
func spoolAll(dir string) int {
	for n := range int64(50) {
		r, err := spool.Dir{Path: dir}.Submit(context.Background(), submission(n))
		if err != nil {
			fmt.Println(err, errors.Unwrap(err))
			return 1
		}
		fmt.Println(r.ID)
	}
	return 0
}

func submission(n int64) invoice.Submission {
	id := timebok.DeriveID[invoice.Document]("spool", strconv.FormatInt(n, 10))
	s := invoice.Submission{
		Key: id.String(), Number: 1001 + n, Kind: invoice.Bill,
		Document: invoice.Document{Type: "application/xml", Body: fmt.Appendf(nil, "<Invoice>%d</Invoice>", n)},
	}
	s.Sender, _ = timebok.ParseOrgNumber("988077917")
	s.Receiver, _ = timebok.ParseOrgNumber("995525828")
	return s
}

func TestDirPasses(t *testing.T) {
	invoicetest.Run(t, invoicetest.Harness{
		Open: func(t *testing.T) invoice.Transport { return spool.Dir{Path: t.TempDir()} },
		Sent: func(t *testing.T, tr invoice.Transport) (out []invoicetest.Sent) {
			for name, body := range files(t, tr.(spool.Dir)) {
				number, _ := strconv.ParseInt(strings.Split(strings.TrimPrefix(name, "credit-"), "-")[1], 10, 64)
				out = append(out, invoicetest.Sent{Number: number, Body: []byte(body)})
			}
			return out
		},
		Reopen: func(_ *testing.T, tr invoice.Transport) invoice.Transport { return tr },
		Cut: func(t *testing.T, tr invoice.Transport) func() { // the disk is gone, and comes back
			path := tr.(spool.Dir).Path
			if err := os.Rename(path, path+".gone"); err != nil {
				t.Fatal(err)
			}
			return func() {
				if err := os.Rename(path+".gone", path); err != nil {
					t.Fatal(err)
				}
			}
		},
	})
}

// files returns what can be picked up, by name.
func files(t *testing.T, d spool.Dir) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(d.Path)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		body, err := os.ReadFile(filepath.Join(d.Path, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		out[e.Name()] = string(body)
	}
	return out
}

func TestFile(t *testing.T) {
	d := spool.Dir{Path: t.TempDir()}
	s := submission(0)
	got, err := d.Submit(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	name := "invoice-1001-" + s.Key + ".xml"
	if got.ID != name {
		t.Errorf("receipt %q, want the file's name %q", got.ID, name)
	}
	info, err := os.Stat(filepath.Join(d.Path, name))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode() != 0o600 {
		t.Errorf("mode %v, want -rw-------", info.Mode())
	}
	kept, err := os.Stat(filepath.Join(d.Path, ".timebok"))
	if err != nil || kept.Mode().Perm() != 0o700 {
		t.Errorf("the memory: %v, %v, want 0700", kept.Mode(), err)
	}
}

func TestNamesOfOtherDocuments(t *testing.T) {
	d := spool.Dir{Path: t.TempDir()}
	for n, want := range map[int64]string{1: ".pdf", 2: ".bin", 3: ".xml"} {
		s := submission(n)
		s.Kind = invoice.CreditNote
		s.Document.Type = map[int64]string{1: "application/pdf", 2: "text/plain", 3: "text/xml"}[n]
		got, err := d.Submit(t.Context(), s)
		if name := fmt.Sprintf("credit-note-%d-%s%s", s.Number, s.Key, want); err != nil || got.ID != name {
			t.Errorf("%s: %q, %v, want %q", s.Document.Type, got.ID, err, name)
		}
	}
}

// A file that was picked up stays picked up, however often Submit is repeated:
// else the invoice would go out twice.
func TestPickedUp(t *testing.T) {
	d := spool.Dir{Path: t.TempDir()}
	first, err := d.Submit(t.Context(), submission(0))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(d.Path, first.ID)); err != nil {
		t.Fatal(err)
	}
	again, err := d.Submit(t.Context(), submission(0))
	if err != nil || again != first {
		t.Errorf("repeated: %v, %v, want %v", again, err, first)
	}
	if left := files(t, d); len(left) > 0 {
		t.Errorf("written again: %v", left)
	}
	other := submission(0)
	other.Document.Body = []byte("<Invoice>changed</Invoice>")
	if _, err := d.Submit(t.Context(), other); !errors.Is(err, invoice.KeyTaken) {
		t.Errorf("another document under the key: %v, want %v", err, invoice.KeyTaken)
	}
}

// A file is left as it is: not even its time changes.
func TestLeavesFile(t *testing.T) {
	d := spool.Dir{Path: t.TempDir()}
	first, err := d.Submit(t.Context(), submission(0))
	if err != nil {
		t.Fatal(err)
	}
	name, old := filepath.Join(d.Path, first.ID), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submit(t.Context(), submission(0)); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || !info.ModTime().Equal(old) {
		t.Errorf("after a repeat: %v, %v, want the time unchanged", info.ModTime(), err)
	}
}

// crash makes the directory look as a process leaves it that dies at a step.
var crashes = map[string]func(t *testing.T, d spool.Dir, s invoice.Submission){
	"while writing aside": func(t *testing.T, d spool.Dir, s invoice.Submission) {
		aside := filepath.Join(d.Path, ".timebok", "new", "123")
		write(t, filepath.Join(aside, "document"), "<Invo")
	},
	"before the key is claimed": func(t *testing.T, d spool.Dir, s invoice.Submission) {
		aside := filepath.Join(d.Path, ".timebok", "new", "123")
		write(t, filepath.Join(aside, "document"), string(s.Document.Body))
		write(t, filepath.Join(aside, "receipt.json"), "{}")
	},
	"after the key is claimed": func(t *testing.T, d spool.Dir, s invoice.Submission) {
		r, err := d.Submit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		back := filepath.Join(d.Path, ".timebok", "keys", s.Key, "document")
		if err := os.Rename(filepath.Join(d.Path, r.ID), back); err != nil {
			t.Fatal(err)
		}
	},
	"after the document is handed over": func(t *testing.T, d spool.Dir, s invoice.Submission) {
		if _, err := d.Submit(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	},
}

func TestCrash(t *testing.T) {
	for step, crash := range crashes {
		t.Run(step, func(t *testing.T) {
			d, s := spool.Dir{Path: t.TempDir()}, submission(0)
			crash(t, d, s)
			r, err := d.Submit(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			got := files(t, d)
			if len(got) != 1 || got[r.ID] != string(s.Document.Body) {
				t.Errorf("files %v, want the document alone", got)
			}
		})
	}
}

// What a dead process wrote aside goes after a day; younger things may be another
// process at work.
func TestSweep(t *testing.T) {
	d := spool.Dir{Path: t.TempDir()}
	aside := filepath.Join(d.Path, ".timebok", "new")
	write(t, filepath.Join(aside, "old", "document"), "<Invo")
	write(t, filepath.Join(aside, "young", "document"), "<Invo")
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(filepath.Join(aside, "old"), yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submit(t.Context(), submission(0)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(aside)
	if err != nil || len(entries) != 1 || entries[0].Name() != "young" {
		t.Errorf("left aside: %v, %v, want the young one alone", entries, err)
	}
}

func write(t *testing.T, name, body string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestUnavailable(t *testing.T) {
	for name, path := range map[string]func(t *testing.T) string{
		"missing": func(t *testing.T) string { return filepath.Join(t.TempDir(), "gone") },
		"no directory": func(t *testing.T) string {
			file := filepath.Join(t.TempDir(), "file")
			write(t, file, "")
			return file
		},
		"memory in the way": func(t *testing.T) string {
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".timebok"), "")
			return dir
		},
		"keys in the way": func(t *testing.T) string {
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".timebok", "keys", submission(0).Key), "")
			return dir
		},
		"receipt spoilt": func(t *testing.T) string {
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".timebok", "keys", submission(0).Key, "receipt.json"), "{")
			return dir
		},
		"file in the way": func(t *testing.T) string {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "invoice-1001-"+submission(0).Key+".xml", "x"), "")
			return dir
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := spool.Dir{Path: path(t)}.Submit(t.Context(), submission(0))
			var u *timebok.UnavailableError
			if !errors.As(err, &u) || u.Cause == nil {
				t.Errorf("got %v, want a *timebok.UnavailableError with its cause", err)
			}
			if errors.Is(err, timebok.ErrRefused) || errors.Is(err, timebok.ErrInvalid) {
				t.Errorf("%v says that the document will never be taken", err)
			}
			if name == "missing" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v does not say that the directory is missing", err)
			}
		})
	}
}

func TestInvalid(t *testing.T) {
	for key, rule := range map[string]*timebok.Rule{
		"":                       timebok.Missing,
		"../../etc/passwd":       timebok.BadValue,
		"a/b":                    timebok.BadValue,
		`a\b`:                    timebok.BadValue,
		".":                      timebok.BadValue,
		"-rf":                    timebok.BadValue,
		"A":                      timebok.BadValue, // some file systems take it for "a"
		"é":                      timebok.BadValue,
		"a\x00":                  timebok.BadValue,
		strings.Repeat("a", 65):  timebok.TooLong,
		strings.Repeat("é", 100): timebok.BadValue,
	} {
		d, s := spool.Dir{Path: t.TempDir()}, submission(0)
		s.Key, s.Sender, s.Receiver, s.Document.Type = key, timebok.OrgNumber{}, timebok.OrgNumber{}, ""
		_, err := d.Submit(t.Context(), s)
		var invalid *timebok.InvalidError
		if !errors.As(err, &invalid) {
			t.Errorf("key %q: got %v, want a *timebok.InvalidError", key, err)
			continue
		}
		if !errors.Is(err, rule) || !errors.Is(err, timebok.Missing) || len(invalid.Reasons) < 4 {
			t.Errorf("key %q: %v, want %s with three missing fields", key, err, rule.Code())
		}
		if left, _ := os.ReadDir(d.Path); len(left) > 0 {
			t.Errorf("key %q left %v", key, left)
		}
	}
}

// Four processes hand the same fifty documents over at once.
func TestProcesses(t *testing.T) {
	dir := t.TempDir()
	var all []*exec.Cmd
	outputs := make([]strings.Builder, 4)
	for i := range outputs {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), helperDir+"="+dir)
		c.Stdout, c.Stderr = &outputs[i], &outputs[i]
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	for i, c := range all {
		if err := c.Wait(); err != nil {
			t.Errorf("process %d: %v: %s", i, err, outputs[i].String())
		}
		if outputs[i].String() != outputs[0].String() {
			t.Errorf("process %d got other receipts than the first", i)
		}
	}
	got := files(t, spool.Dir{Path: dir})
	for n := range int64(50) {
		s := submission(n)
		name := fmt.Sprintf("invoice-%d-%s.xml", s.Number, s.Key)
		if got[name] != string(s.Document.Body) {
			t.Errorf("%s holds %q", name, got[name])
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("and beside them %v", got)
	}
}

// Names of files and errors say nothing but kind, number and key.
func TestNamesNobody(t *testing.T) {
	d, s := spool.Dir{Path: t.TempDir()}, submission(0)
	s.Document.Body = []byte("<Invoice>Ola Nordmann</Invoice>")
	if _, err := d.Submit(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	var names []string
	err := filepath.WalkDir(d.Path, func(path string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(d.Path, path)
		names = append(names, filepath.ToSlash(rel))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		".", ".timebok", ".timebok/keys", ".timebok/keys/" + s.Key,
		".timebok/keys/" + s.Key + "/receipt.json", ".timebok/new",
		"invoice-1001-" + s.Key + ".xml",
	}
	if !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
}
