package ehf

import (
	"sync"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// A Format makes the file of an issued invoice. It is the encoder that package
// invoice asks before it issues: what a receiver would refuse is not issued.
type Format struct {
	Release Release // if it is zero, that in force on the day of issue
}

// MediaType is the media type of what Encode returns.
const MediaType = "application/xml"

// Encode returns the invoice or credit note as EHF, held to the structure of UBL
// and to every official rule. It refuses as From and Append do, and with an
// *timebok.InvalidError that names each fatal rule that the file would break, or the
// country of the seller if that has rules of its own.
func (f Format) Encode(v invoice.Invoice) ([]byte, error) {
	d, err := From(v)
	if err != nil {
		return nil, err
	}
	body, err := Append(nil, d)
	if err != nil {
		return nil, err
	}
	release := f.Release
	if release.ID == "" {
		release = InForce(v.IssueDate.UTC())
	}
	if err := release.check(body, v.Kind == invoice.Bill); err != nil { // what a credit note takes back is sent already
		return nil, err
	}
	return body, nil
}

// check returns what a receiver's validator would refuse a file for, and if others count
// the countries whose own rules it may know besides.
func (r Release) check(body []byte, others bool) error {
	v, _ := validators.Get().(*Validator)
	if v == nil {
		v = NewValidator(nil)
	}
	defer validators.Put(v)
	v.check.program = r.program()
	report, err := v.Validate(body)
	if err != nil {
		return err
	}
	no := report.refusals()
	if others {
		for _, n := range report.Notices {
			no.Add(OtherCountry, "Seller.Address.Country", timebok.P("country", n.Country))
		}
	}
	return no.Invalid()
}

// validators keeps Validators between invoices: a new one grows its buffers anew.
var validators sync.Pool

// refusals are the reasons why a receiver would not take the document. The code of
// each is the official rule's id.
func (r Report) refusals() timebok.Reasons {
	var no timebok.Reasons
	for _, p := range r.Problems {
		no.Add(timebok.NewRule("UBL-2.1", p.Text("nb"), p.Text("nb"), p.Text("en")), p.Path)
	}
	for _, f := range r.Findings {
		if f.Flag == Fatal {
			no.Add(timebok.NewRule(f.Rule, f.Text("nb"), f.Text("nb"), f.Text("en")), f.Path)
		}
	}
	return no
}
