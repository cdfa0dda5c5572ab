package ehf

import (
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// A ResponseCode says how far the buyer has come with an invoice, by a code of
// UNCL 4343 as BIS 63 uses it.
type ResponseCode string

// The codes, in the order in which an invoice goes through them. Any may be the
// first, and any may be left out.
const (
	ResponseAcknowledged ResponseCode = "AB" // received, readable
	ResponseInProcess    ResponseCode = "IP"
	ResponseUnderQuery   ResponseCode = "UQ" // the buyer waits for the seller; may be repeated
	ResponseConditional  ResponseCode = "CA" // paid on conditions unless the seller objects
	ResponseRejected     ResponseCode = "RE" // final
	ResponseAccepted     ResponseCode = "AP" // only PD may follow
	ResponsePaid         ResponseCode = "PD" // final, unless the reason is ReasonPartlyPaid
)

// responseCodes is the table of BIS 63, in its order.
var responseCodes = []struct {
	code            ResponseCode
	final           bool
	clarified       bool
	waits           bool
	state           invoice.State
	nb, nynorsk, en string
}{
	{ResponseAcknowledged, false, false, false, "", "mottatt", "motteken", "acknowledged"},
	{ResponseInProcess, false, false, false, "", "under behandling", "under behandling", "in process"},
	{ResponseUnderQuery, false, true, true, "", "venter på svar fra selger", "ventar på svar frå seljaren", "under query"},
	{ResponseConditional, false, true, false, "", "godtatt på vilkår", "godteken på vilkår", "conditionally accepted"},
	{ResponseRejected, true, true, true, invoice.Refused, "avvist", "avvist", "rejected"},
	{ResponseAccepted, false, false, false, invoice.Accepted, "godkjent", "godkjend", "accepted"},
	{ResponsePaid, true, false, false, invoice.Paid, "betalt", "betalt", "paid"},
}

// rank is the place of the code in the order, -1 for one that is not known.
func (c ResponseCode) rank() int {
	for i := range responseCodes {
		if responseCodes[i].code == c {
			return i
		}
	}
	return -1
}

// Known reports whether the code is one of BIS 63.
func (c ResponseCode) Known() bool { return c.rank() >= 0 }

// Final reports whether no response may follow. A partial payment is not final:
// see Response.Final.
func (c ResponseCode) Final() bool { i := c.rank(); return i >= 0 && responseCodes[i].final }

// NeedsClarification reports whether the buyer must say why (PEPPOL-T111-R001).
func (c ResponseCode) NeedsClarification() bool {
	i := c.rank()
	return i >= 0 && responseCodes[i].clarified
}

// AwaitsSeller reports whether the buyer does nothing until the seller answers.
// It answers outside the network: there is no message for it.
func (c ResponseCode) AwaitsSeller() bool { i := c.rank(); return i >= 0 && responseCodes[i].waits }

// Text is the code in words, the code itself if it is not known.
func (c ResponseCode) Text(l timebok.Lang) string {
	i := c.rank()
	if i < 0 {
		return string(c)
	}
	return wording{responseCodes[i].nb, responseCodes[i].nynorsk, responseCodes[i].en}.in(l)
}

// A ReasonCode says why, by a code of the list OPStatusReason.
type ReasonCode string

// ReasonPartlyPaid stands beside ResponsePaid: more will be paid.
const ReasonPartlyPaid ReasonCode = "PPD"

// An ActionCode says what the buyer asks of the seller, by a code of the list
// OPStatusAction.
type ActionCode string

// What a buyer asks for.
const (
	ActionNone            ActionCode = "NOA"
	ActionInform          ActionCode = "PIN" // tell the buyer what is missing
	ActionNewInvoice      ActionCode = "NIN"
	ActionCreditFully     ActionCode = "CNF"
	ActionCreditPartially ActionCode = "CNP"
	ActionCreditAmount    ActionCode = "CNA"
	ActionOther           ActionCode = "OTH"
)

// Known reports whether the code is in the list. Others are kept: the list may
// grow, and no state hangs on them.
func (c ReasonCode) Known() bool { _, ok := reasonTexts[c]; return ok }

// Text is the code in words, the code itself if it is not known.
func (c ReasonCode) Text(l timebok.Lang) string {
	if w, ok := reasonTexts[c]; ok {
		return w.in(l)
	}
	return string(c)
}

// Known reports whether the code is in the list.
func (c ActionCode) Known() bool { _, ok := actionTexts[c]; return ok }

// Text is the code in words, the code itself if it is not known.
func (c ActionCode) Text(l timebok.Lang) string {
	if w, ok := actionTexts[c]; ok {
		return w.in(l)
	}
	return string(c)
}

// wording is a text in three languages.
type wording struct{ nb, nn, en string }

func (w wording) in(l timebok.Lang) string {
	switch l {
	case timebok.English:
		return w.en
	case timebok.Nynorsk:
		return w.nn
	}
	return w.nb
}

var reasonTexts = map[ReasonCode]wording{
	"NON":            {"ingen feil", "ingen feil", "no issue"},
	"REF":            {"feil i referanse", "feil i referanse", "reference is wrong"},
	"LEG":            {"feil i lovpålagte opplysninger", "feil i lovpålagde opplysingar", "legal information is wrong"},
	"REC":            {"ukjent mottaker", "ukjend mottakar", "receiver is unknown"},
	"QUA":            {"kvaliteten er for dårlig", "kvaliteten er for dårleg", "quality is insufficient"},
	"DEL":            {"feil ved leveringen", "feil ved leveringa", "delivery is wrong"},
	"PRI":            {"feil pris", "feil pris", "price is wrong"},
	"QTY":            {"feil antall", "feil tal på einingar", "quantity is wrong"},
	"ITM":            {"feil tjeneste eller vare", "feil teneste eller vare", "item is wrong"},
	"PAY":            {"feil betalingsbetingelser", "feil betalingsvilkår", "payment terms are wrong"},
	"UNR":            {"kjøper kjenner ikke kravet", "kjøparen kjenner ikkje kravet", "buyer does not recognise the transaction"},
	"FIN":            {"feil i økonomiske opplysninger", "feil i økonomiske opplysingar", "financial information is wrong"},
	ReasonPartlyPaid: {"betalt i del", "betalt i del", "partly paid"},
	"OTH":            {"annet", "anna", "other"},
}

var actionTexts = map[ActionCode]wording{
	ActionNone:            {"ingenting å gjøre", "ingenting å gjere", "nothing to do"},
	ActionInform:          {"gi opplysninger", "gi opplysingar", "provide information"},
	ActionNewInvoice:      {"send ny faktura", "send ny faktura", "issue a new invoice"},
	ActionCreditFully:     {"krediter hele fakturaen", "krediter heile fakturaen", "credit the invoice in full"},
	ActionCreditPartially: {"krediter en del av fakturaen", "krediter ein del av fakturaen", "credit the invoice in part"},
	ActionCreditAmount:    {"krediter beløpet", "krediter beløpet", "credit the amount"},
	ActionOther:           {"annet", "anna", "other"},
}
