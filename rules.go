package timebok

// Rules that the values of this package check. The rules of a number type stand
// beside the type; those of a subject in its package.
var (
	BadID = NewRule("id.invalid",
		"er ikke en gyldig ID", "er ikkje ein gyldig ID", "is not a valid ID")
	BadMoney = NewRule("money.invalid",
		"er ikke et gyldig beløp i kroner med høyst to desimaler",
		"er ikkje eit gyldig beløp i kroner med høgst to desimalar",
		"is not a valid amount of kroner with at most two decimals")
	BadPeriod = NewRule("period.invalid",
		"slutten må være etter starten", "slutten må vere etter starten", "the end must be after the start")
	BadZone = NewRule("zone.unknown",
		"er ikke en kjent tidssone", "er ikkje ei kjend tidssone", "is not a known time zone")
	Missing = NewRule("field.missing",
		"må fylles ut", "må fyllast ut", "must be given")
	BadValue = NewRule("field.invalid",
		"har en ugyldig verdi", "har ein ugyldig verdi", "has an invalid value")
	TooLong = NewRule("field.long",
		"er for langt, høyst {max} tegn", "er for langt, høgst {max} teikn", "is too long, at most {max} characters")
)
