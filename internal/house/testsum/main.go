// Command testsum reads the events of `go test -json` from standard input. It
// prints the output of what failed, the name of every skipped test, and last a
// line of counts. It exits with 1 if anything failed or if no test ran, so that
// a run that ran nothing can't look green.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	ok, err := summarize(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// An event is a line of `go test -json`: see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string // "" for the package itself
	Output  string
}

type key struct{ pkg, test string }

// A summary counts tests by outcome. A subtest counts among the subtests only.
type summary struct {
	passed, failed, skipped, subtests int
	ok, bad, empty                    int // packages

	output map[key]*strings.Builder // of tests that are not over
	tests  map[string]int           // tests by package
}

// summarize reports whether at least one test ran and nothing failed.
func summarize(r io.Reader, w io.Writer) (bool, error) {
	s := summary{output: map[key]*strings.Builder{}, tests: map[string]int{}}
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) != nil {
				e = event{Action: "build-output", Output: line}
			}
			s.add(e, w)
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, err
		}
	}
	fmt.Fprintf(w, "%d packages ok, %d failed, %d without tests; %d tests and %d subtests passed, %d failed, %d skipped\n",
		s.ok, s.bad, s.empty, s.passed, s.subtests, s.failed, s.skipped)
	return s.passed > 0 && s.failed == 0 && s.bad == 0, nil
}

func (s *summary) add(e event, w io.Writer) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "output":
		if s.output[k] == nil {
			s.output[k] = new(strings.Builder)
		}
		s.output[k].WriteString(e.Output)
	case "build-output":
		fmt.Fprint(w, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e, w)
		} else {
			s.endTest(e, w)
		}
	}
}

func (s *summary) endTest(e event, w io.Writer) {
	k := key{e.Package, e.Test}
	s.tests[e.Package]++
	switch {
	case e.Action == "fail":
		s.failed++
		s.show(k, w)
	case e.Action == "skip":
		s.skipped++
		fmt.Fprintf(w, "skipped %s %s\n", e.Package, e.Test)
	case strings.Contains(e.Test, "/"):
		s.subtests++
	default:
		s.passed++
	}
	delete(s.output, k)
}

func (s *summary) endPackage(e event, w io.Writer) {
	switch {
	case e.Action == "fail":
		s.bad++
		for k := range s.output { // a test that a panic or a time-out cut off
			if k.pkg == e.Package && k.test != "" {
				s.show(k, w)
			}
		}
		s.show(key{pkg: e.Package}, w)
	case s.tests[e.Package] == 0:
		s.empty++
	default:
		s.ok++
	}
	for k := range s.output {
		if k.pkg == e.Package {
			delete(s.output, k)
		}
	}
}

// show prints what a test or a package wrote, without the marks of go test -v.
func (s *summary) show(k key, w io.Writer) {
	if s.output[k] == nil {
		return
	}
	for line := range strings.Lines(s.output[k].String()) {
		if !strings.HasPrefix(line, "=== ") {
			fmt.Fprint(w, line)
		}
	}
}
