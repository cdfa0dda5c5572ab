package ehf

// The names that rules speak of.
const (
	_ name = iota // unknown
	cacAccountingCustomerParty
	cacAccountingSupplierParty
	cacAdditionalDocumentReference
	cacAdditionalItemProperty
	cacAddress
	cacAddressLine
	cacAllowanceCharge
	cacAttachment
	cacBillingReference
	cacBuyersItemIdentification
	cacCardAccount
	cacClassifiedTaxCategory
	cacCommodityClassification
	cacContractDocumentReference
	cacCountry
	cacCreditNoteLine
	cacDelivery
	cacDeliveryLocation
	cacDeliveryParty
	cacDespatchDocumentReference
	cacDocumentReference
	cacFinancialInstitution
	cacFinancialInstitutionBranch
	cacInvoiceDocumentReference
	cacInvoiceLine
	cacInvoicePeriod
	cacItem
	cacLegalMonetaryTotal
	cacOrderLineReference
	cacOrderReference
	cacOriginCountry
	cacOriginatorDocumentReference
	cacParty
	cacPartyIdentification
	cacPartyLegalEntity
	cacPartyName
	cacPartyTaxScheme
	cacPayeeFinancialAccount
	cacPayeeParty
	cacPayerFinancialAccount
	cacPaymentMandate
	cacPaymentMeans
	cacPaymentTerms
	cacPostalAddress
	cacPrice
	cacProjectReference
	cacReceiptDocumentReference
	cacSellersItemIdentification
	cacStandardItemIdentification
	cacTaxCategory
	cacTaxRepresentativeParty
	cacTaxScheme
	cacTaxSubtotal
	cacTaxTotal
	cbcActualDeliveryDate
	cbcAllowanceChargeReason
	cbcAllowanceChargeReasonCode
	cbcAllowanceTotalAmount
	cbcAmount
	cbcBaseAmount
	cbcBaseQuantity
	cbcBuyerReference
	cbcChargeIndicator
	cbcChargeTotalAmount
	cbcCompanyID
	cbcCompanyLegalForm
	cbcCreditNoteTypeCode
	cbcCreditedQuantity
	cbcCustomizationID
	cbcDescription
	cbcDescriptionCode
	cbcDocumentCurrencyCode
	cbcDocumentDescription
	cbcDocumentTypeCode
	cbcDueDate
	cbcEmbeddedDocumentBinaryObject
	cbcEndDate
	cbcEndpointID
	cbcID
	cbcIdentificationCode
	cbcInvoiceTypeCode
	cbcInvoicedQuantity
	cbcIssueDate
	cbcItemClassificationCode
	cbcLineExtensionAmount
	cbcLineID
	cbcMultiplierFactorNumeric
	cbcName
	cbcNetworkID
	cbcNote
	cbcPayableAmount
	cbcPayableRoundingAmount
	cbcPaymentDueDate
	cbcPaymentID
	cbcPaymentMeansCode
	cbcPercent
	cbcPrepaidAmount
	cbcPriceAmount
	cbcPrimaryAccountNumberID
	cbcProfileID
	cbcRegistrationName
	cbcSalesOrderID
	cbcStartDate
	cbcTaxAmount
	cbcTaxCurrencyCode
	cbcTaxExclusiveAmount
	cbcTaxExemptionReason
	cbcTaxExemptionReasonCode
	cbcTaxInclusiveAmount
	cbcTaxPointDate
	cbcTaxableAmount
	cbcUBLVersionID
	cbcValue
	cnCreditNote
	extExtensionContent
	invInvoice
	atCharacterSetCode
	atCurrencyCodeListVersionID
	atCurrencyID
	atEncodingCode
	atFilename
	atFormat
	atLanguageID
	atLanguageLocaleID
	atListAgencyID
	atListAgencyName
	atListID
	atListName
	atListSchemeURI
	atListURI
	atListVersionID
	atMimeCode
	atName
	atSchemeAgencyID
	atSchemeAgencyName
	atSchemeDataURI
	atSchemeID
	atSchemeName
	atSchemeURI
	atSchemeVersionID
	atURI
	atUnitCode
	atUnitCodeListAgencyID
	atUnitCodeListAgencyIdentifier
	atUnitCodeListAgencyName
	atUnitCodeListID
	atUnitCodeListIdentifier
	atUnitCodeListVersionID
)

