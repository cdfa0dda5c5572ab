package ehf

import "slices"

// The patterns of the official rules, each a list of contexts in their order,
// which matters: an element is tested by the first context that fits it.

// patterns are all of them, for every release: see rule.since.
func patterns() []pattern {
	return []pattern{
		modelPattern(), syntaxPattern(), codePattern,
		creditNotePattern, peppolPattern(), norwayPattern, restrictionPattern,
	}
}

// modelPattern is the European standard's rules on what a document says.
func modelPattern() pattern {
	document := slices.Concat(documentRules, referenceDocumentRules)
	var families pattern
	for _, f := range vatFamilies {
		document = append(document, f.documentRules()...)
		families = append(families, f.contexts()...)
	}
	document = append(document, splitPaymentRules...)
	return append(pattern{
		{on: []name{cacAdditionalDocumentReference}, rules: supportingRules},
		{on: []name{cbcEndpointID}, in: cacParty, where: within(cacAccountingCustomerParty), rules: buyerEndpointRules},
		{on: []name{cacPostalAddress}, in: cacParty, where: within(cacAccountingCustomerParty), rules: buyerAddressRules},
		{on: []name{cbcPrimaryAccountNumberID}, in: cacCardAccount, where: within(cacPaymentMeans), rules: cardRules},
		{on: []name{cacAddress}, in: cacDeliveryLocation, where: within(cacDelivery), rules: deliveryAddressRules},
		{on: []name{cacAllowanceCharge}, where: ownAllowance, rules: allowanceRules},
		{on: []name{cacAllowanceCharge}, where: ownCharge, rules: chargeRules},
		{on: []name{cacLegalMonetaryTotal}, rules: totalRules},
		{on: []name{invInvoice, cnCreditNote}, where: isRoot, rules: document},
		{on: []name{cacInvoiceLine, cacCreditNoteLine}, rules: lineRules},
		{on: []name{cacAllowanceCharge}, where: lineAllowance, rules: lineAllowanceRules},
		{on: []name{cacAllowanceCharge}, where: lineCharge, rules: lineChargeRules},
		{on: []name{cacInvoicePeriod}, where: either(inside(cacInvoiceLine), inside(cacCreditNoteLine)), rules: linePeriodRules},
		{on: []name{cacInvoicePeriod}, rules: periodRules},
		{on: []name{cacAdditionalItemProperty}, rules: itemPropertyRules},
		{on: []name{cbcItemClassificationCode}, in: cacCommodityClassification, where: inItem, rules: classificationRules},
		{on: []name{cbcID}, in: cacStandardItemIdentification, where: inItem, rules: standardItemRules},
		{on: []name{cbcNote}, where: atRoot, rules: noteRules},
		{on: []name{cacPayeeParty}, rules: payeeRules},
		{on: []name{cacPayeeFinancialAccount}, in: cacPaymentMeans, where: ofTransfer, rules: accountRules},
		{on: []name{cacPaymentMeans}, rules: paymentRules},
		{on: []name{cacBillingReference}, rules: precedingRules},
		{on: []name{cacAccountingSupplierParty}, rules: sellerRules},
		{on: []name{cbcEndpointID}, in: cacParty, where: within(cacAccountingSupplierParty), rules: sellerEndpointRules},
		{on: []name{cacPostalAddress}, in: cacParty, where: within(cacAccountingSupplierParty), rules: sellerAddressRules},
		{on: []name{cacTaxRepresentativeParty}, rules: agentRules},
		{on: []name{cacPostalAddress}, in: cacTaxRepresentativeParty, rules: agentAddressRules},
		{on: []name{cacTaxTotal}, where: atRoot, rules: taxTotalRules},
		{on: []name{cacTaxSubtotal}, in: cacTaxTotal, rules: subtotalRules},
		{on: []name{cacPartyTaxScheme}, where: (*check).isVAT, rules: vatNumberRules},
	}, families...)
}

