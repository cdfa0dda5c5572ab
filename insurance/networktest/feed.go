package networktest

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/timebok/timebok/insurance"
)

// A feed is the events of a clinic in the order of their delivery, with whatever
// the faults did to it. What was read once stays where it is, so a cursor is a
// position, with the feed's ID: one of another feed reads from the start.
type feed struct {
	id    string
	log   []insurance.Event
	read  int               // the furthest position that was read to
	held  []held            // come later
	lost  []insurance.Event // come when the end was read
	ended bool              // it was
}

// A held event comes after so many others.
type held struct {
	event insurance.Event
	after int
}

// add puts an event into the feed, or keeps it back.
func (d *feed) add(e insurance.Event, f Faults, dice *rand.Rand) {
	hit := func(share float64) bool { return share > 0 && dice.Float64() < share }
	for i := range d.held {
		d.held[i].after--
	}
	switch {
	case hit(f.Lose):
		d.lost = append(d.lost, e)
	case hit(f.Delay):
		d.held = append(d.held, held{e, 1 + dice.IntN(10)})
	case hit(f.Reorder):
		d.log = slices.Insert(d.log, d.read+dice.IntN(len(d.log)-d.read+1), e)
	default:
		d.log = append(d.log, e)
	}
	if hit(f.Duplicate) {
		d.held = append(d.held, held{e, 1 + dice.IntN(10)})
	}
	d.release(func(h held) bool { return h.after <= 0 })
}

// release lets the held events go that are due.
func (d *feed) release(due func(held) bool) {
	d.held = slices.DeleteFunc(d.held, func(h held) bool {
		if due(h) {
			d.log = append(d.log, h.event)
			return true
		}
		return false
	})
}

// page reads the feed from a cursor on.
func (d *feed) page(cursor string, size int, f Faults, dice *rand.Rand) insurance.Page {
	from := d.position(cursor)
	if d.ended {
		d.log, d.lost, d.ended = append(d.log, d.lost...), nil, false
	}
	if from+size >= len(d.log) {
		d.release(func(held) bool { return true })
	}
	to := min(from+size, len(d.log))
	page := insurance.Page{Events: slices.Clone(d.log[from:to]), Next: d.cursor(to), More: to < len(d.log)}
	d.ended = !page.More && len(d.lost) > 0
	if from > 0 && to > d.read && f.JumpBack > 0 && dice.Float64() < f.JumpBack {
		back := size * (1 + dice.IntN(3))
		page.Next, page.More = d.cursor(max(0, from-back)), true
	}
	d.read = max(d.read, to)
	return page
}

func (d *feed) cursor(position int) string { return d.id + "/" + strconv.Itoa(position) }

func (d *feed) position(cursor string) int {
	digits, ours := strings.CutPrefix(cursor, d.id+"/")
	n, err := strconv.Atoi(digits)
	if !ours || err != nil || n < 0 {
		return 0
	}
	return min(n, len(d.log))
}
