package ehf_test

import (
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/ehf"
)

// sessions is the document of an ordinary invoice with so many lines.
func sessions(n int) ehf.Document {
	v := plain()
	start := v.Lines[0].Time.Start
	for len(v.Lines) < n {
		l := session("2026-10-20 09:00", timebok.Kroner(1450), timebok.HealthService)
		l.Time = timebok.Lasting(start.Add(time.Duration(len(v.Lines))*time.Hour), 45*time.Minute)
		v.Lines = append(v.Lines, l)
	}
	return must(ehf.From(v))
}

// Append allocates once, and not at all with room in its buffer.
func TestAppendAllocates(t *testing.T) {
	for _, n := range []int{1, 20, 200} {
		d := sessions(n)
		// The race detector lets a sync.Pool forget, to shake out those who rely on it.
		if got := testing.AllocsPerRun(20, func() { must(ehf.Append(nil, d)) }); got > 1 && !underRace() {
			t.Errorf("%d lines into a fresh buffer: %v allocations, want 1", n, got)
		}
		room := make([]byte, 0, 1<<18)
		if got := testing.AllocsPerRun(20, func() { must(ehf.Append(room, d)) }); got > 0 {
			t.Errorf("%d lines into a buffer with room: %v allocations, want none", n, got)
		}
	}
}

func underRace() bool {
	info, _ := debug.ReadBuildInfo()
	return info != nil && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// From and Append together, as package invoice calls them before issue.
func BenchmarkFormat(b *testing.B) {
	v := plain()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (ehf.Format{}).Encode(v); err != nil {
			b.Fatal(err)
		}
	}
}

var _ interface {
	Encode(invoice.Invoice) ([]byte, error)
} = ehf.Format{}
