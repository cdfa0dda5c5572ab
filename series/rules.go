package series

import "github.com/timebok/timebok"

// Rules of series.
var (
	Closed = timebok.NewRule("series.closed",
		"serien er lukket", "serien er lukka", "the series is closed")
	NotClosed = timebok.NewRule("series.open",
		"serien er åpen", "serien er open", "the series is open")
	NotYetValid = timebok.NewRule("case.early",
		"saken gjelder fra {from}", "saka gjeld frå {from}", "the case is valid from {from}")
	Expired = timebok.NewRule("case.expired",
		"saken gjaldt til og med {to}", "saka galdt til og med {to}", "the case was valid to and including {to}")
	Exhausted = timebok.NewRule("cap.exhausted",
		"rammen på {cap} er brukt opp, denne ville gjort det til {used}",
		"ramma på {cap} er brukt opp, denne ville gjort det til {used}",
		"the cap of {cap} is used up, this would make it {used}")
	Stale = timebok.NewRule("case.stale",
		"opplysningene om saken er fra {fetched}, søk på nytt",
		"opplysningane om saka er frå {fetched}, søk på nytt",
		"what is known of the case is from {fetched}, look it up again")
	InUse = timebok.NewRule("series.in-use",
		"serien har {bookings} bookinger og kan ikke slettes",
		"serien har {bookings} bookingar og kan ikkje slettast",
		"the series has {bookings} bookings and can't be deleted")
	NeedsPayer = timebok.NewRule("series.payer",
		"serien må ha en fakturamottaker som er en virksomhet",
		"serien må ha ein fakturamottakar som er ei verksemd",
		"the series must have an organisation as its recipient")
	BadCap = timebok.NewRule("cap.invalid",
		"rammen må være et antall eller et beløp, og hver type bare én gang",
		"ramma må vere eit tal eller eit beløp, og kvar type berre éin gong",
		"a cap must be a number of sessions or an amount, and each kind only once")
	// UncountedCap: treatment codes are a network's. In a series of none no session
	// has one, and the cap would never be reached.
	UncountedCap = timebok.NewRule("cap.network",
		"en ramme for én behandling krever et nettverk med behandlingskoder",
		"ei ramme for éi behandling krev eit nettverk med behandlingskodar",
		"a cap of one treatment needs a network with treatment codes")
)
