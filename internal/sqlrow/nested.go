package sqlrow

import (
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/series"
)

// In the JSON of nested lists money is a number of øre, as it is in columns, so
// that a report can sum either. The outer fields of the structs below stand before
// the embedded ones of the same name.

type chargeText struct {
	booking.Charge
	Amount int64
}

func putCharge(c booking.Charge) chargeText { return chargeText{c, c.Amount.Ore()} }

func (t chargeText) get() booking.Charge {
	t.Charge.Amount = timebok.Ore(t.Amount)
	return t.Charge
}

type lineText struct {
	invoice.Line
	Amount int64
}

func putLine(l invoice.Line) lineText { return lineText{l, l.Amount.Ore()} }

func (t lineText) get() invoice.Line {
	t.Line.Amount = timebok.Ore(t.Amount)
	return t.Line
}

type adjustmentText struct {
	series.Adjustment
	Amount int64
}

func putAdjustment(a series.Adjustment) adjustmentText { return adjustmentText{a, a.Amount.Ore()} }

func (t adjustmentText) get() series.Adjustment {
	t.Adjustment.Amount = timebok.Ore(t.Amount)
	return t.Adjustment
}

type capText struct {
	series.Cap
	Amount int64
}

func putCap(c series.Cap) capText { return capText{c, c.Amount.Ore()} }

func (t capText) get() series.Cap {
	t.Cap.Amount = timebok.Ore(t.Amount)
	return t.Cap
}

type shareText struct {
	series.Share
	Fixed int64
}

func putShare(s series.Share) shareText { return shareText{s, s.Fixed.Ore()} }

func (t shareText) get() series.Share {
	t.Share.Fixed = timebok.Ore(t.Fixed)
	return t.Share
}

type termsText struct {
	series.Terms
	Caps  []capText
	Share shareText
}

type approvalText struct {
	series.Approval
	Terms termsText
}

func putApproval(a series.Approval) approvalText {
	return approvalText{a, termsText{a.Terms, each(a.Terms.Caps, putCap), putShare(a.Terms.Share)}}
}

func (t approvalText) get() series.Approval {
	a := t.Approval
	a.Terms = t.Terms.Terms
	a.Terms.Caps, a.Terms.Share = each(t.Terms.Caps, capText.get), t.Terms.Share.get()
	return a
}

type overrideText struct {
	series.Override
	Caps  []capText // null and [] are not the same: the one leaves the caps, the other lifts them
	Share *shareText
}

func putOverride(o series.Override) overrideText {
	return overrideText{o, each(o.Caps, putCap), through(o.Share, putShare)}
}

func (t overrideText) get() series.Override {
	o := t.Override
	o.Caps, o.Share = each(t.Caps, capText.get), through(t.Share, shareText.get)
	return o
}

// each maps a list; nil stays nil.
func each[A, B any](list []A, f func(A) B) []B {
	if list == nil {
		return nil
	}
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = f(a)
	}
	return out
}

// through maps what is there; nil stays nil.
func through[A, B any](p *A, f func(A) B) *B {
	if p == nil {
		return nil
	}
	b := f(*p)
	return &b
}

// mapped is a list as JSON of a form of its own, an empty one being NULL.
func mapped[T, E, F any](name string, at func(*T) *[]E, put func(E) F, get func(F) E) column[T] {
	return encoded(name,
		func(r *T) ([]F, bool) { return each(*at(r), put), len(*at(r)) > 0 },
		func(text string) ([]E, error) {
			l, err := decode[[]F](text)
			return each(l, get), err
		},
		func(r *T, l []E) error { *at(r) = l; return nil })
}
