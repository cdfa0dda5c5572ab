package spool_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/spool"
)

// A directory that can't be written to refuses nothing for good: the same Submit
// works once it can. Tests often run as root, who may write anywhere; so this one
// looks at the files as nobody.
func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spool")
	if err := os.Mkdir(path, 0o555); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Dir(filepath.Dir(path)), 0o755); err != nil { // made by testing, for its owner alone
		t.Fatal(err)
	}
	d := spool.Dir{Path: path}
	err := asNobody(t, func() error {
		_, err := d.Submit(t.Context(), submission(0))
		return err
	})
	var u *timebok.UnavailableError
	if !errors.As(err, &u) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want a *timebok.UnavailableError because of %v", err, fs.ErrPermission)
	}
	if left, _ := os.ReadDir(path); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Submit(t.Context(), submission(0)); err != nil {
		t.Errorf("writable again: %v", err)
	}
}

// asNobody runs f as a user who owns no files, if the test runs as root.
func asNobody(t *testing.T, f func() error) error {
	if os.Geteuid() != 0 {
		return f()
	}
	const nobody = 65534
	runtime.LockOSThread() // the file system's user is the thread's
	defer runtime.UnlockOSThread()
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Setfsuid(0); err != nil {
			panic(err) // the thread must not go on like this
		}
	}()
	return f()
}
