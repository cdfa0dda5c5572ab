// Package invoice models invoices and credit notes, and bills delivered sessions.
//
// One invoice carries one case, and one line one delivered session. A Draft can
// be discarded; an issued invoice has its number from the gap-free series of its
// billing party and never changes again: a correction is a credit note that names
// it, with a new draft in the same step. Preflight says before issue what the
// payer would reject two days later.
//
// Sending goes through the outbox to a Transport, which is the port to an access
// point. Package ehf writes invoices as EHF Billing 3.0.
package invoice
