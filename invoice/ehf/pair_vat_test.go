package ehf

import "testing"

// vatPairs are the rules 01 to 10 of every VAT category.
func vatPairs() map[string]pair {
	all := map[string]pair{}
	for _, f := range vatFamilies {
		base := given(recategorised(f.code))
		category := subtotal + "/cac:TaxCategory"
		other := "E"
		if f.code == "E" {
			other = "Z"
		}
		all[f.prefix+"-01"] = base.brokenBy(set(category+"/cbc:ID", other))
		use := map[string]string{"02": "line", "03": allowance, "04": charge}
		for number, where := range use {
			all[f.prefix+"-"+number] = given(onlyOn(where, f.code)).brokenBy(partiesFail(f.parties))
		}
		for number, where := range map[string]string{"05": item + "/cac:ClassifiedTaxCategory", "06": allowance + "/cac:TaxCategory", "07": charge + "/cac:TaxCategory"} {
			percent := map[percentDuty]string{positive: "0", notNegative: "-1", zero: "25", absent: "0"}[f.percent]
			all[f.prefix+"-"+number] = base.brokenBy(set(where+"/cbc:Percent", percent))
		}
		all[f.prefix+"-08"] = base.brokenBy(set(subtotal+"/cbc:TaxableAmount", "2801.00"))
		all[f.prefix+"-09"] = base.brokenBy(set(subtotal+"/cbc:TaxAmount", "1.00"))
		if f.reason {
			all[f.prefix+"-10"] = base.brokenBy(remove(category + "/cbc:TaxExemptionReason"))
		} else {
			all[f.prefix+"-10"] = base.brokenBy(set(category+"/cbc:TaxExemptionReason", "Se avtalen"))
		}
	}
	return all
}

// onlyOn uses a category in one sort of place and zero rate in the others, in
// a document whose parties have all the numbers that the category demands.
func onlyOn(where, code string) edit {
	return func(t testing.TB, doc *el) {
		recategorised("Z")(t, doc)
		name := "cac:TaxCategory"
		if where == "line" {
			name = "cac:Item/cac:ClassifiedTaxCategory"
		}
		set(where+"/"+name+"/cbc:ID", code)(t, doc)
		if code == "O" {
			withoutVATNumbers(t, doc)
		}
	}
}

// partiesFail takes away, or gives, what the parties must or must not have.
func partiesFail(d partyDuty) edit {
	switch d {
	case nobodyVAT:
		return add(buyer, x("cac:PartyTaxScheme", x("cbc:CompanyID", "NO974760673MVA"), x("cac:TaxScheme", x("cbc:ID", "VAT"))))
	case bothVAT:
		return remove(buyer + "/cac:PartyTaxScheme")
	case sellerVAT:
		return remove(seller + "/cac:PartyTaxScheme[1]")
	}
	return remove(seller + "/cac:PartyTaxScheme")
}