// nameTexts are the same as text, then names that are in no schema but that a rule
// forbids all the same.
var nameTexts = [...]string{
	unknown:                         "?",
	cacAccountingCustomerParty:      "cac:AccountingCustomerParty",
	cacAccountingSupplierParty:      "cac:AccountingSupplierParty",
	cacAdditionalDocumentReference:  "cac:AdditionalDocumentReference",
	cacAdditionalItemProperty:       "cac:AdditionalItemProperty",
	cacAddress:                      "cac:Address",
	cacAddressLine:                  "cac:AddressLine",
	cacAllowanceCharge:              "cac:AllowanceCharge",
	cacAttachment:                   "cac:Attachment",
	cacBillingReference:             "cac:BillingReference",
	cacBuyersItemIdentification:     "cac:BuyersItemIdentification",
	cacCardAccount:                  "cac:CardAccount",
	cacClassifiedTaxCategory:        "cac:ClassifiedTaxCategory",
	cacCommodityClassification:      "cac:CommodityClassification",
	cacContractDocumentReference:    "cac:ContractDocumentReference",
	cacCountry:                      "cac:Country",
	cacCreditNoteLine:               "cac:CreditNoteLine",
	cacDelivery:                     "cac:Delivery",
	cacDeliveryLocation:             "cac:DeliveryLocation",
	cacDeliveryParty:                "cac:DeliveryParty",
	cacDespatchDocumentReference:    "cac:DespatchDocumentReference",
	cacDocumentReference:            "cac:DocumentReference",
	cacFinancialInstitution:         "cac:FinancialInstitution",
	cacFinancialInstitutionBranch:   "cac:FinancialInstitutionBranch",
	cacInvoiceDocumentReference:     "cac:InvoiceDocumentReference",
	cacInvoiceLine:                  "cac:InvoiceLine",
	cacInvoicePeriod:                "cac:InvoicePeriod",
	cacItem:                         "cac:Item",
	cacLegalMonetaryTotal:           "cac:LegalMonetaryTotal",
	cacOrderLineReference:           "cac:OrderLineReference",
	cacOrderReference:               "cac:OrderReference",
	cacOriginCountry:                "cac:OriginCountry",
	cacOriginatorDocumentReference:  "cac:OriginatorDocumentReference",
	cacParty:                        "cac:Party",
	cacPartyIdentification:          "cac:PartyIdentification",
	cacPartyLegalEntity:             "cac:PartyLegalEntity",
	cacPartyName:                    "cac:PartyName",
	cacPartyTaxScheme:               "cac:PartyTaxScheme",
	cacPayeeFinancialAccount:        "cac:PayeeFinancialAccount",
	cacPayeeParty:                   "cac:PayeeParty",
	cacPayerFinancialAccount:        "cac:PayerFinancialAccount",
	cacPaymentMandate:               "cac:PaymentMandate",
	cacPaymentMeans:                 "cac:PaymentMeans",
	cacPaymentTerms:                 "cac:PaymentTerms",
	cacPostalAddress:                "cac:PostalAddress",
	cacPrice:                        "cac:Price",
	cacProjectReference:             "cac:ProjectReference",
	cacReceiptDocumentReference:     "cac:ReceiptDocumentReference",
	cacSellersItemIdentification:    "cac:SellersItemIdentification",
	cacStandardItemIdentification:   "cac:StandardItemIdentification",
	cacTaxCategory:                  "cac:TaxCategory",
	cacTaxRepresentativeParty:       "cac:TaxRepresentativeParty",
	cacTaxScheme:                    "cac:TaxScheme",
	cacTaxSubtotal:                  "cac:TaxSubtotal",
	cacTaxTotal:                     "cac:TaxTotal",
	cbcActualDeliveryDate:           "cbc:ActualDeliveryDate",
	cbcAllowanceChargeReason:        "cbc:AllowanceChargeReason",
	cbcAllowanceChargeReasonCode:    "cbc:AllowanceChargeReasonCode",
	cbcAllowanceTotalAmount:         "cbc:AllowanceTotalAmount",
	cbcAmount:                       "cbc:Amount",
	cbcBaseAmount:                   "cbc:BaseAmount",
	cbcBaseQuantity:                 "cbc:BaseQuantity",
	cbcBuyerReference:               "cbc:BuyerReference",
	cbcChargeIndicator:              "cbc:ChargeIndicator",
	cbcChargeTotalAmount:            "cbc:ChargeTotalAmount",
	cbcCompanyID:                    "cbc:CompanyID",
	cbcCompanyLegalForm:             "cbc:CompanyLegalForm",
	cbcCreditNoteTypeCode:           "cbc:CreditNoteTypeCode",
	cbcCreditedQuantity:             "cbc:CreditedQuantity",
	cbcCustomizationID:              "cbc:CustomizationID",
	cbcDescription:                  "cbc:Description",
	cbcDescriptionCode:              "cbc:DescriptionCode",
	cbcDocumentCurrencyCode:         "cbc:DocumentCurrencyCode",
	cbcDocumentDescription:          "cbc:DocumentDescription",
	cbcDocumentTypeCode:             "cbc:DocumentTypeCode",
	cbcDueDate:                      "cbc:DueDate",
	cbcEmbeddedDocumentBinaryObject: "cbc:EmbeddedDocumentBinaryObject",
	cbcEndDate:                      "cbc:EndDate",
	cbcEndpointID:                   "cbc:EndpointID",
	cbcID:                           "cbc:ID",
	cbcIdentificationCode:           "cbc:IdentificationCode",
	cbcInvoiceTypeCode:              "cbc:InvoiceTypeCode",
	cbcInvoicedQuantity:             "cbc:InvoicedQuantity",
	cbcIssueDate:                    "cbc:IssueDate",
	cbcItemClassificationCode:       "cbc:ItemClassificationCode",
	cbcLineExtensionAmount:          "cbc:LineExtensionAmount",
	cbcLineID:                       "cbc:LineID",
	cbcMultiplierFactorNumeric:      "cbc:MultiplierFactorNumeric",
	cbcName:                         "cbc:Name",
	cbcNetworkID:                    "cbc:NetworkID",
	cbcNote:                         "cbc:Note",
	cbcPayableAmount:                "cbc:PayableAmount",
	cbcPayableRoundingAmount:        "cbc:PayableRoundingAmount",
	cbcPaymentDueDate:               "cbc:PaymentDueDate",
	cbcPaymentID:                    "cbc:PaymentID",
	cbcPaymentMeansCode:             "cbc:PaymentMeansCode",
	cbcPercent:                      "cbc:Percent",
	cbcPrepaidAmount:                "cbc:PrepaidAmount",
	cbcPriceAmount:                  "cbc:PriceAmount",
	cbcPrimaryAccountNumberID:       "cbc:PrimaryAccountNumberID",
	cbcProfileID:                    "cbc:ProfileID",
	cbcRegistrationName:             "cbc:RegistrationName",
	cbcSalesOrderID:                 "cbc:SalesOrderID",
	cbcStartDate:                    "cbc:StartDate",
	cbcTaxAmount:                    "cbc:TaxAmount",
	cbcTaxCurrencyCode:              "cbc:TaxCurrencyCode",
	cbcTaxExclusiveAmount:           "cbc:TaxExclusiveAmount",
	cbcTaxExemptionReason:           "cbc:TaxExemptionReason",
	cbcTaxExemptionReasonCode:       "cbc:TaxExemptionReasonCode",
	cbcTaxInclusiveAmount:           "cbc:TaxInclusiveAmount",
	cbcTaxPointDate:                 "cbc:TaxPointDate",
	cbcTaxableAmount:                "cbc:TaxableAmount",
	cbcUBLVersionID:                 "cbc:UBLVersionID",
	cbcValue:                        "cbc:Value",
	cnCreditNote:                    "cn:CreditNote",
	extExtensionContent:             "ext:ExtensionContent",
	invInvoice:                      "inv:Invoice",
	atCharacterSetCode:              "@characterSetCode",
	atCurrencyCodeListVersionID:     "@currencyCodeListVersionID",
	atCurrencyID:                    "@currencyID",
	atEncodingCode:                  "@encodingCode",
	atFilename:                      "@filename",
	atFormat:                        "@format",
	atLanguageID:                    "@languageID",
	atLanguageLocaleID:              "@languageLocaleID",
	atListAgencyID:                  "@listAgencyID",
	atListAgencyName:                "@listAgencyName",
	atListID:                        "@listID",
	atListName:                      "@listName",
	atListSchemeURI:                 "@listSchemeURI",
	atListURI:                       "@listURI",
	atListVersionID:                 "@listVersionID",
	atMimeCode:                      "@mimeCode",
	atName:                          "@name",
	atSchemeAgencyID:                "@schemeAgencyID",
	atSchemeAgencyName:              "@schemeAgencyName",
	atSchemeDataURI:                 "@schemeDataURI",
	atSchemeID:                      "@schemeID",
	atSchemeName:                    "@schemeName",
	atSchemeURI:                     "@schemeURI",
	atSchemeVersionID:               "@schemeVersionID",
	atURI:                           "@uri",
	atUnitCode:                      "@unitCode",
	atUnitCodeListAgencyID:          "@unitCodeListAgencyID",
	atUnitCodeListAgencyIdentifier:  "@unitCodeListAgencyIdentifier",
	atUnitCodeListAgencyName:        "@unitCodeListAgencyName",
	atUnitCodeListID:                "@unitCodeListID",
	atUnitCodeListIdentifier:        "@unitCodeListIdentifier",
	atUnitCodeListVersionID:         "@unitCodeListVersionID",
	"cbc:PriceList",
	"cbc:ValidityPeriod",
}
