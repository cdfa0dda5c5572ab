package insurance

import (
	"context"
	"errors"

	"github.com/timebok/timebok"
)

// An outage tells one case that a network does not answer for from a network that
// does not answer: the first must not hold up the others.
type outage struct {
	first error // of what was passed by
	inRow int   // how many there were, one after the other
}

// maxInRow is how many in a row are too many to be about a few cases.
const maxInRow = 10

// passes reports whether the work goes on after what came to an error, or to none.
func (o *outage) passes(ctx context.Context, err error) bool {
	if err == nil {
		o.inRow = 0
		return true
	}
	if o.inRow++; !errors.Is(err, timebok.ErrUnavailable) || ctx.Err() != nil || o.inRow == maxInRow {
		return false
	}
	if o.first == nil {
		o.first = err
	}
	return true
}

// visits counts how often a reading of pages has come to a cursor. A feed may jump
// back now and then, and is read on from there.
type visits map[string]int

// maxVisits is how often it may come to one.
const maxVisits = 10

// stuck reports whether the reading does not get on by a page after a cursor.
func (v visits) stuck(cursor string, p Page) bool {
	v[p.Next]++
	return p.More && (p.Next == cursor || v[p.Next] > maxVisits)
}

var errStuck = errors.New("timebok: insurance: the feed says there is more, and does not go on")
