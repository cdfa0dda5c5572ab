package postgres_test
import ("context";"testing";"github.com/jackc/pgx/v5")
type ctxT = context.Context
var tracer pgx.QueryTracer
func newRaceT(t testing.TB, n int) *race { return newRace2(t, n) }
