package networktest

// Faults are what goes wrong with a network. Each share is a probability from 0
// to 1; the zero Faults is a network that works. The same seed gives the same
// faults to the same calls in the same order.
//
// Whatever the shares, every event is delivered in the end: a clinic that polls
// on, and tries again what was unavailable, gets all of them at least once.
type Faults struct {
	Seed uint64

	// Of events, as they happen:
	Duplicate float64 // is delivered twice
	Reorder   float64 // overtakes others that were not read yet
	Delay     float64 // comes after later events, up to ten places behind
	Lose      float64 // is left out until the feed has been read to its end

	// Of pages of the feed:
	JumpBack float64 // the cursor after a page leads up to three pages back

	// Of calls:
	Fail     float64 // the network does not act, and does not answer
	FailCall int     // so does the call of this number, counted from 1
	Timeout  float64 // the network acts, and its answer is lost
}
