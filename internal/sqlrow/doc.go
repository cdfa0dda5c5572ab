// Package sqlrow maps the records of the library to the rows of a SQL database
// and back. The SQL backends share it, so they share their tables.
//
// Each kind of record is a Table with a list of columns; a column is declared
// once, by the field that it holds, for both directions. Every table begins with
// clinic_id and id. Scalars are columns of their own; nested lists are JSON.
// Some columns (an invoice's sum, whether a booking is active) are derived: they
// are written for indexes, constraints and reports, and never read back.
//
// What differs between databases - how an ID, an instant, a day or a truth value
// is passed - is a Dialect.
//
// Persons' data is written in clear text, by Reveal: it masks itself in
// encoding/json, which would store the mask.
package sqlrow
