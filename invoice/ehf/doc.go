// Package ehf is EHF Billing 3.0, the Norwegian invoice and credit note: the UBL
// 2.1 syntax of EN 16931 under the rules of Peppol BIS Billing 3.0.
//
// Validate holds a document to all of it in-process: the structure that the UBL
// schema demands, the European standard's rules, Peppol's common ones and
// Norway's. The rules are tested on the document's own elements and not on a
// model, because several of them may hang on one missing element, and where the
// official rules have quirks they are kept: what counts is whether the payer's
// access point will accept the document.
package ehf
