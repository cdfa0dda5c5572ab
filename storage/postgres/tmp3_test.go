package postgres_test

import (
	"context"
	"github.com/jackc/pgx/v5"
	"testing"
)

type ctxT = context.Context

var tracer pgx.QueryTracer

func newRaceT(t testing.TB, n int) *race { return newRace2(t, n) }
