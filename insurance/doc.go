// Package insurance connects a clinic to provider networks and insurers.
//
// Network is the port to one of them; Behandlernettverk is one, and there are
// others. Cases looks an insurance case up by its sakID and opens the series that
// it stands for, with everything set. Intake takes the network's booking events
// in: each becomes a client, a series, a booking and a mail to the practitioner in
// one transaction, or is quarantined with its reasons until somebody resolves it.
//
// A network delivers events at least once and in any order. Each carries its
// booking whole, at a source version; the highest version wins, and repeated
// events have no effect. Nobody is linked to a client by an e-mail address alone.
//
// What waits is listed (Tx.Quarantine), said in words why (Intake.Check), resolved by
// somebody (Intake.Resolve) or tried again when something was mended (Intake.Retry). Each
// night Intake.Reconcile compares both sides, and changes no booking.
package insurance
