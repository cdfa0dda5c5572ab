package invoice

import "github.com/timebok/timebok"

// Rules of invoices. What a payer would reject is refused before issue.
var (
	NothingToBill = timebok.NewRule("invoice.empty",
		"det er ingen gjennomførte timer å fakturere", "det er ingen gjennomførte timar å fakturere",
		"there are no delivered sessions to invoice")
	WrongState = timebok.NewRule("invoice.state",
		"en faktura som er {state}, kan ikke bli {next}", "ein faktura som er {state}, kan ikkje bli {next}",
		"an invoice that is {state} can't become {next}")
	NotDelivered = timebok.NewRule("line.undelivered",
		"timen er ikke gjennomført", "timen er ikkje gjennomført", "the session is not delivered")
	BilledElsewhere = timebok.NewRule("line.billed",
		"timen står på en annen faktura", "timen står på ein annan faktura",
		"the session stands on another invoice")
	NoTreatment = timebok.NewRule("line.treatment",
		"behandlingskoden (TreatmentId) mangler", "behandlingskoden (TreatmentId) manglar",
		"the treatment code (TreatmentId) is missing")
	NoReference = timebok.NewRule("invoice.reference",
		"sakID mangler", "sakID manglar", "the sakID is missing")
	PayerChanged = timebok.NewRule("recipient.changed",
		"serien har fått en annen fakturamottaker; forkast utkastet og lag et nytt",
		"serien har fått ein annan fakturamottakar; forkast utkastet og lag eit nytt",
		"the series has another recipient now; discard the draft and make a new one")
	OutsideCase = timebok.NewRule("line.validity",
		"timen er utenfor sakens gyldighet", "timen er utanfor gyldigheita til saka",
		"the session is outside the validity of the case")
	OverCover = timebok.NewRule("invoice.cover",
		"det er fakturert mer enn saken dekker", "det er fakturert meir enn saka dekkjer",
		"more is invoiced than the case covers")
	TooOld = timebok.NewRule("line.deadline",
		"timen er eldre enn mottakerens frist på {days} dager", "timen er eldre enn fristen til mottakaren på {days} dagar",
		"the session is older than the recipient's deadline of {days} days")
	NoDueDate = timebok.NewRule("invoice.due",
		"betalingsfristen mangler", "betalingsfristen manglar", "the due date is missing")
	NoEHF = timebok.NewRule("recipient.ehf",
		"mottakeren kan ikke ta imot EHF", "mottakaren kan ikkje ta imot EHF", "the recipient can't receive EHF")
	NoFormat = timebok.NewRule("invoice.format",
		"verten har ikke satt opp EHF", "verten har ikkje sett opp EHF", "the host has not set EHF up")
	NoPlace = timebok.NewRule("invoice.place",
		"leveringsstedet mangler", "leveringsstaden manglar", "the place of delivery is missing")
	PersonalData = timebok.NewRule("line.personal",
		"teksten inneholder personopplysninger", "teksten inneheld personopplysingar",
		"the text holds personal data")
	UnknownLine = timebok.NewRule("credit.line",
		"timen står ikke på fakturaen, eller er allerede kreditert",
		"timen står ikkje på fakturaen, eller er alt kreditert",
		"the session is not on the invoice, or is credited already")
	NotCreditable = timebok.NewRule("credit.kind",
		"bare en utstedt faktura kan krediteres", "berre ein utskriven faktura kan krediterast",
		"only an issued invoice can be credited")
	// LateBilling is a notice: the law asks for the invoice within a month.
	LateBilling = timebok.NewRule("line.late",
		"timen skulle vært fakturert innen en måned (bokføringsforskriften § 5-2-2)",
		"timen skulle vore fakturert innan ein månad (bokføringsforskrifta § 5-2-2)",
		"the session should have been invoiced within a month (bokføringsforskriften § 5-2-2)")
)
