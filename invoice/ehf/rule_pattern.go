package ehf

import "slices"

// The patterns of the official rules, each a list of contexts in their order,
// which matters: an element is tested by the first context that fits it.

// emptyPattern: no element may be empty.
var emptyPattern = pattern{
	{where: func(c *check, n node) bool { return c.elems[n].flags&blank != 0 }, rules: emptyRules},
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
		{on: []name{cbcEndpointID}, where: inside(cacParty, cacAccountingCustomerParty), rules: buyerEndpointRules},
		{on: []name{cacPostalAddress}, where: inside(cacParty, cacAccountingCustomerParty), rules: buyerAddressRules},
		{on: []name{cbcPrimaryAccountNumberID}, where: inside(cacCardAccount, cacPaymentMeans), rules: cardRules},
		{on: []name{cacAddress}, where: inside(cacDeliveryLocation, cacDelivery), rules: deliveryAddressRules},
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
		{on: []name{cbcItemClassificationCode}, where: inItem(cacCommodityClassification), rules: classificationRules},
		{on: []name{cbcID}, where: inItem(cacStandardItemIdentification), rules: standardItemRules},
		{on: []name{cbcNote}, where: atRoot, rules: noteRules},
		{on: []name{cacPayeeParty}, rules: payeeRules},
		{on: []name{cacPayeeFinancialAccount}, where: ofTransfer, rules: accountRules},
		{on: []name{cacPaymentMeans}, rules: paymentRules},
		{on: []name{cacBillingReference}, rules: precedingRules},
		{on: []name{cacAccountingSupplierParty}, rules: sellerRules},
		{on: []name{cbcEndpointID}, where: inside(cacParty, cacAccountingSupplierParty), rules: sellerEndpointRules},
		{on: []name{cacPostalAddress}, where: inside(cacParty, cacAccountingSupplierParty), rules: sellerAddressRules},
		{on: []name{cacTaxRepresentativeParty}, rules: agentRules},
		{on: []name{cacPostalAddress}, where: inside(cacTaxRepresentativeParty), rules: agentAddressRules},
		{on: []name{cacTaxTotal}, where: atRoot, rules: taxTotalRules},
		{on: []name{cacTaxSubtotal}, where: inside(cacTaxTotal), rules: subtotalRules},
		{on: []name{cacPartyTaxScheme}, where: (*check).isVAT, rules: vatNumberRules},
	}, families...)
}

