// Package ehf writes, reads and validates EHF Billing 3.0, which is Peppol BIS
// Billing 3.0 without extensions or rules of its own: UBL 2.1 invoices and
// credit notes under the European standard EN 16931.
//
// A Document is the model of one. From makes it of an issued invoice.Invoice with
// the properties that Behandlernettverk asks for on each line, Encode writes it,
// and Decode reads it back. Validate holds any document to the UBL structure and
// to every official rule. Format is the port that package invoice uses: invoice
// in, bytes out. DecodeResponse and DecodeStatus read what comes back, and
// WrapEnvelope puts a document into the envelope that some access points want.
//
// The rules are tested on the document's own elements and not on the model,
// because several of them may hang on one missing element, and where the official
// rules have quirks they are kept: what counts is whether the payer's access point
// will accept the document.
//
// # What is kept out
//
// An invoice to an insurer says which case it bills, what was done when and
// where, and what it costs. It has no place for the client's name, birth number or
// diagnosis, and the pre-flight refuses texts in which it finds the first two. The
// optional properties of the network (who the therapist was, how long it took, the
// client's number) stand on it only if the payer's Disclose list has them.
//
// # Sellers in no register
//
// Rule NO-R-002 warns of every Norwegian seller that does not state
// Foretaksregisteret. A sole proprietor that is not registered there may not
// state it, so the warning comes with every invoice of one; it stops nothing.
package ehf
