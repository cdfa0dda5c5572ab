// Package series models the series (serie) of a client: what groups bookings,
// fixes who is billed and how, and caps the sessions.
//
// A series of an insurance case carries the case's sakID, and everything in it is
// set from what the network says of the case. What was approved is a history:
// each Approval is an entry with its source and time, and never edited. Local
// corrections are Overrides on top, kept apart. Terms are what follows from both.
//
// How much of a series is used is derived from its bookings, the opening balance
// and adjustments (Series.Use), never counted up and down.
//
// The package is pure: it takes the time as a parameter, returns the next value
// or an error, and touches no store.
package series
