// Package pgtest gives tests a PostgreSQL of their own, started from the server
// programs of this machine and thrown away afterwards:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Run(m)) }
//
//	func TestSomething(t *testing.T) {
//		pool, err := pgxpool.New(t.Context(), pgtest.Database(t))
//
// Commits are synced to disk as on a real server. Two environment variables steer
// it:
//
//   - TIMEBOK_POSTGRES holds the DSN of a server to use, by a role that may create
//     databases. The program internal/pgtest/run starts one for many test binaries.
//   - TIMEBOK_TEST_POSTGRES=off skips the tests that need PostgreSQL. Without it,
//     missing server programs fail them.
package pgtest
