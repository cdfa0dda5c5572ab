package networktest_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/insurance/networktest"
)

// ticking is a clock that shows a later time at every look.
func ticking() func() time.Time {
	var ticks atomic.Int64
	start := time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)
	return func() time.Time { return start.Add(time.Duration(ticks.Add(1)) * time.Second) }
}

// The Fake passes the suite as it is, and with each fault on.
func TestFake(t *testing.T) {
	for name, faults := range map[string]networktest.Faults{
		"no faults":  {},
		"duplicates": {Duplicate: 0.5},
		"reordering": {Reorder: 0.7},
		"delays":     {Delay: 0.5},
		"losses":     {Lose: 0.5},
		"jumps back": {JumpBack: 0.8},
		"failures":   {Fail: 0.3},
		"timeouts":   {Timeout: 0.3},
		"all at once": {
			Seed: 7, Duplicate: 0.3, Reorder: 0.3, Delay: 0.2, Lose: 0.2, JumpBack: 0.2, Fail: 0.2, Timeout: 0.2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := networktest.New(&networktest.Options{
				Source: timebok.Source{Now: ticking()}, Faults: faults,
			})
			h := fake.Harness()
			h.Pass = func() {}
			networktest.Run(t, h)
		})
	}
}

// A network that can do only some things is no failure.
func TestFakeThatCanLittle(t *testing.T) {
	can := networktest.All
	for name, off := range map[string]*bool{
		"Lookup": &can.Lookup, "Events": &can.Events, "Acknowledge": &can.Acknowledge, "Report": &can.Report, "Publish": &can.Publish,
	} {
		can = networktest.All
		*off = false
		fake := networktest.New(&networktest.Options{Can: new(can), Name: "other", PageSize: 7})
		t.Run("no "+name, func(t *testing.T) { networktest.Run(t, fake.Harness()) })
	}
	t.Run("nothing", func(t *testing.T) {
		fake := networktest.New(&networktest.Options{Can: &insurance.Capabilities{}})
		networktest.Run(t, fake.Harness())
	})
}
