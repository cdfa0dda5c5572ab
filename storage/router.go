package storage

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/timebok/timebok"
)

// A Router spreads clinics over several stores, each clinic whole in one, and
// moves them from one to another while they are used: so the size of one database
// is no limit. It is safe for concurrent use. Many processes may route over the
// same stores and the same Directory.
//
// A Router remembers where clinics are. That is safe: a store that a clinic was
// moved from is fenced, so an Update there fails, asks the Directory again, and
// goes on where the clinic is now. A View asks again when what it remembers is
// older than RouterOptions.Remember: as long, it may see what the clinic was when
// it was moved by another process.
//
// The Router has no outbox of its own: each store has its relay, with handlers
// that use the Router's Update and View. A message that was leased as its clinic
// was fenced may be performed by the relay of either store, with the same ID.
type Router struct {
	stores    map[string]*Store
	directory Directory
	options   RouterOptions

	mu    sync.Mutex
	known map[timebok.ClinicID]remembered
}

type remembered struct {
	store string
	at    time.Time
}

// RouterOptions tune a Router. The zero RouterOptions are the defaults.
type RouterOptions struct {
	Patience time.Duration // how long a call waits for a clinic that is being moved; 0: 30 seconds
	Remember time.Duration // how long a View trusts what is remembered; 0: a second
}

// NewRouter returns a router over stores by name. The names stand in the
// Directory, so they stay when a store is opened again. The options may be nil.
func NewRouter(d Directory, stores map[string]*Store, o *RouterOptions) *Router {
	r := &Router{stores: stores, directory: d, known: map[timebok.ClinicID]remembered{}}
	if o != nil {
		r.options = *o
	}
	if r.options.Patience <= 0 {
		r.options.Patience = 30 * time.Second
	}
	if r.options.Remember <= 0 {
		r.options.Remember = time.Second
	}
	return r
}

// Put gives a new clinic its store. It may be called again; a clinic that has
// another store is a *timebok.StaleError.
func (r *Router) Put(ctx context.Context, clinic timebok.ClinicID, store string) error {
	if _, err := r.named(store); err != nil {
		return err
	}
	err := r.directory.Swap(ctx, clinic, Place{}, Place{Store: store})
	if !errors.Is(err, timebok.ErrConflict) {
		return err
	}
	at, failed := r.directory.Find(ctx, clinic)
	if failed != nil || at.Store != store {
		return errors.Join(err, failed)
	}
	return nil
}

// Update is Store.Update in the store that keeps the clinic. While the clinic is
// being moved it waits; a wait that becomes too long is a
// *timebok.UnavailableError, with nothing stored.
func (r *Router) Update(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx Tx) error) error {
	return r.run(ctx, clinic, false, func(ctx context.Context, s *Store, _ bool) error {
		return s.Update(ctx, clinic, fn)
	})
}

// View is Store.View in the store that keeps the clinic.
func (r *Router) View(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx Tx) error) error {
	return r.run(ctx, clinic, true, func(ctx context.Context, s *Store, sure bool) error {
		return s.View(ctx, clinic, func(ctx context.Context, tx Tx) error {
			if !sure { // the clinic may have been moved away and erased
				if _, err := tx.Clinic(ctx); errors.Is(err, timebok.ErrNotFound) {
					return errGone
				}
			}
			return fn(ctx, tx)
		})
	})
}

// errGone ends a View in a store that the clinic is gone from.
var errGone = errors.New("timebok: storage: the clinic is not in this store")

// run runs do on the store of a clinic. Sure says that the Directory was asked
// just now.
func (r *Router) run(ctx context.Context, clinic timebok.ClinicID, view bool, do func(ctx context.Context, s *Store, sure bool) error) error {
	if clinic.IsZero() {
		return timebok.Reasons{timebok.Missing.At("Clinic")}.Invalid()
	}
	if ctx.Value(inside{r}) != nil {
		return errNested
	}
	ctx = context.WithValue(ctx, inside{r}, true)
	began := time.Now()
	for i, ask := 1, false; ; i, ask = i+1, true {
		name, sure, err := r.find(ctx, clinic, view, ask)
		if err != nil {
			return err
		}
		s, err := r.named(name)
		if err != nil {
			return err
		}
		err = do(ctx, s, sure)
		moving := errors.Is(err, ErrFenced)
		switch {
		case !moving && !errors.Is(err, errGone):
			return err
		case !moving || !sure: // ask at once
		case time.Since(began) > r.options.Patience:
			return err
		default:
			if err := pause(ctx, min(i, 6)); err != nil {
				return err
			}
		}
	}
}

// find returns the name of the store that keeps a clinic, and whether the
// Directory was asked for it.
func (r *Router) find(ctx context.Context, clinic timebok.ClinicID, view, ask bool) (name string, asked bool, err error) {
	now := time.Now()
	r.mu.Lock()
	k, ok := r.known[clinic]
	r.mu.Unlock()
	if ok && !ask && (!view || now.Sub(k.at) < r.options.Remember) {
		return k.store, false, nil
	}
	at, err := r.directory.Find(ctx, clinic)
	if err != nil {
		return "", true, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known[clinic] = remembered{at.Store, now} // as old as the question, not the answer
	return at.Store, true, nil
}

// named returns a store by its name in the Directory.
func (r *Router) named(name string) (*Store, error) {
	s, ok := r.stores[name]
	if !ok {
		return nil, &timebok.UnavailableError{What: "storage", Cause: errors.New("timebok: storage: the router has no store " + name)}
	}
	return s, nil
}
