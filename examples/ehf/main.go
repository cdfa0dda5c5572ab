// Ehf validates, reads, writes and wraps EHF invoices and credit notes.
//
//	go build ./examples/ehf
//	./ehf validate [-lang nb|en] FILE...
//	./ehf decode FILE
//	./ehf encode FILE.json
//	./ehf envelope [-sender 0192:N] [-receiver 0192:N] [-id UUID] [-created TIME] ... FILE
//
// The file - is standard input.
//
// Validate prints one line of JSON for each file, in the order of the files:
// whether the structure is that of UBL 2.1, and every place where an official rule
// is broken. Where there are more than 10,000 it has "more":true. A file that can't be
// read has "error" instead. A name that is not UTF-8, which JSON can't have, is known by
// the place of its line.
//
// Decode prints the document as one line of JSON, which encode makes UBL of again; what
// the model has no place for is told on standard error. Envelope writes the document in
// a Standard Business Document for an access point.
//
// The exit status of validate is 0 if all files may be sent, and 1 if one can't be
// read, is of wrong structure or breaks a fatal rule. Of the others it is 0 if they
// did what was asked, else 1. Wrong usage is 2. Under go run ./examples/ehf all that
// is not 0 becomes 1.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice/ehf"
)

// What a run ends with.
const (
	good = iota
	bad
	misused
)

func main() {
	p := program{in: os.Stdin, out: os.Stdout, errs: os.Stderr, now: time.Now, newID: uuid.NewString}
	os.Exit(p.run(os.Args[1:]))
}

// A program is one run and the world around it.
type program struct {
	in        io.Reader
	out, errs io.Writer
	now       func() time.Time
	newID     func() string
}

const usage = `usage:
  ehf validate [-lang nb|en] FILE...
  ehf decode FILE
  ehf encode FILE.json
  ehf envelope [flags] FILE      (ehf envelope -h lists the flags)
The file - is standard input.
`

func (p *program) run(args []string) int {
	commands := map[string]func(*flag.FlagSet, []string) int{
		"validate": p.validate, "decode": p.decode, "encode": p.encode, "envelope": p.envelope,
	}
	if len(args) == 0 || commands[args[0]] == nil {
		return p.misuse()
	}
	flags := flag.NewFlagSet("ehf "+args[0], flag.ContinueOnError)
	flags.SetOutput(p.errs)
	return commands[args[0]](flags, args[1:])
}

func (p *program) misuse() int {
	fmt.Fprint(p.errs, usage)
	return misused
}

// fail says on standard error what went wrong, each reason on a line.
func (p *program) fail(file string, err error) int {
	var invalid *timebok.InvalidError
	if !errors.As(err, &invalid) {
		fmt.Fprintf(p.errs, "%s: %v\n", file, err)
		return bad
	}
	for _, r := range invalid.Reasons {
		fmt.Fprintf(p.errs, "%s: %s\n", file, timebok.Reasons{r}.Text(timebok.English))
	}
	return bad
}

// limit is the size of the largest file that is read.
const limit = 100 << 20

// read reads a file into buf, which grows to fit. A file above the limit is refused
// unread. Where the size is not known it reads so much that nothing else reads it.
func (p *program) read(buf []byte, file string) ([]byte, error) {
	in := p.in
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return buf, err
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			if info.Size() > limit {
				return buf, &ehf.ReadError{Kind: ehf.TooLarge, Offset: limit, Line: 1}
			}
			if need := int(info.Size()) + 1; cap(buf) < need {
				buf = make([]byte, 0, need+need/4)
			}
		}
		in = f
	}
	in = io.LimitReader(in, limit+1)
	buf = buf[:0]
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, make([]byte, max(4096, cap(buf)/2))...)[:len(buf)]
		}
		n, err := in.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, err
		}
	}
}

// limits are those of every document that is read here.
var limits = ehf.Limits{Bytes: limit}
