package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/timebok/timebok/invoice/ehf"
)

// The program does the whole job, and a second run on the same folder continues:
// it books, mails, numbers and sends nothing again.
func TestRunTwice(t *testing.T) {
	dir := t.TempDir()
	first, files := runIn(t, dir)
	for _, want := range []string{
		"network.not-connected", "1 event: new", "E-mail to ola@", "Now tirsdag 1. desember 2026 kl. 13.00",
		"The session is given back", "[cap.exhausted]", "None is booked.", "Pre-flight: 0 refusals",
		"Invoice 1 for case 6QPTR: 2 sessions, 2500.00 kr", "Credit note 2 takes 1250.00 kr of invoice 1 back",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("the first run does not say %q:\n%s", want, first)
		}
	}
	if len(files) != 2 {
		t.Fatalf("%d files, want an invoice and a credit note", len(files))
	}
	second, again := runIn(t, dir)
	if strings.Contains(second, "E-mail") {
		t.Errorf("the second run sends mail:\n%s", second)
	}
	for _, want := range []string{"is there already", "identical", "Invoice 1 is issued already", "credited already"} {
		if !strings.Contains(second, want) {
			t.Errorf("the second run does not say %q:\n%s", want, second)
		}
	}
	for name, body := range files {
		if !bytes.Equal(again[name], body) {
			t.Errorf("%s changed in the second run", name)
		}
	}
}

// A run that is cut off is completed by the next one.
func TestRunAfterACut(t *testing.T) {
	for _, at := range []string{
		"with Ola Nord", "Connected.", "1 event: new", "By hand:", "Now tirsdag", "Cancelled:", "None is booked",
		"1. desember 2026 kl. 13.00–13.50  completed", "Pre-flight:", "Invoice 1", "Credit note 2",
	} {
		t.Run(at, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			if err := run(ctx, &cutter{at, cancel}, dir); err == nil {
				t.Fatal("the run was not cut off")
			}
			said, files := runIn(t, dir)
			if len(files) != 2 || !strings.Contains(said, "delivered 2, invoiced 1; 1 left") {
				t.Errorf("the next run leaves %d files:\n%s", len(files), said)
			}
		})
	}
}

// A cutter calls cut when a text is written.
type cutter struct {
	at  string
	cut func()
}

func (c *cutter) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(c.at)) {
		c.cut()
	}
	return len(p), nil
}

// Each file is what the payer asks for, breaks no official rule, and does not tell
// who the client is.
func TestFiles(t *testing.T) {
	_, files := runIn(t, t.TempDir())
	who := regexp.MustCompile(`(?i)kari|demovik|10915596784|1955`)
	for name, body := range files {
		report, err := ehf.Validate(body, nil)
		if err != nil || !report.Schema || len(report.Findings) > 0 {
			t.Errorf("%s: schema %v, findings %v, error %v", name, report.Schema, report.Findings, err)
		}
		for _, want := range []string{
			"<cac:OrderReference><cbc:ID>6QPTR</cbc:ID></cac:OrderReference>",
			"<cbc:Name>TreatmentId</cbc:Name><cbc:Value>B1010</cbc:Value>",
			"<cbc:Name>TreatmentDateTime</cbc:Name><cbc:Value>2026-12-01 13:00:00</cbc:Value>",
		} {
			if !bytes.Contains(body, []byte(want)) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		if found := who.Find(body); found != nil {
			t.Errorf("%s tells of the client: %s", name, found)
		}
	}
}

func runIn(t *testing.T, dir string) (said string, files map[string][]byte) {
	t.Helper()
	var out bytes.Buffer
	if err := run(context.Background(), &out, dir); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	files = map[string][]byte{}
	names, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out.String(), files
}
