package ordeal

import (
	"strconv"
	"time"

	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
)

// told is what the processes were told, by the words of their diaries.
type told struct {
	done, refused, unknown map[string]map[string]bool   // by command
	effects                map[effectOf]map[string]bool // IDs
	versions               map[effectOn]map[string]bool // IDs
	changes                map[string][]change          // that were done, by booking
	seen                   map[string]map[string]bool   // what of it is stored, by command
	by                     map[string]string            // when and by which server, by command and words
}

// An effectOn is an effect about a version of a record.
type effectOn struct {
	effectOf
	version string
}

// A change is how a command left a booking.
type change struct {
	command, told  string
	version, start int64
}

// An effectOf is an effect: its kind, and the record that it is about. What the
// network names has the same ID in every clinic.
type effectOf struct{ kind, clinic, about string }

func readDiaries(dir string, t *Tally) (*told, error) {
	d := &told{
		done: map[string]map[string]bool{}, refused: map[string]map[string]bool{}, unknown: map[string]map[string]bool{},
		effects: map[effectOf]map[string]bool{}, versions: map[effectOn]map[string]bool{}, changes: map[string][]change{},
		seen: map[string]map[string]bool{"book": {}, "cancel": {}, "issue": {}}, by: map[string]string{},
	}
	err := read(dir, func(e entry) {
		of := d.done
		switch e.outcome {
		case done:
			t.Done++
		case refused:
			t.Refused++
			of = d.refused
		case unknown:
			t.Unknown++
			of = d.unknown
		case odd:
			t.problem("%s got an error that it should not: %q", e.command, e.words)
			return
		case effect:
			t.Effects++
			key := effectOf{e.command, e.words[1], e.words[2]}
			note(d.effects, key, e.words[0])
			note(d.versions, effectOn{key, e.words[3]}, e.words[0])
			return
		}
		if words := e.words; len(words) == 3 && (e.command == "move" || e.command == "cancel" || e.command == "complete") {
			e.words = words[:1]
			if e.outcome == done {
				d.changes[words[0]] = append(d.changes[words[0]], change{e.command, e.told, number(words[1]), number(words[2])})
			}
		}
		note(of, e.command, join(e.words))
		if e.outcome == done {
			d.by[e.command+" "+join(e.words)] = e.told
		}
	})
	// A retry has the ID of the first attempt, and an invoice is submitted once.
	for key, ids := range d.effects {
		if key.kind == string(invoice.SubmitInvoice) && len(ids) > 1 {
			t.problem("invoice %s was submitted under %d IDs", key.about, len(ids))
		}
	}
	for key, ids := range d.versions {
		if len(ids) > 1 {
			t.problem("%s about %s, version %s, was carried out under %d IDs", key.kind, key.about, key.version, len(ids))
		}
	}
	return d, err
}

func note[K comparable](sets map[K]map[string]bool, key K, word string) {
	if sets[key] == nil {
		sets[key] = map[string]bool{}
	}
	sets[key][word] = true
}

// number reads what a diary wrote.
func number(word string) int64 {
	n, _ := strconv.ParseInt(word, 10, 64)
	return n
}

func join(words []string) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += " "
		}
		out += w
	}
	return out
}

// stored compares a booking that is there with what was told of it.
func (d *told) stored(t *Tally, b booking.Booking) {
	id := b.ID.String()
	d.seen["book"][id] = true
	if d.refused["book"][id] {
		t.problem("%v was refused and is stored", b.Ref())
	}
	if d.unknown["book"][id] {
		t.Landed++
	}
	if d.done["cancel"][id] && b.State != booking.Cancelled {
		t.problem("%v was cancelled and is %s: %s", b.Ref(), b.State, d.by["cancel "+id])
	}
	if d.done["complete"][id] && b.State != booking.Completed {
		t.problem("%v was completed and is %s: %s", b.Ref(), b.State, d.by["complete "+id])
	}
}

// unchanged compares a booking that is there with how each command left it.
func (d *told) unchanged(t *Tally, b booking.Booking) {
	for _, c := range d.changes[b.ID.String()] {
		if b.Version < c.version || b.Version == c.version && b.Time.Start.Unix() != c.start {
			t.problem("%v is at %v, and %s left it at version %d for %v: %s", b.Ref(), b.Time.Start, c.command, c.version, time.Unix(c.start, 0).UTC(), c.told)
		}
	}
}

func (d *told) issued(x invoice.Invoice) { d.seen["issue"][x.ID.String()] = true }

// lost reports what was done and is not there.
func (d *told) lost(t *Tally) {
	for _, command := range []string{"book", "issue"} {
		for id := range d.done[command] {
			if !d.seen[command][id] {
				t.problem("%s %s was done and is lost: %s", command, id, d.by[command+" "+id])
			}
		}
	}
}