// syntaxPattern is the European standard's rules on how UBL is to be used.
func syntaxPattern() pattern {
	return pattern{
		{on: []name{cacPostalAddress, cacAddress}, rules: addressSyntax},
		{on: []name{cacParty}, in: cacAccountingSupplierParty, rules: sellerPartySyntax},
		{on: []name{cacAdditionalDocumentReference}, rules: supportingSyntax},
		{on: namesEnding("Amount", "PriceAmount"), where: outsidePrice, rules: amountSyntax},
		{on: []name{unknown}, where: isAmount, rules: amountSyntax},
		{on: namesEnding("BinaryObject", ""), rules: binarySyntax},
		{on: []name{unknown}, where: isBinary, rules: binarySyntax},
		{on: []name{cacDelivery}, rules: deliverySyntax},
		{on: []name{cacAllowanceCharge}, where: marked(isAllowance), rules: allowanceSyntax},
		{on: []name{cacAllowanceCharge}, where: marked(isCharge), rules: chargeSyntax},
		{on: []name{cacPartyTaxScheme}, rules: taxSchemeSyntax},
		{on: []name{invInvoice, cnCreditNote}, where: isRoot, rules: documentSyntax},
		{on: []name{cacInvoiceLine, cacCreditNoteLine}, rules: lineSyntax},
		{on: []name{cacPayeeParty}, rules: payeeSyntax},
		{on: []name{cacPaymentMeans}, rules: paymentSyntax},
		{on: []name{cacBillingReference}, rules: precedingSyntax},
		{on: []name{cacTaxRepresentativeParty}, rules: agentSyntax},
		{on: []name{cacTaxSubtotal}, rules: subtotalSyntax},
	}
}

// codePattern is the European standard's code lists.
var codePattern = pattern{
	{on: []name{cbcInvoiceTypeCode, cbcCreditNoteTypeCode}, rules: typeCodes},
	{on: amounts, rules: currencyCodes},
	{on: []name{cbcDocumentCurrencyCode}, rules: documentCurrencyCodes},
	{on: []name{cbcTaxCurrencyCode}, rules: taxCurrencyCodes},
	{on: []name{cbcDescriptionCode}, in: cacInvoicePeriod, rules: taxPointCodes},
	{on: []name{cbcID}, with: atSchemeID, where: objectIdentifier, rules: objectSchemes},
	{on: []name{cbcID}, in: cacPartyIdentification, with: atSchemeID, rules: partySchemes},
	{on: []name{cbcCompanyID}, in: cacPartyLegalEntity, with: atSchemeID, rules: legalSchemes},
	{on: []name{cbcItemClassificationCode}, in: cacCommodityClassification, with: atListID, rules: classificationLists},
	{on: []name{cbcIdentificationCode}, in: cacCountry, rules: countryCodes},
	{on: []name{cbcIdentificationCode}, in: cacOriginCountry, rules: originCodes},
	{on: []name{cbcPaymentMeansCode}, in: cacPaymentMeans, rules: paymentCodes},
	{on: []name{cbcID}, in: cacTaxCategory, rules: categoryCodes},
	{on: []name{cbcID}, in: cacClassifiedTaxCategory, rules: lineCategoryCodes},
	{on: []name{cbcAllowanceChargeReasonCode}, in: cacAllowanceCharge, where: partOf(isAllowance), rules: allowanceReasons},
	{on: []name{cbcAllowanceChargeReasonCode}, in: cacAllowanceCharge, where: partOf(isCharge), rules: chargeReasons},
	{on: []name{cbcID}, in: cacStandardItemIdentification, with: atSchemeID, rules: itemSchemes},
	{on: []name{cbcTaxExemptionReasonCode}, rules: exemptionCodes},
	{on: []name{cbcInvoicedQuantity, cbcBaseQuantity, cbcCreditedQuantity}, with: atUnitCode, rules: unitCodes},
	{on: []name{cbcEmbeddedDocumentBinaryObject}, with: atMimeCode, rules: mimeCodes},
	{on: []name{cbcEndpointID}, with: atSchemeID, rules: endpointSchemes},
	{on: []name{cbcID}, in: cacDeliveryLocation, with: atSchemeID, rules: locationSchemes},
}

// creditNotePattern is Peppol's rule on credit notes alone.
var creditNotePattern = pattern{
	{on: []name{cnCreditNote}, rules: creditNoteRules},
}

// peppolPattern is Peppol's rules on what a document says.
func peppolPattern() pattern {
	return append(pattern{
		{on: []name{invInvoice, cnCreditNote}, rules: peppolDocumentRules},
		{on: []name{cbcTaxCurrencyCode}, rules: taxCurrencyRules},
		{on: []name{cacParty}, in: cacAccountingCustomerParty, rules: peppolBuyerRules},
		{on: []name{cacParty}, in: cacAccountingSupplierParty, rules: peppolSellerRules},
		{on: []name{cacAllowanceCharge}, where: percentWithoutBase, rules: percentWithoutBaseRules},
		{on: []name{cacAllowanceCharge}, where: baseWithoutPercent, rules: baseWithoutPercentRules},
		{on: []name{cacAllowanceCharge}, where: ofDocumentOrLine, rules: peppolAllowanceRules},
		{on: []name{cacPaymentMeans}, where: isDirectDebit, rules: directDebitRules},
		{on: amounts, where: inDocumentCurrency, rules: amountCurrencyRules},
		{on: []name{cbcStartDate}, in: cacInvoicePeriod, where: ofLinePeriod(periodStart), rules: lineStartRules},
		{on: []name{cbcEndDate}, in: cacInvoicePeriod, where: ofLinePeriod(periodEnd), rules: lineEndRules},
		{on: []name{cacInvoiceLine, cacCreditNoteLine}, rules: peppolLineRules},
		{on: []name{cacAllowanceCharge}, in: cacPrice, rules: priceAllowanceRules},
		{on: []name{cbcBaseQuantity}, in: cacPrice, with: atUnitCode, rules: baseUnitRules},
	}, identifierContexts()...)
}

