package ical_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
)

// understood is what an independent parser reads in an object.
type understood struct {
	Method, UID        string
	Sequence           int
	Stamp, Start, End  string
	Wall               string // start and end in Oslo
	Summary, Location  string
	Status, Organizer  string
	Attendee, Partstat string
	Properties, Errors []string
}

// oracle reads files with python3-icalendar.
func oracle(t *testing.T, files ...string) []understood {
	t.Helper()
	const off = "TIMEBOK_TEST_ICALENDAR"
	if os.Getenv(off) == "off" {
		t.Skipf("%s=off: the files are not read by an independent parser", off)
	}
	python := python(t)
	if python == "" {
		t.Fatalf("no python3 here has the module icalendar: apt-get install python3 python3-icalendar tzdata, or set %s=off", off)
	}
	cmd := exec.Command(python, append([]string{"testdata/read.py"}, files...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("python3-icalendar: %v\n%s", err, stderr.Bytes())
	}
	var all []understood
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var u understood
		if err := d.Decode(&u); err != nil {
			t.Fatal(err)
		}
		all = append(all, u)
	}
	if len(all) != len(files) {
		t.Fatalf("%d of %d files were read", len(all), len(files))
	}
	return all
}

// python finds a python3 with the module: Debian's first, since another in the path
// does not see Debian's modules.
func python(t *testing.T) string {
	for _, name := range []string{"/usr/bin/python3", "python3"} {
		path, err := exec.LookPath(name)
		if err == nil && exec.Command(path, "-c", "import icalendar, zoneinfo; zoneinfo.ZoneInfo('Europe/Oslo')").Run() == nil {
			return path
		}
	}
	return ""
}
