package postgres_test
import ("testing";"github.com/jackc/pgx/v5";"fmt";"sync";"strings";"time")
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
 r.turn(t, r.lanes[0], 2000)
 conn, _ := r.pool.Acquire(t.Context()); defer conn.Release()
 conn.Exec(t.Context(), "set plan_cache_mode=force_generic_plan")
 for i, sql := range x.order { if strings.HasPrefix(sql, "SELECT practitioner_id") || false  {
   for range 2 {
   if _, err := conn.Conn().Prepare(t.Context(), fmt.Sprint("s", i), sql); err != nil { t.Fatal(err) }
   q := "explain (analyze, buffers) execute s"+fmt.Sprint(i)+"("
   for k, a := range x.seen[sql] { if k > 0 { q += "," }; 
     m := conn.Conn().TypeMap(); _ = m
     switch v := a.(type) { case nil: q += "NULL"; case time.Time: q += "'"+v.Format(time.RFC3339)+"'"; case fmt.Stringer: q += "'"+v.String()+"'"; default: b, err := a.(interface{ Value() (any, error) }); _=b; _=err; q += fmt.Sprintf("'%v'", a) } }
   rows, err := conn.Conn().Query(t.Context(), q+")", pgx.QueryExecModeSimpleProtocol); if err != nil { t.Fatal(err) }
   for rows.Next() { v, _ := rows.Values(); fmt.Println(v[0]) }
   if rows.Err() != nil { fmt.Println(q, rows.Err()) }
   conn.Exec(t.Context(), "analyze")
   }
 } }
}
