package postgres

import (
	"context"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/storage"
)

// resolve finds out what became of a commit whose answer was lost.
func (d *Driver) resolve(ctx context.Context, clinic timebok.ClinicID, saved []change, cause error) error {
	return storage.UnknownOutcome(cause)
}
