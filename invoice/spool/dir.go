package spool

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// A Dir is an invoice.Transport that puts each document into a directory, where
// another program picks it up. Any number of goroutines and processes may use
// one directory at once.
type Dir struct {
	// Path is the directory. It must exist: one that is missing is rather a disk
	// that is not mounted than a reason to make it.
	Path string
}

// memory is the directory below Path that remembers every key. Without it a
// document that was picked up would be written again when Submit is repeated.
const memory = ".timebok"

// Submit puts a document into the directory. The receipt is the name of its file,
// which is made of kind, number and key.
//
// On disk a key goes through three states, each left by one rename:
//
//   - unknown: its folder .timebok/keys/KEY is not there;
//   - taken: the folder holds the receipt and the document;
//   - handed over: the folder holds the receipt alone, and Path the document.
//
// So whatever is interrupted is finished by the next Submit with that key.
func (d Dir) Submit(ctx context.Context, s invoice.Submission) (invoice.Receipt, error) {
	if err := check(s); err != nil {
		return invoice.Receipt{}, err
	}
	if err := ctx.Err(); err != nil {
		return invoice.Receipt{}, unavailable(err)
	}
	if err := isDir(d.Path); err != nil { // else every key would look unknown
		return invoice.Receipt{}, unavailable(err)
	}
	given := receiptOf(s)
	kept, err := d.readReceipt(s.Key)
	if errors.Is(err, fs.ErrNotExist) {
		if err = d.take(s, given); err == nil {
			kept, err = d.readReceipt(s.Key) // ours, or that of another process
		}
	}
	if err != nil {
		return invoice.Receipt{}, unavailable(err)
	}
	if kept != given {
		return invoice.Receipt{}, timebok.Reasons{invoice.KeyTaken.At("Key")}.Refused()
	}
	if err := d.handOver(s.Key, kept); err != nil {
		return invoice.Receipt{}, unavailable(err)
	}
	return invoice.Receipt{ID: kept.File}, nil
}

// check returns an *timebok.InvalidError if the directory will never take a
// submission. The key becomes a part of a file name.
func check(s invoice.Submission) error {
	var wrong timebok.Reasons
	if err := wrong.Join("", s.Validate()); err != nil {
		return err
	}
	if len(s.Key) > 64 {
		wrong.Add(timebok.TooLong, "Key", timebok.P("max", 64))
	}
	for i, c := range []byte(s.Key) {
		if !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' && i > 0) {
			wrong.Add(timebok.BadValue, "Key")
			break
		}
	}
	return wrong.Invalid()
}

// A receipt is what is remembered of a key for good.
type receipt struct {
	File   string `json:"file"`   // name of the document's file
	SHA256 string `json:"sha256"` // of its content
}

func receiptOf(s invoice.Submission) receipt {
	sum := sha256.Sum256(s.Document.Body)
	return receipt{
		File:   fmt.Sprintf("%s-%d-%s%s", s.Kind, s.Number, s.Key, extension(s.Document.Type)),
		SHA256: hex.EncodeToString(sum[:]),
	}
}

func extension(mediaType string) string {
	switch mediaType {
	case "application/xml", "text/xml":
		return ".xml"
	case "application/pdf":
		return ".pdf"
	}
	return ".bin"
}

func (d Dir) keys() string              { return filepath.Join(d.Path, memory, "keys") }
func (d Dir) unfinished() string        { return filepath.Join(d.Path, memory, "new") }
func (d Dir) keyDir(key string) string  { return filepath.Join(d.keys(), key) }
func (d Dir) receipt(key string) string { return filepath.Join(d.keyDir(key), "receipt.json") }

// readReceipt reads what is remembered of a key, or fails with fs.ErrNotExist.
func (d Dir) readReceipt(key string) (receipt, error) {
	text, err := os.ReadFile(d.receipt(key))
	if err != nil {
		return receipt{}, err
	}
	var r receipt
	return r, json.Unmarshal(text, &r)
}

// take writes receipt and document aside and claims the key with them. It leaves
// everything as it is if another process has claimed the key.
func (d Dir) take(s invoice.Submission, r receipt) error {
	for _, dir := range []string{d.keys(), d.unfinished()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	d.sweep()
	aside, err := os.MkdirTemp(d.unfinished(), "*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(aside) // nothing is left there once it is renamed
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	for name, body := range map[string][]byte{"receipt.json": text, "document": s.Document.Body} {
		if err := writeFile(filepath.Join(aside, name), body); err != nil {
			return err
		}
	}
	if err := syncDir(aside); err != nil {
		return err
	}
	// A directory replaces no other that holds something: the first one wins.
	if err := os.Rename(aside, d.keyDir(s.Key)); err != nil {
		if _, taken := os.Stat(d.receipt(s.Key)); taken == nil {
			return nil
		}
		return err
	}
	return errors.Join(syncDir(d.keys()), syncDir(filepath.Dir(d.keys())), syncDir(d.Path))
}

// handOver moves the document of a claimed key to where it is picked up, if that
// wasn't done before.
func (d Dir) handOver(key string, r receipt) error {
	err := os.Rename(filepath.Join(d.keyDir(key), "document"), filepath.Join(d.Path, r.File))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// Also if another did it: who gets a receipt may rely on it.
	return errors.Join(syncDir(d.Path), syncDir(d.keyDir(key)))
}

// sweep removes what was written aside by a process that died. An age of a day is
// no part of correctness: whoever it is taken from fails, and may try again.
func (d Dir) sweep() {
	entries, _ := os.ReadDir(d.unfinished()) // tidying can wait
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(filepath.Join(d.unfinished(), e.Name()))
		}
	}
}

func unavailable(err error) error {
	return &timebok.UnavailableError{What: "spool directory", Cause: err}
}
