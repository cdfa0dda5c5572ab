// Package house holds the tests that keep the house in order: which package may
// import which, what domain code may not do, how long a file may be, and that
// every dependency has its reason in DEPENDENCIES.md. It has no code of its own.
package house
