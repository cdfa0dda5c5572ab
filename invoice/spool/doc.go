// Package spool hands invoices over by way of a directory: an access point's own
// program, or a script of the host, picks the files up there.
//
// Files appear whole, under a name made of kind, number and key, such as
// invoice-1001-019a….xml, readable by their owner alone, and are there after a
// power cut if Submit returned. Nothing of a person is in the name.
//
// A file may be moved away as soon as it is there. The directory .timebok beside
// the files remembers what was handed over, so a repeated Submit never writes a
// document a second time; whoever empties it gives that up. What it holds of a
// document are its name and check sum.
//
// Path must be on one file system, one that renames atomically: any local one.
package spool
