package ehf

import (
	exact "github.com/shopspring/decimal"
	"github.com/timebok/timebok"
)

// Totals are what a document adds up to (BG-22, BG-23).
type Totals struct {
	Lines      timebok.Money `json:"lines"`             // BT-106, sum of the line amounts
	Allowances timebok.Money `json:"allowances"`        // BT-107
	Charges    timebok.Money `json:"charges"`           // BT-108
	Net        timebok.Money `json:"net"`               // BT-109 = Lines − Allowances + Charges
	VAT        timebok.Money `json:"vat"`               // BT-110 = sum of Tax in ByVAT
	Gross      timebok.Money `json:"gross"`             // BT-112 = Net + VAT
	Prepaid    timebok.Money `json:"prepaid,omitzero"`  // BT-113, as the document has it
	Rounding   timebok.Money `json:"rounding,omitzero"` // BT-114, as the document has it
	Payable    timebok.Money `json:"payable"`           // BT-115 = Gross − Prepaid + Rounding
	ByVAT      []Subtotal    `json:"byVat"`             // by category, then rate
}

// A Subtotal is the tax of one category and rate: Tax is Net times the rate,
// rounded once to whole øre, half away from zero. That is what rules BR-CO-17
// and BR-S-9 round to: they take the absolute value first.
type Subtotal struct {
	VAT VAT           `json:"vat"`
	Net timebok.Money `json:"net"` // BT-116
	Tax timebok.Money `json:"tax"` // BT-117
}

// Totals adds the document up. Each line is rounded to whole øre first, then
// lines are summed; tax is computed on the sum of each category and rate. All
// of it is integer arithmetic.
//
// The error is an *timebok.InvalidError if a number is longer than documents
// can carry or an amount is beyond timebok.MaxMoney.
func (d Document) Totals() (Totals, error) {
	var wrong timebok.Reasons
	t := d.addUp(nil, nil, &wrong)
	if err := wrong.Invalid(); err != nil {
		return Totals{}, err
	}
	return t, nil
}

// Amount is the amount of the line without tax (BT-131): quantity times price,
// rounded half away from zero, less allowances, plus charges. The error is as
// that of Totals.
func (l Line) Amount() (timebok.Money, error) {
	f, ok := l.figures()
	if !ok {
		return timebok.Money{}, timebok.Reasons{BadNumber.At("")}.Invalid()
	}
	return timebok.Ore(f.ore), nil
}

// figures are the numbers of a line; ore is its amount.
type figures struct {
	quantity, price fixed
	ore             int64
}

func (l *Line) figures() (f figures, ok bool) {
	var ok1, ok2 bool
	f.quantity, ok1 = fix(l.Quantity)
	f.price, ok2 = fix(l.Price)
	per, ok3 := l.per()
	if !ok1 || !ok2 || !ok3 || per.coef <= 0 {
		return f, false
	}
	f.ore, ok = oreOf(f.quantity, f.price, per)
	for i := range l.Adjustments {
		f.ore += l.Adjustments[i].signed()
	}
	return f, ok && f.ore <= maxOre && f.ore >= -maxOre
}

// per is the base quantity of the price.
func (l *Line) per() (fixed, bool) {
	if l.Per.Sign() == 0 {
		return fixed{coef: 1}, true
	}
	return fix(l.Per)
}

// signed is the amount with the sign that it has in a sum.
func (a *Adjustment) signed() int64 {
	if a.Charge {
		return a.Amount.Ore()
	}
	return -a.Amount.Ore()
}

