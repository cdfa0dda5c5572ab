package ehf

import "github.com/timebok/timebok"

// What AppendEnvelope and OpenEnvelope refuse, besides timebok.Missing and
// timebok.BadValue.
var (
	BadParticipant = timebok.NewRule("ehf.envelope.participant",
		"er ikke en deltaker i Peppol, som 0192 og et gyldig organisasjonsnummer",
		"er ikkje ein deltakar i Peppol, som 0192 og eit gyldig organisasjonsnummer",
		"is no participant of Peppol, such as 0192 and a valid organisation number")
	BadInstance = timebok.NewRule("ehf.envelope.instance",
		"må være en UUID, og aldri fakturaens nummer",
		"må vere ein UUID, og aldri nummeret på fakturaen",
		"must be a UUID, and never the invoice's number")
	BadCreated = timebok.NewRule("ehf.envelope.created",
		"må være et tidspunkt med tidssone",
		"må vere eit tidspunkt med tidssone",
		"must be a date and time with a time zone")
	BadMLS = timebok.NewRule("ehf.envelope.mls",
		"må være en tjenesteleverandør (0242), og typen FAILURE_ONLY eller ALWAYS_SEND",
		"må vere ein tenesteleverandør (0242), og typen FAILURE_ONLY eller ALWAYS_SEND",
		"must be a service provider (0242), and the type FAILURE_ONLY or ALWAYS_SEND")
	BadScope = timebok.NewRule("ehf.envelope.scope",
		"må stå nøyaktig én gang", "må stå nøyaktig éin gong", "must stand exactly once")
	BadPayload = timebok.NewRule("ehf.envelope.payload",
		"er ikke et XML-dokument med elementer i; binært innhold og ren tekst leses ikke",
		"er ikkje eit XML-dokument med element i; binært innhald og rein tekst blir ikkje lese",
		"is no XML document with elements in it; binary content and plain text are not read")
	OtherDocument = timebok.NewRule("ehf.envelope.other",
		"stemmer ikke med dokumentet i konvolutten",
		"stemmer ikkje med dokumentet i konvolutten",
		"does not agree with the document in the envelope")
)
