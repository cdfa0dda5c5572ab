// Package ordeal puts a store through what a database must bear - processes and
// servers that are killed while they work - and counts afterwards what is left.
//
// Any number of processes Work on one store, each with a Diary: a file to which it
// writes what it was told of every command - done, refused, or unknown - and every
// effect that its relay carried out. When all is quiet, Recount finishes the work
// that was begun and compares the store with itself and with the diaries: no
// overlap, no cap exceeded, no event applied twice, invoice numbers without gaps,
// every effect carried out, the audit trail whole, nothing lost that was done and
// nothing there that was refused.
//
// It is for tests of the backends and for scripts/scale-test.
package ordeal
