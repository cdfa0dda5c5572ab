package insurance

import "github.com/timebok/timebok"

// Rules of insurance cases and the networks' events.
var (
	NotConnected = timebok.NewRule("network.not-connected",
		"klinikken er ikke koblet til {network}", "klinikken er ikkje kopla til {network}",
		"the clinic is not connected to {network}")
	NotCapable = timebok.NewRule("network.incapable",
		"{network} tilbyr ikke dette", "{network} tilbyr ikkje dette", "{network} does not offer this")
	UnknownCase = timebok.NewRule("case.unknown",
		"sakID-en finnes ikke", "sakID-en finst ikkje", "there is no such sakID")
	CaseIsClosed = timebok.NewRule("case.closed",
		"saken er avsluttet", "saka er avslutta", "the case is closed")
	CaseTaken = timebok.NewRule("case.taken",
		"sakID-en hører til en annen klients serie", "sakID-en høyrer til serien til ein annan klient",
		"the sakID belongs to another client's series")
	NoCase = timebok.NewRule("case.missing",
		"vilkårene for saken er ikke kjent, søk på sakID-en først",
		"vilkåra for saka er ikkje kjende, søk på sakID-en først",
		"the terms of the case are not known, look the sakID up first")
	CaseChanged = timebok.NewRule("case.changed",
		"bookingen hører til en annen sak enn før", "bookinga høyrer til ei anna sak enn før",
		"the booking belongs to another case than before")
	TreatmentChanged = timebok.NewRule("treatment.changed",
		"bookingen gjelder en annen tjeneste enn før", "bookinga gjeld ei anna teneste enn før",
		"the booking is for another service than before")
	IdentityMismatch = timebok.NewRule("identity.mismatch",
		"fødselsdatoen er ikke den som saken gjelder", "fødselsdatoen er ikkje den som saka gjeld",
		"the birth date is not the one of the case")
	IdentityUnknown = timebok.NewRule("identity.unknown",
		"fødselsdatoen mangler, så klienten kan ikke bekreftes",
		"fødselsdatoen manglar, så klienten kan ikkje stadfestast",
		"the birth date is missing, so the client can't be confirmed")
	IdentityAmbiguous = timebok.NewRule("identity.ambiguous",
		"{clients} klienter kan være den det gjelder", "{clients} klientar kan vere den det gjeld",
		"{clients} clients may be the one it is about")
	UnknownPractitioner = timebok.NewRule("network.practitioner",
		"ingen behandler har nettverkets nøkkel", "ingen behandlar har nøkkelen til nettverket",
		"no practitioner has the network's key")
	UnknownService = timebok.NewRule("network.service",
		"ingen tjeneste har behandlingskoden {code}", "inga teneste har behandlingskoden {code}",
		"no service has the treatment code {code}")
	NotQuarantined = timebok.NewRule("event.resolved",
		"hendelsen er allerede behandlet", "hendinga er alt handsama", "the event is resolved already")
	Superseded = timebok.NewRule("event.superseded",
		"en nyere hendelse gjelder i stedet", "ei nyare hending gjeld i staden", "a newer event holds instead")
)
