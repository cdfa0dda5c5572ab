package smtp_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/timebok/timebok/booking"
)

// Bookings are made, moved and called off while the mail server fails half of the
// time, in every way: no mail that it takes speaks of what has moved on, and the last
// one about each booking says how it stands.
func TestHistoryUnderFaults(t *testing.T) {
	ways := []fault{hangUp, busy, greylist, stopInData, full, takeAndDie, goodbye}
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			onEvery(t, func(h *house) {
				r := rand.New(rand.NewPCG(seed, 1))
				fails := make([]fault, 1000)
				for i := range fails {
					if r.IntN(2) == 0 {
						fails[i] = ways[r.IntN(len(ways))]
					}
				}
				h.mail.setFault(func(session int) fault { return fails[session%len(fails)] })
				var bookings []booking.Booking
				last := map[string]string{} // by UID
				send := func() {
					h.run()
					h.wait(time.Minute)
					now := map[string]string{}
					for _, b := range bookings {
						now[b.UID()] = standing(b)
					}
					for _, m := range h.mail.taken() {
						entry := m.calendar(h.T)
						uid := line(entry, "UID")
						last[uid] = line(entry, "METHOD") + " " + line(entry, "SEQUENCE")
						if last[uid] != now[uid] {
							h.Errorf("told %s, and it is %s", last[uid], now[uid])
						}
					}
				}
				for i := range 40 {
					switch n := r.IntN(6); {
					case n == 0 || len(bookings) == 0:
						bookings = append(bookings, h.book(time.Duration(10+i)*24*time.Hour+3*time.Hour-time.Duration(i)*time.Minute))
					case n == 1 && bookings[len(bookings)-1].State == booking.Booked:
						bookings[len(bookings)-1] = h.cancel(bookings[len(bookings)-1])
					case n <= 3:
						if b := &bookings[r.IntN(len(bookings))]; b.State == booking.Booked {
							*b = h.move(*b, b.Time.Start.Add(time.Minute))
						}
					default:
						send()
					}
				}
				for rounds := 0; h.due() > 0; rounds++ {
					if rounds > 200 {
						h.Fatalf("%d are left after %d rounds", h.due(), rounds)
					}
					send()
				}
				for _, b := range bookings {
					if last[b.UID()] != standing(b) {
						h.Errorf("the last that was told is %q, and it is %s", last[b.UID()], standing(b))
					}
				}
			})
		})
	}
}

// standing is what the calendar is to be told of a booking.
func standing(b booking.Booking) string {
	if b.State == booking.Cancelled {
		return fmt.Sprint("CANCEL ", b.Sequence)
	}
	return fmt.Sprint("REQUEST ", b.Sequence)
}

// line returns the value of a property of a calendar entry.
func line(entry, name string) string {
	for l := range strings.SplitSeq(entry, "\n") {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(l), name+":"); ok {
			return rest
		}
	}
	return ""
}
