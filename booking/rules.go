package booking

import (
	"slices"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// Rules of booking. Those of series apply as well.
var (
	SlotTaken = timebok.NewRule("slot.taken",
		"behandleren er opptatt fra {start} til {end}",
		"behandlaren er oppteken frå {start} til {end}",
		"the practitioner is taken from {start} to {end}")
	OutsideHours = timebok.NewRule("hours.outside",
		"utenfor behandlerens arbeidstid", "utanfor arbeidstida til behandlaren",
		"outside the practitioner's working hours")
	Holiday = timebok.NewRule("day.holiday",
		"{day} er en helligdag", "{day} er ein heilagdag", "{day} is a public holiday")
	Absent = timebok.NewRule("practitioner.absent",
		"behandleren er borte", "behandlaren er borte", "the practitioner is away")
	NotOffered = timebok.NewRule("service.inactive",
		"tjenesten tilbys ikke lenger", "tenesta blir ikkje tilbydd lenger", "the service is no longer offered")
	HasLeft = timebok.NewRule("practitioner.inactive",
		"behandleren tar ikke imot bookinger", "behandlaren tek ikkje imot bookingar",
		"the practitioner takes no bookings")
	Unknown = timebok.NewRule("ref.unknown",
		"finnes ikke", "finst ikkje", "does not exist")
	OtherClient = timebok.NewRule("series.client",
		"serien hører til en annen klient", "serien høyrer til ein annan klient",
		"the series belongs to another client")
	WrongState = timebok.NewRule("state.illegal",
		"en booking som er {state}, kan ikke bli {next}",
		"ei booking som er {state}, kan ikkje bli {next}",
		"a booking that is {state} can't become {next}")
	TooEarly = timebok.NewRule("state.early",
		"bookingen kan ikke bli {next} før den har begynt",
		"bookinga kan ikkje bli {next} før ho har byrja",
		"the booking can't become {next} before it has begun")
	BillingLocked = timebok.NewRule("recipient.locked",
		"timen er fakturert eller står på et utkast; krediter fakturaen eller forkast utkastet først",
		"timen er fakturert eller står på eit utkast; krediter fakturaen eller forkast utkastet først",
		"the session is invoiced or stands on a draft; credit the invoice or discard the draft first")
	OverrideWhy = timebok.NewRule("override.why",
		"den som setter en regel til side, må si hvorfor",
		"den som set ein regel til side, må seie kvifor",
		"setting a rule aside needs a reason")
	NoTreatmentCode = timebok.NewRule("treatment.missing",
		"tjenesten har ingen behandlingskode hos {network}",
		"tenesta har ingen behandlingskode hos {network}",
		"the service has no treatment code at {network}")
	CantInvite = timebok.NewRule("invite.contact",
		"klienten har ingen adresse å få beskjed på, eller har reservert seg",
		"klienten har inga adresse å få beskjed på, eller har reservert seg",
		"the client has no address to be told at, or has opted out")
	AlreadyBegun = timebok.NewRule("invite.past",
		"timen har allerede begynt", "timen har alt byrja", "the session has already begun")
	NotInvited = timebok.NewRule("reply.uninvited",
		"klienten er ikke invitert til timen", "klienten er ikkje invitert til timen",
		"the client is not invited to the session")
	OtherAttendee = timebok.NewRule("reply.attendee",
		"svaret kommer fra en annen enn klienten", "svaret kjem frå ein annan enn klienten",
		"the answer is from somebody else than the client")
	// BillingDiffers, LastSession and series.Stale are notices: they stop nothing.
	BillingDiffers = timebok.NewRule("billing.differs",
		"fakturamottaker eller fakturering er ikke den som saken krever",
		"fakturamottakar eller fakturering er ikkje den som saka krev",
		"recipient or billing method is not what the case demands")
	LastSession = timebok.NewRule("cap.last",
		"dette er den siste timen i rammen", "dette er den siste timen i ramma",
		"this is the last session of the cap")
)

// Overridable lists the rules that a person may set aside, with a reason.
var Overridable = []*timebok.Rule{
	SlotTaken, OutsideHours, Holiday, Absent, NoTreatmentCode,
	series.Exhausted, series.Expired, series.NotYetValid,
}

// setAside splits reasons into those that stand and the codes of those that the
// override names.
func setAside(reasons timebok.Reasons, codes []string) (standing timebok.Reasons, used []string) {
	for _, r := range reasons {
		if slices.Contains(codes, r.Code()) && slices.Contains(Overridable, r.Rule) {
			if !slices.Contains(used, r.Code()) {
				used = append(used, r.Code())
			}
			continue
		}
		standing = append(standing, r)
	}
	return standing, used
}
