package postgres_test
import ("testing";"github.com/jackc/pgx/v5/pgxpool";"github.com/jackc/pgx/v5";"fmt";"sync")
type tr struct{ mu sync.Mutex; seen map[string][]any; order []string }
func (t *tr) TraceBatchStart(ctx ctxT, c *pgx.Conn, d pgx.TraceBatchStartData) ctxT { t.mu.Lock(); defer t.mu.Unlock(); for _, q := range d.Batch.QueuedQueries { if _, ok := t.seen[q.SQL]; !ok { t.order = append(t.order, q.SQL) }; t.seen[q.SQL]=q.Arguments }; return ctx }
func (t *tr) TraceBatchQuery(ctx ctxT, c *pgx.Conn, d pgx.TraceBatchQueryData) {}
func (t *tr) TraceBatchEnd(ctx ctxT, c *pgx.Conn, d pgx.TraceBatchEndData) {}
func (t *tr) TraceQueryStart(ctx ctxT, c *pgx.Conn, d pgx.TraceQueryStartData) ctxT { return ctx }
func (t *tr) TraceQueryEnd(ctx ctxT, c *pgx.Conn, d pgx.TraceQueryEndData) {}
func TestStmts(t *testing.T){
 x := &tr{seen: map[string][]any{}}
 tracer = x
 r := newRaceT(t, 4); tracer = nil
 pm := postmaster()
 conn, _ := r.pool.Acquire(t.Context())
 for _, sql := range x.order { if len(sql)>6 && (sql[:6]=="SELECT") {
   args := x.seen[sql]
   n := 2000
   for range 6 { rows,_ := conn.Query(t.Context(), sql, args...); rows.Close() }
   s0, c0 := pgcpu(pm), selfcpu()
   for range n/50 { b := &pgx.Batch{}; for range 50 { b.Queue(sql, args...) }; conn.SendBatch(t.Context(), b).Close() }
   fmt.Printf("server %.0f us client %.0f us  %.90s\n", float64(pgcpu(pm)-s0)*10000/float64(n), float64((selfcpu()-c0).Microseconds())/float64(n), sql)
 } }
}
var _ pgxpool.Pool