// syntaxPattern is the European standard's rules on how UBL is to be used.
func syntaxPattern() pattern {
	return pattern{
		{on: []name{cacPostalAddress, cacAddress}, rules: addressSyntax},
		{on: []name{cacParty}, where: inside(cacAccountingSupplierParty), rules: sellerPartySyntax},
		{on: []name{cacAdditionalDocumentReference}, rules: supportingSyntax},
		{on: namesEnding("Amount"), where: isAmount, rules: amountSyntax},
		{on: namesEnding("BinaryObject"), where: isBinary, rules: binarySyntax},
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
	{on: []name{cbcDescriptionCode}, where: inside(cacInvoicePeriod), rules: taxPointCodes},
	{on: []name{cbcID}, where: objectIdentifier, rules: objectSchemes},
	{on: []name{cbcID}, where: schemed(inside(cacPartyIdentification)), rules: partySchemes},
	{on: []name{cbcCompanyID}, where: schemed(inside(cacPartyLegalEntity)), rules: legalSchemes},
	{on: []name{cbcItemClassificationCode}, where: listed(inside(cacCommodityClassification)), rules: classificationLists},
	{on: []name{cbcIdentificationCode}, where: inside(cacCountry), rules: countryCodes},
	{on: []name{cbcIdentificationCode}, where: inside(cacOriginCountry), rules: originCodes},
	{on: []name{cbcPaymentMeansCode}, where: inside(cacPaymentMeans), rules: paymentCodes},
	{on: []name{cbcID}, where: inside(cacTaxCategory), rules: categoryCodes},
	{on: []name{cbcID}, where: inside(cacClassifiedTaxCategory), rules: lineCategoryCodes},
	{on: []name{cbcAllowanceChargeReasonCode}, where: reasonOf(isAllowance), rules: allowanceReasons},
	{on: []name{cbcAllowanceChargeReasonCode}, where: reasonOf(isCharge), rules: chargeReasons},
	{on: []name{cbcID}, where: schemed(inside(cacStandardItemIdentification)), rules: itemSchemes},
	{on: []name{cbcTaxExemptionReasonCode}, rules: exemptionCodes},
	{on: []name{cbcInvoicedQuantity, cbcBaseQuantity, cbcCreditedQuantity}, where: hasAttribute(atUnitCode), rules: unitCodes},
	{on: []name{cbcEmbeddedDocumentBinaryObject}, where: hasAttribute(atMimeCode), rules: mimeCodes},
	{on: []name{cbcEndpointID}, where: hasAttribute(atSchemeID), rules: endpointSchemes},
	{on: []name{cbcID}, where: schemed(inside(cacDeliveryLocation)), rules: locationSchemes},
}

// creditNotePattern is Peppol's rule on credit notes alone.
var creditNotePattern = pattern{
	{on: []name{cnCreditNote}, rules: creditNoteRules},
}

// peppolPattern is Peppol's rules on what a document says.
var peppolPattern = append(pattern{
	{on: []name{invInvoice, cnCreditNote}, rules: peppolDocumentRules},
	{on: []name{cbcTaxCurrencyCode}, rules: taxCurrencyRules},
	{on: []name{cacParty}, where: inside(cacAccountingCustomerParty), rules: peppolBuyerRules},
	{on: []name{cacParty}, where: inside(cacAccountingSupplierParty), rules: peppolSellerRules},
	{on: []name{cacAllowanceCharge}, where: percentWithoutBase, rules: percentWithoutBaseRules},
	{on: []name{cacAllowanceCharge}, where: baseWithoutPercent, rules: baseWithoutPercentRules},
	{on: []name{cacAllowanceCharge}, where: ofDocumentOrLine, rules: peppolAllowanceRules},
	{on: []name{cacPaymentMeans}, where: isDirectDebit, rules: directDebitRules},
	{on: amounts, where: inDocumentCurrency, rules: amountCurrencyRules},
	{on: []name{cbcStartDate}, where: ofLinePeriod(periodStart), rules: lineStartRules},
	{on: []name{cbcEndDate}, where: ofLinePeriod(periodEnd), rules: lineEndRules},
	{on: []name{cacInvoiceLine, cacCreditNoteLine}, rules: peppolLineRules},
	{on: []name{cacAllowanceCharge}, where: inside(cacPrice), rules: priceAllowanceRules},
	{on: []name{cbcBaseQuantity}, where: baseUnit, rules: baseUnitRules},
}, identifierContexts...)

// norwayPattern is Norway's rules.
var norwayPattern = pattern{
	{on: []name{cacParty}, where: norwegianSeller, rules: norwayRules},
}

// restrictionPattern is Peppol's narrower code lists and forms.
var restrictionPattern = pattern{
	{on: []name{cbcEmbeddedDocumentBinaryObject}, where: hasAttribute(atMimeCode), rules: peppolMimeCodes},
	{on: []name{cbcAllowanceChargeReasonCode}, where: indicated("false"), rules: peppolAllowanceReasons},
	{on: []name{cbcAllowanceChargeReasonCode}, where: indicated("true"), rules: peppolChargeReasons},
	{on: []name{cbcDescriptionCode}, where: inside(cacInvoicePeriod), rules: peppolTaxPointCodes},
	{on: amounts, rules: peppolCurrencyCodes},
	{on: []name{cbcInvoiceTypeCode}, rules: peppolInvoiceTypes},
	{on: []name{cbcCreditNoteTypeCode}, rules: peppolCreditTypes},
	{on: []name{cbcIssueDate, cbcDueDate, cbcTaxPointDate, cbcStartDate, cbcEndDate, cbcActualDeliveryDate}, rules: dateRules},
	{on: []name{cbcEndpointID}, where: hasAttribute(atSchemeID), rules: peppolEndpointSchemes},
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

// inItem: in this part of the item of a line.
func inItem(part name) func(*check, node) bool {
	return either(inside(part, cacItem, cacInvoiceLine), inside(part, cacItem, cacCreditNoteLine))
}
