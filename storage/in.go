package storage

import (
	"context"

	"github.com/timebok/timebok"
)

// In narrows Store.Update or Store.View to the transaction that a subject asks
// for, so that its handlers need not know this package:
//
//	&notice.Post{View: storage.In[booking.Tx](store.View)}
func In[T any](run func(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx Tx) error) error) func(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx T) error) error {
	return func(ctx context.Context, clinic timebok.ClinicID, fn func(ctx context.Context, tx T) error) error {
		return run(ctx, clinic, func(ctx context.Context, tx Tx) error {
			return fn(ctx, any(tx).(T))
		})
	}
}
