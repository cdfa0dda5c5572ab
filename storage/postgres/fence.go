package postgres

import (
	"context"
	"time"

	"github.com/timebok/timebok"
)

// noFence fails, as noRow does, if the clinic is fenced.
const noFence = "SELECT 1 / (1 - count(*)) FROM {}fence WHERE clinic_id = $1"

func fenced(t *tx) call {
	return call{sql: noFence, args: []any{t.clinic}, fail: func(err error) error {
		if e, refused := refusalOf(err); refused && e.Code == divisionByZero {
			return &timebok.UnavailableError{What: "the clinic (it is fenced)", After: time.Second}
		}
		return err
	}}
}

var _ context.Context
