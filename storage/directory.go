package storage

import (
	"context"
	"sync"

	"github.com/timebok/timebok"
)

// A Place says where a clinic is kept. While it is moved, it says that too, so
// that a move which was cut off can be ended.
type Place struct {
	Store string // the name of the store that it is used in
	To    string // the store that it is being copied to; "": none
	From  string // the store that is being cleared of it; "": none
	Mover string // who moves it; "": nobody
}

// A Directory tells where clinics are kept. Hosts implement it, on a database of
// their own that every process reaches, and run storagetest.RunDirectory on it.
type Directory interface {
	// Find returns the place of a clinic, the present one, not one from a cache. A
	// clinic without a place is a *timebok.NotFoundError.
	Find(ctx context.Context, clinic timebok.ClinicID) (Place, error)
	// Swap puts a clinic in another place, if its place is still the old one, in one
	// step; else it is a *timebok.StaleError, and nothing is changed. The zero Place
	// is that of a clinic without one.
	Swap(ctx context.Context, clinic timebok.ClinicID, old, now Place) error
}

// Places is a Directory in memory, for tests and for programs of one process that
// fill it as they start. The zero Places is empty and ready.
type Places struct {
	mu sync.Mutex
	at map[timebok.ClinicID]Place
}

// Find returns the place of a clinic.
func (p *Places) Find(ctx context.Context, clinic timebok.ClinicID) (Place, error) {
	if err := ctx.Err(); err != nil {
		return Place{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.at[clinic]
	if !ok {
		return Place{}, &timebok.NotFoundError{Ref: clinicRef(clinic)}
	}
	return at, nil
}

// Swap puts a clinic in another place.
func (p *Places) Swap(ctx context.Context, clinic timebok.ClinicID, old, now Place) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at[clinic] != old {
		return &timebok.StaleError{Ref: clinicRef(clinic)}
	}
	if p.at == nil {
		p.at = map[timebok.ClinicID]Place{}
	}
	p.at[clinic] = now
	return nil
}

func clinicRef(clinic timebok.ClinicID) timebok.Ref {
	return timebok.Ref{Kind: timebok.KindClinic, ID: clinic.UUID()}
}
