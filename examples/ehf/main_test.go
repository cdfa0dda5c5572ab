package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/timebok/timebok/invoice/ehf"
)

const (
	valid    = "../../invoice/ehf/testdata/company-zero.xml"
	warned   = "../../invoice/ehf/testdata/soletrader-exempt.xml"
	full     = "../../invoice/ehf/testdata/full-invoice.xml"
	credit   = "../../invoice/ehf/testdata/full-credit.xml"
	instance = "0b2b4b54-6a1b-4f5e-8a3e-3a8f3a9b7f11"
)

// A ran is what one run did.
type ran struct {
	out, errs string
	status    int
}

func runWith(in io.Reader, args ...string) ran {
	var out, errs bytes.Buffer
	p := program{
		in: in, out: &out, errs: &errs,
		now:   func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 5, time.UTC) },
		newID: func() string { return instance },
	}
	status := p.run(args)
	return ran{out.String(), errs.String(), status}
}

func run(args ...string) ran { return runWith(strings.NewReader(""), args...) }

// files makes files in a new folder and returns their names in order.
func files(t *testing.T, contents ...string) (names []string) {
	dir := t.TempDir()
	for i, c := range contents {
		name := filepath.Join(dir, fmt.Sprintf("%d.xml", i))
		if err := os.WriteFile(name, []byte(c), 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func content(t *testing.T, name string) string {
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestExitStatus(t *testing.T) {
	doc := content(t, valid)
	f := files(t, strings.Replace(doc, "<cbc:PayableAmount currencyID=\"NOK\">1450.00", "<cbc:PayableAmount currencyID=\"NOK\">1450.01", 1), // fatal
		strings.Replace(doc, "<cbc:ID>10042</cbc:ID>", "", 1),                                                                             // structure and rule
		strings.Replace(doc, "</Invoice>", "", 1),                                                                                         // unreadable
		`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, "{}", `{"type":"380"}`, `{"colour":"red"}`, `{} {}`, ``, `{"issueDate":"0000000-00"}`) // 3 to 9
	model := run("decode", valid).out
	m := files(t, model, strings.Replace(model, "{", `{"nmber":"1",`, 1), strings.Replace(model, `"lines":[{`, `"lines":[{"pris":1,`, 1),
		strings.Replace(model, `"dueDate":"2026-12-02"`, `"dueDate":"2026-02-30"`, 1))
	tests := []struct {
		name string
		args []string
		in   string
		want int
	}{
		{"nothing", nil, "", misused},
		{"an unknown command", []string{"check", valid}, "", misused},
		{"no file", []string{"validate"}, "", misused},
		{"an unknown flag", []string{"validate", "-x", valid}, "", misused},
		{"an unknown language", []string{"validate", "-lang", "se", valid}, "", misused},
		{"standard input twice", []string{"validate", "-", "-"}, doc, misused},
		{"a valid file", []string{"validate", valid}, "", good},
		{"many valid files", []string{"validate", valid, warned, full, credit}, "", good},
		{"a warning", []string{"validate", "-lang", "nb", warned}, "", good},
		{"standard input", []string{"validate", "-"}, doc, good},
		{"standard input beside a file", []string{"validate", valid, "-"}, "<a/>", bad},
		{"a fatal finding", []string{"validate", f[0]}, "", bad},
		{"one of many", []string{"validate", valid, f[0], valid}, "", bad},
		{"a wrong structure", []string{"validate", f[1]}, "", bad},
		{"an unreadable file", []string{"validate", f[2]}, "", bad},
		{"an attack", []string{"validate", f[3]}, "", bad},
		{"a missing file", []string{"validate", valid, "nowhere.xml"}, "", bad},
		{"a folder", []string{"validate", "."}, "", bad},

		{"decode", []string{"decode", full}, "", good},
		{"decode standard input", []string{"decode", "-"}, doc, good},
		{"decode nothing", []string{"decode"}, "", misused},
		{"decode two", []string{"decode", valid, full}, "", misused},
		{"decode a missing file", []string{"decode", "nowhere.xml"}, "", bad},
		{"decode an attack", []string{"decode", f[3]}, "", bad},

		{"encode", []string{"encode", m[0]}, "", good},
		{"encode standard input", []string{"encode", "-"}, model, good},
		{"encode nothing", []string{"encode"}, "", misused},
		{"encode an empty model", []string{"encode", f[4]}, "", bad},
		{"encode too little", []string{"encode", f[5]}, "", bad},
		{"encode what the model does not have", []string{"encode", f[6]}, "", bad},
		{"encode a member too many", []string{"encode", m[1]}, "", bad},
		{"encode a member too many in a line", []string{"encode", m[2]}, "", bad},
		{"encode a day that never comes", []string{"encode", m[3]}, "", bad},
		{"encode two models", []string{"encode", f[7]}, "", bad},
		{"encode a date that is none", []string{"encode", f[9]}, "", bad},
		{"encode an empty file", []string{"encode", f[8]}, "", bad},

		{"envelope", []string{"envelope", valid}, "", good},
		{"envelope of standard input", []string{"envelope", "-"}, doc, good},
		{"envelope of nothing", []string{"envelope"}, "", misused},
		{"help", []string{"envelope", "-h"}, "", misused},
		{"a sender without a scheme", []string{"envelope", "-sender", "987654325", valid}, "", misused},
		{"a time without a zone", []string{"envelope", "-created", "2026-11-23T10:00:00", valid}, "", misused},
		{"an instance that is no UUID", []string{"envelope", "-id", "10042", valid}, "", bad},
		{"a sender that does not exist", []string{"envelope", "-sender", "0192:123456789", valid}, "", bad},
		{"envelope of an attack", []string{"envelope", f[3]}, "", bad},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runWith(strings.NewReader(tt.in), tt.args...)
			if got.status != tt.want {
				t.Errorf("exit %d, want %d\n%s%s", got.status, tt.want, got.out, got.errs)
			}
			if tt.want == misused && got.out != "" || tt.want == bad && tt.args[0] != "validate" && got.out != "" {
				t.Errorf("standard output has %q", got.out)
			}
			if tt.want != good && tt.args != nil && tt.args[0] != "validate" && got.errs == "" {
				t.Error("nothing says what is wrong")
			}
		})
	}
}

// The lines are exactly those of the issue, in the order of the files.
func TestValidateLines(t *testing.T) {
	doc := content(t, valid)
	f := files(t,
		doc,
		strings.Replace(doc, "<cac:OrderReference><cbc:ID>6QPTR</cbc:ID></cac:OrderReference>", "", 1),
		strings.Replace(doc, "<cbc:ID>10042</cbc:ID>", "", 1),
		"<a>",
		strings.Replace(doc, ">NO987654325MVA<", ">SE987654325001<", 1),
	)
	f = append(f, filepath.Join(filepath.Dir(f[0]), "missing <&>.xml"))
	got := run(append([]string{"validate"}, f...)...)
	if got.status != bad || got.errs != "" {
		t.Errorf("exit %d, %s", got.status, got.errs)
	}
	lines := strings.SplitAfter(got.out, "\n")
	if len(lines) != 7 || lines[6] != "" {
		t.Fatalf("%d lines: %s", len(lines), got.out)
	}
	quoted := func(s string) string {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(s); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSuffix(b.String(), "\n")
	}
	if want := `{"file":` + quoted(f[0]) + `,"schema":true,"findings":[]}` + "\n"; lines[0] != want {
		t.Errorf("got %s, want %s", lines[0], want)
	}
	if want := `{"file":` + quoted(f[1]) + `,"schema":true,"findings":[{"rule":"PEPPOL-EN16931-R003","flag":"fatal","path":"/Invoice","text":"`; !strings.HasPrefix(lines[1], want) {
		t.Errorf("got %s, want %s", lines[1], want)
	}
	if !strings.Contains(lines[2], `"schema":false,"findings":[{"rule":"BR-02","flag":"fatal","path":"/Invoice","text":"`) || !strings.Contains(lines[2], `],"problems":[{"path":"/Invoice/cbc:IssueDate","text":"`) {
		t.Errorf("got %s", lines[2])
	}
	if want := `{"file":` + quoted(f[3]) + `,"error":"ehf: line 1: not well-formed XML"}` + "\n"; lines[3] != want {
		t.Errorf("got %s, want %s", lines[3], want)
	}
	if !strings.Contains(lines[4], `"notices":[{"country":"SE","text":"`) {
		t.Errorf("got %s", lines[4])
	}
	if !strings.HasPrefix(lines[5], `{"file":`+quoted(f[5])+`,"error":"open `) || !strings.Contains(lines[5], "<&>") {
		t.Errorf("got %s", lines[5])
	}
}

// What 10,000 findings and problems leave out is said.
func TestValidateSaysThatThereIsMore(t *testing.T) {
	few, many := strings.Repeat("<cac:InvoiceLine/>", 2), strings.Repeat("<cac:InvoiceLine/>", 10_000)
	f := files(t, strings.Replace(content(t, valid), "</Invoice>", few+"</Invoice>", 1), strings.Replace(content(t, valid), "</Invoice>", many+"</Invoice>", 1))
	got := run("validate", f[0], f[1])
	for i, line := range strings.SplitAfter(got.out, "\n")[:2] {
		var x result
		if err := json.Unmarshal([]byte(line), &x); err != nil || x.More != (i == 1) || strings.Contains(line, `"more"`) != x.More {
			t.Errorf("%v: %.200s", err, line)
		}
	}
	if got.status != bad {
		t.Errorf("exit %d", got.status)
	}
}

// A name that is not UTF-8 has its line where it stands among the files.
func TestValidateNamesThatJSONCannotHave(t *testing.T) {
	got := run("validate", "a\xff.xml", valid, "a\xfe.xml")
	lines := strings.Split(got.out, "\n")
	if len(lines) != 4 || !strings.HasPrefix(lines[0], `{"file":"a\ufffd.xml","error":`) || lines[1] != `{"file":"`+valid+`","schema":true,"findings":[]}` || !strings.HasPrefix(lines[2], `{"file":"a\ufffd.xml","error":`) {
		t.Errorf("got %s", got.out)
	}
}

// A file that is too large is refused by its size, unread; the largest that is not is read.
func TestTooLargeAFile(t *testing.T) {
	f := files(t, "", "")
	for i, size := range []int64{limit + 1, limit} {
		if err := os.Truncate(f[i], size); err != nil {
			t.Fatal(err)
		}
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, command := range []string{"validate", "decode", "encode", "envelope"} {
		if got := run(command, f[0]); got.status != bad || !strings.Contains(got.out+got.errs, "ehf: line 1: larger than the limit") {
			t.Errorf("%s: exit %d: %s%s", command, got.status, got.out, got.errs)
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > limit/10 {
		t.Errorf("%d bytes allocated", n)
	}
	if got := run("decode", f[1]); got.status != bad || strings.Contains(got.errs, "larger") {
		t.Errorf("exit %d: %s", got.status, got.errs)
	}
}

func TestValidateLanguages(t *testing.T) {
	nb, en := run("validate", "-lang", "nb", warned).out, run("validate", warned).out
	if !strings.Contains(nb, "Foretaksregisteret") || nb == en || en != run("validate", "-lang", "en", warned).out {
		t.Errorf("%s%s", nb, en)
	}
}

// Hundreds of files keep their order, whatever the worker that took them.
func TestValidateManyFiles(t *testing.T) {
	doc := content(t, valid)
	f := files(t, doc, strings.Replace(doc, "</cbc:PayableAmount>", "1</cbc:PayableAmount>", 1), "<a>", content(t, full))
	args := []string{"validate"}
	for i := range 500 {
		args = append(args, f[i*7%len(f)])
	}
	got := run(args...)
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if len(lines) != 500 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		var x result
		if err := json.Unmarshal([]byte(line), &x); err != nil || x.File != args[i+1] {
			t.Fatalf("line %d: %v: %s", i, err, line)
		}
	}
}

// A line comes out as soon as it is known, before the next file is there.
func TestValidateStreams(t *testing.T) {
	in, feed := io.Pipe()
	lines, out := io.Pipe()
	p := program{in: in, out: out, errs: io.Discard}
	done := make(chan int, 1)
	go func() {
		done <- p.run([]string{"validate", valid, "-"})
		out.Close()
	}()
	buf := make([]byte, 64<<10)
	n, err := lines.Read(buf)
	if err != nil || !bytes.HasPrefix(buf[:n], []byte(`{"file":"`+valid)) {
		t.Fatalf("%v: %s", err, buf[:n])
	}
	go func() {
		io.WriteString(feed, "<a/>")
		feed.Close()
	}()
	rest, err := io.ReadAll(lines)
	if err != nil || !bytes.HasPrefix(rest, []byte(`{"file":"-","error":"`)) || <-done != bad {
		t.Errorf("%v: %s", err, rest)
	}
}

// A reader that goes away ends the run.
func TestValidateStopsWithItsReader(t *testing.T) {
	lines, out := io.Pipe()
	lines.Close()
	var errs bytes.Buffer
	p := program{in: strings.NewReader(""), out: out, errs: &errs}
	if status := p.run(append([]string{"validate"}, slices.Repeat([]string{valid}, 5000)...)); status != bad || !strings.Contains(errs.String(), "closed pipe") {
		t.Errorf("exit %d: %s", status, errs.String())
	}
}

// A decoded document is encoded as it was, byte for byte.
func TestDecodeThenEncode(t *testing.T) {
	for _, name := range []string{valid, warned, full, credit} {
		model := run("decode", name)
		if model.errs != "" || strings.Count(model.out, "\n") != 1 || !json.Valid([]byte(model.out)) {
			t.Errorf("%s: %s%s", name, model.out, model.errs)
		}
		back := runWith(strings.NewReader(model.out), "encode", "-")
		if diff := cmp.Diff(content(t, name), back.out); diff != "" || back.status != good {
			t.Errorf("%s: %s%s", name, back.errs, diff)
		}
	}
}

func TestDecodeTellsWhatIsLeftOver(t *testing.T) {
	f := files(t, strings.Replace(content(t, valid), "<cac:PaymentMeans>", "<cac:DeliveryTerms><cbc:ID>x</cbc:ID></cac:DeliveryTerms><cac:PaymentMeans>", 1))
	got := run("decode", f[0])
	if want := f[0] + ": /Invoice/cac:DeliveryTerms: unmodelled\n"; got.status != good || got.errs != want {
		t.Errorf("exit %d: %q, want %q", got.status, got.errs, want)
	}
}

func TestEncodeSaysAllThatIsWrong(t *testing.T) {
	got := runWith(strings.NewReader(`{"type":"380","number":"1"}`), "encode", "-")
	if lines := strings.Count(got.errs, "\n"); lines < 5 || !strings.Contains(got.errs, "-: IssueDate: ") {
		t.Errorf("%d lines: %s", lines, got.errs)
	}
}

func TestEnvelope(t *testing.T) {
	got := run("envelope", full)
	e, doc, err := ehf.OpenEnvelope([]byte(got.out), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(content(t, full), string(doc)+"\n") {
		t.Error("the document has other bytes")
	}
	if e.Instance != instance || !e.Created.Equal(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) || e.Country != "NO" {
		t.Errorf("%+v", e)
	}

	got = run("envelope", "-sender", "0192:123456785", "-receiver", "9999:x:y", "-id", "6a3c6b0e-55a7-4b8e-9f4e-2f7a2f2f9a01", "-country", "SE",
		"-created", "2026-11-23T10:00:00.5+01:00", "-mls-to", "0242:000123", "-mls-type", "ALWAYS_SEND", full)
	e, _, err = ehf.OpenEnvelope([]byte(got.out), nil)
	if err != nil || e.Sender.Value != "123456785" || e.Receiver.Value != "x:y" || e.Instance != "6a3c6b0e-55a7-4b8e-9f4e-2f7a2f2f9a01" ||
		e.Country != "SE" || e.MLSTo.Value != "000123" || e.MLSType != ehf.AlwaysSend || e.Created.Format(time.RFC3339Nano) != "2026-11-23T10:00:00.5+01:00" {
		t.Errorf("%v %s %+v", err, got.errs, e)
	}
}
