// Package outbox performs the messages of a store: the mails, acknowledgements and
// invoices that the use-cases leave in it. A Relay leases messages, hands each to
// the handler of its kind, and settles it by what the handler says.
//
// A message is performed at least once. If the program dies between a handler's
// work and the settling, the lease runs out and the message is performed again,
// with the same ID. No two relays perform one message at a time, as long as
// handlers heed their context.
//
// Any number of relays, in any number of processes, can work on one store.
package outbox
