package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/timebok/timebok/invoice/ehf"
)

// decode prints the model of a document.
func (p *program) decode(flags *flag.FlagSet, args []string) int {
	file, src, status := p.one(flags, args)
	if status != good {
		return status
	}
	doc, left, err := ehf.Decode(src, &ehf.Options{Limits: limits})
	if err != nil {
		return p.fail(file, err)
	}
	for _, l := range left {
		fmt.Fprintf(p.errs, "%s: %s: %s\n", file, l.Path, l.Kind)
	}
	out := json.NewEncoder(p.out)
	out.SetEscapeHTML(false)
	if err := out.Encode(doc); err != nil {
		return p.fail("standard output", err)
	}
	return good
}

// encode writes the document of a model.
func (p *program) encode(flags *flag.FlagSet, args []string) int {
	file, src, status := p.one(flags, args)
	if status != good {
		return status
	}
	doc, err := model(src)
	if err != nil {
		return p.fail(file, err)
	}
	if err := ehf.Encode(p.out, doc); err != nil {
		return p.fail(file, err)
	}
	return good
}

// model reads the JSON of a document, and nothing that a document does not have.
func model(src []byte) (doc ehf.Document, err error) {
	in := json.NewDecoder(bytes.NewReader(src))
	if err := in.Decode(&doc); err != nil {
		return doc, err
	}
	if _, err := in.Token(); err != io.EOF {
		return doc, errors.New("more than one JSON value")
	}
	type plain ehf.Document // which passes on that nothing else is allowed
	in = json.NewDecoder(bytes.NewReader(src))
	in.DisallowUnknownFields()
	return doc, in.Decode(new(plain))
}

// envelope writes a document in an envelope.
func (p *program) envelope(flags *flag.FlagSet, args []string) int {
	var e ehf.Envelope
	flags.Func("sender", "`participant`, such as 0192:923456783 (default: the seller's electronic address)", participant(&e.Sender))
	flags.Func("receiver", "`participant` (default: the buyer's electronic address)", participant(&e.Receiver))
	flags.StringVar(&e.Instance, "id", "", "`UUID` of the envelope, which a status answers to (default: a new one)")
	flags.Func("created", "date and `time` with a zone, such as 2026-11-23T10:00:00+01:00 (default: now)", func(text string) (err error) {
		e.Created, err = time.Parse(time.RFC3339, text)
		return err
	})
	flags.StringVar(&e.Country, "country", "", "`code` of the sender's country (default: that of the seller's address)")
	flags.Func("mls-to", "service `provider` that gets the status, such as 0242:123456", participant(&e.MLSTo))
	flags.Func("mls-type", "which `statuses` are wanted: FAILURE_ONLY or ALWAYS_SEND", func(text string) error {
		e.MLSType = ehf.MLSType(text)
		return nil
	})
	file, src, status := p.one(flags, args)
	if status != good {
		return status
	}
	if e.Instance == "" {
		e.Instance = p.newID()
	}
	if e.Created.IsZero() {
		e.Created = p.now().Truncate(time.Second)
	}
	if err := ehf.WrapEnvelope(p.out, e, src, &ehf.Options{Limits: limits}); err != nil {
		return p.fail(file, err)
	}
	return good
}

// participant reads the flag of a participant.
func participant(id *ehf.Identifier) func(string) error {
	return func(text string) error {
		scheme, value, ok := strings.Cut(text, ":")
		if !ok {
			return errors.New("it has no scheme like 0192 and a colon")
		}
		*id = ehf.Identifier{Scheme: scheme, Value: value}
		return nil
	}
}

// one parses the flags and reads the one file that follows them.
func (p *program) one(flags *flag.FlagSet, args []string) (file string, src []byte, status int) {
	if flags.Parse(args) != nil {
		return "", nil, misused
	}
	if flags.NArg() != 1 {
		return "", nil, p.misuse()
	}
	file = flags.Arg(0)
	src, err := p.read(nil, file)
	if err != nil {
		return file, nil, p.fail(file, err)
	}
	return file, src, good
}
