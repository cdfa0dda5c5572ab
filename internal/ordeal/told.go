package ordeal

import (
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
)

// told is what the processes were told, by the words of their diaries.
type told struct {
	done, refused, unknown map[string]map[string]bool // by command
	effects                map[effectOf]map[string]bool
	seen                   map[string]map[string]bool // what of it is stored, by command
	by                     map[string]string          // when and by which server, by command and words
}

// An effectOf is an effect: its kind, and the record that it is about.
type effectOf struct{ kind, about string }

func readDiaries(dir string, t *Tally) (*told, error) {
	d := &told{
		done: map[string]map[string]bool{}, refused: map[string]map[string]bool{}, unknown: map[string]map[string]bool{},
		effects: map[effectOf]map[string]bool{}, seen: map[string]map[string]bool{"book": {}, "cancel": {}, "issue": {}}, by: map[string]string{},
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
			key := effectOf{e.command, e.words[1]}
			if d.effects[key] == nil {
				d.effects[key] = map[string]bool{}
			}
			d.effects[key][e.words[0]] = true
			return
		}
		if of[e.command] == nil {
			of[e.command] = map[string]bool{}
		}
		of[e.command][join(e.words)] = true
		if e.outcome == done {
			d.by[e.command+" "+join(e.words)] = e.told
		}
	})
	for key, ids := range d.effects {
		// An invoice is submitted once, an event acknowledged once for each result; a
		// retry has the ID of the first attempt.
		if key.kind == string(invoice.SubmitInvoice) && len(ids) > 1 {
			t.problem("invoice %s was submitted under %d IDs", key.about, len(ids))
		}
	}
	return d, err
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