// addUp is Totals. It appends the subtotals to room and what is wrong to wrong, and
// keeps the figures of the first lines, as many as there is room for.
func (d *Document) addUp(room []Subtotal, keep []figures, wrong *timebok.Reasons) Totals {
	t := Totals{Prepaid: d.Prepaid, Rounding: d.Rounding, ByVAT: room[:0]}
	var lines, allowances, charges, tax int64
	var rule *timebok.Rule
	for i := range d.Lines {
		l := &d.Lines[i]
		f, ok := l.figures()
		if i < len(keep) {
			keep[i] = f
		}
		if !ok {
			wrong.Add(BadNumber, l.field(i, ""))
			continue
		}
		if lines += f.ore; lines > maxOre || lines < -maxOre {
			wrong.Add(timebok.BadMoney, "Lines")
			return t
		}
		if t.ByVAT, rule = intoSubtotal(t.ByVAT, l.VAT, f.ore); rule != nil {
			wrong.Add(rule, "Lines")
			return t
		}
	}
	for i := range d.Adjustments {
		a := &d.Adjustments[i]
		if a.Charge {
			charges += a.Amount.Ore()
		} else {
			allowances += a.Amount.Ore()
		}
		if max(allowances, charges) > maxOre || min(allowances, charges) < -maxOre {
			wrong.Add(timebok.BadMoney, "Adjustments")
			return t
		}
		if a.VAT == nil {
			continue
		}
		if t.ByVAT, rule = intoSubtotal(t.ByVAT, *a.VAT, a.signed()); rule != nil {
			wrong.Add(rule, "Adjustments")
			return t
		}
	}
	for i := range t.ByVAT {
		s := &t.ByVAT[i]
		ore := taxOf(s.Net.Ore(), int64(s.VAT.Rate))
		s.Tax = timebok.Ore(ore)
		tax += ore
	}
	t.Lines, t.Allowances, t.Charges = timebok.Ore(lines), timebok.Ore(allowances), timebok.Ore(charges)
	t.Net = timebok.Ore(lines - allowances + charges)
	t.VAT = timebok.Ore(tax)
	t.Gross = t.Net.Add(t.VAT)
	t.Payable = t.Gross.Sub(d.Prepaid).Add(d.Rounding)
	if beyond(t.Payable, t.Gross, t.Net, t.Allowances, t.Charges) {
		wrong.Add(timebok.BadMoney, "Lines")
	}
	return t
}

// maxRates is how many rates a document may have: more than any country.
const maxRates = 50

// intoSubtotal adds to the subtotal of a category and rate, which it puts in its
// place if it is the first. It returns the rule that the subtotals break then, or nil.
func intoSubtotal(all []Subtotal, v VAT, ore int64) ([]Subtotal, *timebok.Rule) {
	for i := range all {
		if s := &all[i]; s.VAT == v {
			ore += s.Net.Ore()
			s.Net = timebok.Ore(ore)
			return all, subtotalRule(ore)
		}
	}
	if len(all) == maxRates {
		return all, TooManyRates
	}
	all = append(all, Subtotal{VAT: v, Net: timebok.Ore(ore)})
	for i := len(all) - 1; i > 0 && all[i].VAT.less(all[i-1].VAT); i-- {
		all[i], all[i-1] = all[i-1], all[i]
	}
	return all, subtotalRule(ore)
}

// subtotalRule is the rule that a subtotal breaks, or nil.
func subtotalRule(ore int64) *timebok.Rule {
	if ore > maxOre || ore < -maxOre {
		return timebok.BadMoney
	}
	return nil
}

func (v VAT) less(u VAT) bool {
	return v.Category < u.Category || v.Category == u.Category && v.Rate < u.Rate
}

// taxOf is the share of rate hundredths of a per cent, half away from zero.
func taxOf(ore, rate int64) int64 {
	if ore < 0 {
		return -taxOf(-ore, rate)
	}
	return (ore*rate + 5000) / 10000
}

func beyond(amounts ...timebok.Money) bool {
	for _, m := range amounts {
		if m.Compare(timebok.MaxMoney) > 0 || m.Neg().Compare(timebok.MaxMoney) > 0 {
			return true
		}
	}
	return false
}

// isPercentOf reports whether the amount is the percentage of the base, give or
// take two øre (rule R040).
func (a *Adjustment) isPercentOf() bool {
	if _, ok := fix(a.Percent); !ok {
		return false
	}
	want := a.Base.Decimal().Mul(a.Percent).Shift(-2)
	return want.Sub(a.Amount.Decimal()).Abs().LessThanOrEqual(twoOre)
}

var twoOre = exact.New(2, -2)
