// Package speed measures the encoder beside encoding/xml, in a process of its own with as
// much in memory as a small host has.
package speed

import (
	"bytes"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok/invoice/ehf"
)

// host is what a small host has in memory. A program with nothing in memory collects
// garbage after every four megabytes, some hundred times a second, and measures mostly
// how long the machine takes to wake a processor.
var host = make([]byte, 32<<20)

// sessions is the document of an ordinary invoice, with so many lines: one each day.
func sessions(t testing.TB, lines int) ehf.Document {
	file, err := os.ReadFile("../../testdata/company-exempt.xml")
	if err != nil {
		t.Fatal(err)
	}
	d, left, err := ehf.Decode(file, nil)
	if err != nil || len(left) > 0 || len(d.Lines) != 1 {
		t.Fatal(len(d.Lines), left, err)
	}
	first, start := d.Lines[0], *d.Period.From
	d.Lines = nil
	for i := range lines {
		day := start.AddDate(0, 0, -i%10)
		l := first
		l.ID = strconv.Itoa(i + 1)
		l.Description = strings.Replace(l.Description, start.Format("02.01.2006"), day.Format("02.01.2006"), 1)
		l.Period = &ehf.Period{From: &day, To: &day}
		l.Properties = append([]ehf.Property(nil), l.Properties...)
		for k := range l.Properties {
			l.Properties[k].Value = strings.Replace(l.Properties[k].Value, start.String(), day.String(), 1)
		}
		d.Lines = append(d.Lines, l)
		if day.Before(*d.Period.From) {
			d.Period.From = &day
		}
	}
	return d
}

// The reference says the same, so that the comparison is one.
func TestReferenceSaysTheSame(t *testing.T) {
	for _, n := range []int{1, 20} {
		d := sessions(t, n)
		ours, err := ehf.Append(nil, d)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := throughStructs(d)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := strings.ReplaceAll(string(ours), "\n", ""), strings.ReplaceAll(string(theirs), "\n", ""); a != b {
			t.Errorf("%d lines: Append and encoding/xml differ:\n%s\n%s", n, a, b)
		}
	}
}

func BenchmarkEncodeOne(b *testing.B) { benchmarkEncode(b, 1) }
func BenchmarkEncode20(b *testing.B)  { benchmarkEncode(b, 20) }
func BenchmarkEncode200(b *testing.B) { benchmarkEncode(b, 200) }

// benchmarkEncode measures what appends to a fresh buffer, to one with room and to a
// writer, and encoding/xml; and then the first and the last in turns, which gives a
// ratio that other work on the machine does not bend.
func benchmarkEncode(b *testing.B, lines int) {
	d := sessions(b, lines)
	doc, err := ehf.Append(nil, d)
	if err != nil {
		b.Fatal(err)
	}
	run := func(name string, encode func() error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if err := encode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	fresh := func() error {
		_, err := ehf.Append(nil, d)
		return err
	}
	structs := func() error {
		_, err := throughStructs(d)
		return err
	}
	room := make([]byte, 0, 2*len(doc))
	var w bytes.Buffer
	run("fresh", fresh)
	run("reused", func() error {
		_, err := ehf.Append(room, d)
		return err
	})
	run("writer", func() error {
		w.Reset()
		return ehf.Encode(&w, d)
	})
	run("encoding-xml", structs)
	b.Run("in-turns", func(b *testing.B) {
		const turn = 20 * time.Millisecond // some garbage collections long
		var ratios []float64
		for b.Loop() {
			ratios = append(ratios, perCall(b, turn, structs)/perCall(b, turn, fresh))
		}
		slices.Sort(ratios)
		runtime.KeepAlive(host)
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(ratios[len(ratios)/2], "times-faster")
	})
}

// perCall calls for so long, and returns the nanoseconds of a call.
func perCall(b *testing.B, turn time.Duration, call func() error) float64 {
	start, calls := time.Now(), 0
	for ; time.Since(start) < turn; calls += 10 {
		for range 10 {
			if err := call(); err != nil {
				b.Fatal(err)
			}
		}
	}
	return float64(time.Since(start)) / float64(calls)
}