// norwayPattern is Norway's rules.
var norwayPattern = pattern{
	{on: []name{cacParty}, where: norwegianSeller, rules: norwayRules},
}

// restrictionPattern is Peppol's narrower code lists and forms.
var restrictionPattern = pattern{
	{on: []name{cbcEmbeddedDocumentBinaryObject}, with: atMimeCode, rules: peppolMimeCodes},
	{on: []name{cbcAllowanceChargeReasonCode}, in: cacAllowanceCharge, where: indicated("false"), rules: peppolAllowanceReasons},
	{on: []name{cbcAllowanceChargeReasonCode}, in: cacAllowanceCharge, where: indicated("true"), rules: peppolChargeReasons},
	{on: []name{cbcDescriptionCode}, in: cacInvoicePeriod, rules: peppolTaxPointCodes},
	{on: amounts, rules: peppolCurrencyCodes},
	{on: []name{cbcInvoiceTypeCode}, rules: peppolInvoiceTypes},
	{on: []name{cbcCreditNoteTypeCode}, rules: peppolCreditTypes},
	{on: []name{cbcIssueDate, cbcDueDate, cbcTaxPointDate, cbcStartDate, cbcEndDate, cbcActualDeliveryDate}, rules: dateRules},
	{on: []name{cbcEndpointID}, with: atSchemeID, rules: peppolEndpointSchemes},
	{on: []name{cacTaxCategory}, where: exemptionCode("VATEX-EU-G"), rules: reasonG},
	{on: []name{cacTaxCategory}, where: exemptionCode("VATEX-EU-O"), rules: reasonO},
	{on: []name{cacTaxCategory}, where: exemptionCode("VATEX-EU-IC"), rules: reasonIC},
	{on: []name{cacTaxCategory}, where: exemptionCode("VATEX-EU-AE"), rules: reasonAE},
	{on: []name{cacTaxCategory}, where: exemptionCode("VATEX-EU-D"), rules: reasonD},
	{on: []name{cacTaxCategory}, where: exemptionCode("VATEX-EU-F"), rules: reasonF},
	{on: []name{cacTaxCategory}, where: exemptionCode("VATEX-EU-I"), rules: reasonI},
	{on: []name{cacTaxCategory}, where: exemptionCode("VATEX-EU-J"), rules: reasonJ},
}

// amounts are the amounts whose currency the rules look at.
var amounts = []name{
	cbcAmount, cbcBaseAmount, cbcPriceAmount, cbcTaxAmount, cbcTaxableAmount, cbcLineExtensionAmount, cbcTaxExclusiveAmount,
	cbcTaxInclusiveAmount, cbcAllowanceTotalAmount, cbcChargeTotalAmount, cbcPrepaidAmount, cbcPayableRoundingAmount, cbcPayableAmount,
}

func isRoot(_ *check, n node) bool { return n == root }

// marked: gather found the AllowanceCharge to be of this sort.
func marked(mark uint8) func(*check, node) bool {
	return func(c *check, n node) bool { return c.elems[n].mark&mark != 0 }
}

func ownAllowance(c *check, n node) bool { return atRoot(c, n) && c.elems[n].mark&isAllowance != 0 }
func ownCharge(c *check, n node) bool    { return atRoot(c, n) && c.elems[n].mark&isCharge != 0 }

func lineAllowance(c *check, n node) bool { return ofLine(c, n) && c.elems[n].mark&isAllowance != 0 }
func lineCharge(c *check, n node) bool    { return ofLine(c, n) && c.elems[n].mark&isCharge != 0 }

func ofLine(c *check, n node) bool {
	p := c.parent(n)
	return c.is(p, cacInvoiceLine) || c.is(p, cacCreditNoteLine)
}

// within: the parent's parent has this name.
func within(grandparent name) func(*check, node) bool {
	return func(c *check, n node) bool { return c.is(c.parent(c.parent(n)), grandparent) }
}

// inItem: two levels below the item of a line.
func inItem(c *check, n node) bool {
	i := c.parent(c.parent(n))
	return c.is(i, cacItem) && ofLine(c, i)
}
