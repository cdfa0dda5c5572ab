package ehf

import "github.com/timebok/timebok"

// What Encode refuses. The rules that the network itself would refuse by are
// named in brackets; the others are Norwegian law, or of the format's guide.
var (
	NoReference = timebok.NewRule("ehf.reference",
		"må ha ordrereferanse (sakID) eller kjøpers referanse [PEPPOL-EN16931-R003]",
		"må ha ordrereferanse (sakID) eller referansen til kjøparen [PEPPOL-EN16931-R003]",
		"needs an order reference (sakID) or a buyer reference [PEPPOL-EN16931-R003]")
	NoDueDate = timebok.NewRule("ehf.duedate",
		"må ha forfallsdato (bokføringsforskriften § 5-1-1)",
		"må ha forfallsdato (bokføringsforskrifta § 5-1-1)",
		"needs a due date (bokføringsforskriften § 5-1-1)")
	NoPreceding = timebok.NewRule("ehf.preceding",
		"en kreditnota må vise til fakturaen den retter (bokføringsforskriften § 5-2-7)",
		"ein kreditnota må vise til fakturaen han rettar (bokføringsforskrifta § 5-2-7)",
		"a credit note must name the invoice that it corrects (bokføringsforskriften § 5-2-7)")
	BadType = timebok.NewRule("ehf.type",
		"er ikke en dokumenttype i EHF [PEPPOL-EN16931-P0100, P0101, P0112]",
		"er ikkje ein dokumenttype i EHF [PEPPOL-EN16931-P0100, P0101, P0112]",
		"is no document type of EHF [PEPPOL-EN16931-P0100, P0101, P0112]")
	BadCurrency = timebok.NewRule("ehf.currency",
		"må være NOK: beløp er i kroner",
		"må vere NOK: beløp er i kroner",
		"must be NOK: amounts are in kroner")
	BadNumber = timebok.NewRule("ehf.number",
		"tallet er for langt: høyst ni sifre på hver side av komma, og beløp under 100 milliarder kroner",
		"talet er for langt: høgst ni siffer på kvar side av komma, og beløp under 100 milliardar kroner",
		"the number is too long: at most nine digits on each side of the point, and amounts below 100 billion kroner")
	NegativePrice = timebok.NewRule("ehf.price.negative",
		"prisen kan ikke være negativ; bruk negativt antall [BR-27]",
		"prisen kan ikkje vere negativ; bruk negativt tal på einingar [BR-27]",
		"the price can't be negative; use a negative quantity [BR-27]")
	BadBaseQuantity = timebok.NewRule("ehf.price.per",
		"antallet som prisen gjelder, må være større enn null [PEPPOL-EN16931-R121]",
		"talet på einingar som prisen gjeld, må vere større enn null [PEPPOL-EN16931-R121]",
		"the quantity that the price is for must be above zero [PEPPOL-EN16931-R121]")
	BadUnit = timebok.NewRule("ehf.unit",
		"er ikke en enhetskode som kan brukes (STK betyr sigarett; bruk C62, EA eller HUR) [BR-CL-23]",
		"er ikkje ein einingskode som kan brukast (STK tyder sigarett; bruk C62, EA eller HUR) [BR-CL-23]",
		"is no unit code that can be used (STK means cigarette; use C62, EA or HUR) [BR-CL-23]")
	OutsidePeriod = timebok.NewRule("ehf.period.line",
		"linjens periode må ligge innenfor fakturaperioden [PEPPOL-EN16931-R110, R111]",
		"perioden til linja må liggje innanfor fakturaperioden [PEPPOL-EN16931-R110, R111]",
		"the period of the line must lie inside that of the document [PEPPOL-EN16931-R110, R111]")
	BadDays = timebok.NewRule("ehf.period",
		"perioden må ha en første eller siste dag, i den rekkefølgen [BR-29, BR-30, BR-CO-19, BR-CO-20]",
		"perioden må ha ein første eller siste dag, i den rekkjefølgja [BR-29, BR-30, BR-CO-19, BR-CO-20]",
		"the period must have a first or a last day, in that order [BR-29, BR-30, BR-CO-19, BR-CO-20]")
	BadEndpoint = timebok.NewRule("ehf.endpoint",
		"er ikke en elektronisk adresse: 0192 og et gyldig organisasjonsnummer, eller en annen ordning i Peppol [BR-CL-25, PEPPOL-COMMON-R041]",
		"er ikkje ei elektronisk adresse: 0192 og eit gyldig organisasjonsnummer, eller ei anna ordning i Peppol [BR-CL-25, PEPPOL-COMMON-R041]",
		"is no electronic address: 0192 and a valid organisation number, or another scheme of Peppol [BR-CL-25, PEPPOL-COMMON-R041]")
	BadScheme = timebok.NewRule("ehf.scheme",
		"er ikke en identifikator i en kjent ordning (9908 er slettet; bruk 0192) [BR-CL-10, BR-CL-11, PEPPOL-COMMON-R041]",
		"er ikkje ein identifikator i ei kjend ordning (9908 er sletta; bruk 0192) [BR-CL-10, BR-CL-11, PEPPOL-COMMON-R041]",
		"is no identifier of a known scheme (9908 is deleted; use 0192) [BR-CL-10, BR-CL-11, PEPPOL-COMMON-R041]")
	BadCountry = timebok.NewRule("ehf.country",
		"må være en landkode på to bokstaver [BR-09, BR-11, BR-57, BR-CL-14]",
		"må vere ein landkode på to bokstavar [BR-09, BR-11, BR-57, BR-CL-14]",
		"must be a country code of two letters [BR-09, BR-11, BR-57, BR-CL-14]")
	BadVATNumber = timebok.NewRule("ehf.vatnumber",
		"er ikke et MVA-nummer med landkode foran, som NO988077917MVA [BR-CO-09, NO-R-001]",
		"er ikkje eit MVA-nummer med landkode føre, som NO988077917MVA [BR-CO-09, NO-R-001]",
		"is no VAT number with its country in front, such as NO988077917MVA [BR-CO-09, NO-R-001]")
	NoSellerID = timebok.NewRule("ehf.seller",
		"selgeren må ha organisasjonsnummer [BR-CO-26] (bokføringsforskriften § 5-1-2)",
		"seljaren må ha organisasjonsnummer [BR-CO-26] (bokføringsforskrifta § 5-1-2)",
		"the seller needs an organisation number [BR-CO-26] (bokføringsforskriften § 5-1-2)")
	NoBuyerID = timebok.NewRule("ehf.buyer",
		"kjøperen må ha organisasjonsnummer eller adresse (bokføringsforskriften § 5-1-2)",
		"kjøparen må ha organisasjonsnummer eller adresse (bokføringsforskrifta § 5-1-2)",
		"the buyer needs an organisation number or an address (bokføringsforskriften § 5-1-2)")
	OtherCountry = timebok.NewRule("ehf.country.rules",
		"landet {country} har egne regler, og de er ikke kontrollert: bruk selgerens adresse i Norge",
		"landet {country} har eigne reglar, og dei er ikkje kontrollerte: bruk adressa til seljaren i Noreg",
		"the country {country} has rules of its own, which were not checked: use the seller's address in Norway")
	NoTaxNumber = timebok.NewRule("ehf.taxnumber",
		"selgeren må ha MVA-nummer, «Foretaksregisteret» eller organisasjonsnummer som skattenummer [BR-E-02, BR-Z-02]",
		"seljaren må ha MVA-nummer, «Foretaksregisteret» eller organisasjonsnummer som skattenummer [BR-E-02, BR-Z-02]",
		"the seller needs a VAT number, Foretaksregisteret or its organisation number as tax number [BR-E-02, BR-Z-02]")
	NotRegistered = timebok.NewRule("ehf.vat.unregistered",
		"bare den som er registrert i Merverdiavgiftsregisteret, kan kreve opp merverdiavgift (merverdiavgiftsloven § 15-11) [BR-S-02]",
		"berre den som er registrert i Meirverdiavgiftsregisteret, kan krevje opp meirverdiavgift (meirverdiavgiftslova § 15-11) [BR-S-02]",
		"only who is registered for VAT can charge it (merverdiavgiftsloven § 15-11) [BR-S-02]")
	VATNumberOutside = timebok.NewRule("ehf.vatnumber.outside",
		"kan ikke stå på et dokument utenfor merverdiavgiftsloven (O) [BR-O-02, BR-O-03, BR-O-04]",
		"kan ikkje stå på eit dokument utanfor meirverdiavgiftslova (O) [BR-O-02, BR-O-03, BR-O-04]",
		"can't stand on a document outside the VAT Act (O) [BR-O-02, BR-O-03, BR-O-04]")
	MixedOutside = timebok.NewRule("ehf.vat.mixed",
		"tjenester utenfor merverdiavgiftsloven (O) må stå på et eget dokument [BR-O-11, BR-O-12]",
		"tenester utanfor meirverdiavgiftslova (O) må stå på eit eige dokument [BR-O-11, BR-O-12]",
		"services outside the VAT Act (O) need a document of their own [BR-O-11, BR-O-12]")
	BadVAT = timebok.NewRule("ehf.vat",
		"må være E, Z eller O uten sats, eller S med sats over null [BR-S-05, BR-E-05, BR-Z-05, BR-O-05]",
		"må vere E, Z eller O utan sats, eller S med sats over null [BR-S-05, BR-E-05, BR-Z-05, BR-O-05]",
		"must be E, Z or O without a rate, or S with a rate above zero [BR-S-05, BR-E-05, BR-Z-05, BR-O-05]")
	TooManyRates = timebok.NewRule("ehf.vat.rates",
		"et dokument kan ha høyst 50 ulike satser", "eit dokument kan ha høgst 50 ulike satsar",
		"a document can have at most 50 different rates")
	NoExemption = timebok.NewRule("ehf.exemption",
		"E og O må ha grunnen til at det ikke er merverdiavgift, S og Z kan ikke ha en [BR-E-10, BR-O-10, BR-S-10, BR-Z-10]",
		"E og O må ha grunnen til at det ikkje er meirverdiavgift, S og Z kan ikkje ha ein [BR-E-10, BR-O-10, BR-S-10, BR-Z-10]",
		"E and O must say why there is no VAT, S and Z can't [BR-E-10, BR-O-10, BR-S-10, BR-Z-10]")
	BadExemptionCode = timebok.NewRule("ehf.exemption.code",
		"er ikke en fritakskode for denne kategorien [BR-CL-22, PEPPOL-EN16931-P0104 til P0111]",
		"er ikkje ein fritakskode for denne kategorien [BR-CL-22, PEPPOL-EN16931-P0104 til P0111]",
		"is no exemption code of this category [BR-CL-22, PEPPOL-EN16931-P0104 to P0111]")
	NoAdjustmentReason = timebok.NewRule("ehf.adjustment.reason",
		"et fradrag eller tillegg må ha en grunn [BR-33, BR-38, BR-42, BR-44]",
		"eit frådrag eller tillegg må ha ein grunn [BR-33, BR-38, BR-42, BR-44]",
		"an allowance or charge needs a reason [BR-33, BR-38, BR-42, BR-44]")
	BadAdjustment = timebok.NewRule("ehf.adjustment",
		"et fradrag eller tillegg må være prosenten av grunnlaget, og ha begge eller ingen av dem [PEPPOL-EN16931-R040, R041, R042]",
		"eit frådrag eller tillegg må vere prosenten av grunnlaget, og ha begge eller ingen av dei [PEPPOL-EN16931-R040, R041, R042]",
		"an allowance or charge must be the percentage of its base, with both of them or none [PEPPOL-EN16931-R040, R041, R042]")
	AdjustmentVAT = timebok.NewRule("ehf.adjustment.vat",
		"et fradrag eller tillegg på hele dokumentet må ha merverdiavgiftskategori; et på en linje følger linjens [BR-32, BR-37]",
		"eit frådrag eller tillegg på heile dokumentet må ha meirverdiavgiftskategori; eit på ei linje følgjer linja [BR-32, BR-37]",
		"an allowance or charge on the whole document needs a VAT category; one on a line has the line's [BR-32, BR-37]")
	BadPayment = timebok.NewRule("ehf.payment.code",
		"er ikke en betalingsmåte som kan brukes [BR-49, BR-CL-16, PEPPOL-EN16931-R061]",
		"er ikkje ein betalingsmåte som kan brukast [BR-49, BR-CL-16, PEPPOL-EN16931-R061]",
		"is no way of payment that can be used [BR-49, BR-CL-16, PEPPOL-EN16931-R061]")
	BadPaymentID = timebok.NewRule("ehf.payment.kid",
		"er verken et gyldig KID-nummer eller dokumentets nummer, og kontoen er norsk",
		"er verken eit gyldig KID-nummer eller nummeret på dokumentet, og kontoen er norsk",
		"is neither a valid KID nor the document's number, and the account is Norwegian")
	BadBIC = timebok.NewRule("ehf.payment.bic",
		"er ikke en BIC (ISO 9362)", "er ikkje ein BIC (ISO 9362)", "is no BIC (ISO 9362)")
	NoAccount = timebok.NewRule("ehf.payment.account",
		"en overføring må ha konto [BR-50, BR-61]",
		"ei overføring må ha konto [BR-50, BR-61]",
		"a credit transfer needs an account [BR-50, BR-61]")
	BadAccount = timebok.NewRule("ehf.payment.account.invalid",
		"er verken et gyldig norsk kontonummer eller et IBAN",
		"er verken eit gyldig norsk kontonummer eller eit IBAN",
		"is neither a valid Norwegian account number nor an IBAN")
	NeedsIBAN = timebok.NewRule("ehf.payment.iban",
		"betalingsmåte 58 og BIC krever IBAN",
		"betalingsmåte 58 og BIC krev IBAN",
		"payment code 58 and a BIC need an IBAN")
	BadMIME = timebok.NewRule("ehf.attachment",
		"et vedlegg må ha innhold av en tillatt type (PDF, PNG, JPEG, CSV, XLSX, ODS) og filnavn, eller en adresse [PEPPOL-EN16931-CL001]",
		"eit vedlegg må ha innhald av ein tillaten type (PDF, PNG, JPEG, CSV, XLSX, ODS) og filnamn, eller ei adresse [PEPPOL-EN16931-CL001]",
		"an attachment needs content of an allowed type (PDF, PNG, JPEG, CSV, XLSX, ODS) and a file name, or an address [PEPPOL-EN16931-CL001]")
	PayeeIsSeller = timebok.NewRule("ehf.payee",
		"betalingsmottakeren skal bare oppgis når det er en annen enn selgeren [BR-17]",
		"betalingsmottakaren skal berre oppgjevast når det er ein annan enn seljaren [BR-17]",
		"a payee is only given when it is not the seller [BR-17]")
	BadSubject = timebok.NewRule("ehf.note",
		"en emnekode mellom nummertegn, som i #AAI#, må være i UNTDID 4451 [BR-CL-08]",
		"ein emnekode mellom nummerteikn, som i #AAI#, må vere i UNTDID 4451 [BR-CL-08]",
		"a subject between number signs, as in #AAI#, must be in UNTDID 4451 [BR-CL-08]")
	BadText = timebok.NewRule("ehf.text",
		"inneholder tegn som XML ikke kan bære, eller bare mellomrom [PEPPOL-EN16931-R008]",
		"inneheld teikn som XML ikkje kan bere, eller berre mellomrom [PEPPOL-EN16931-R008]",
		"has characters that XML can't carry, or only spaces [PEPPOL-EN16931-R008]")
)
