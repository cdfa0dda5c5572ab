package ehf

import (
	"bytes"
	"encoding/base64"
	"iter"
	"strings"

	civil "github.com/rickb777/date"
	exact "github.com/shopspring/decimal"
	"github.com/timebok/timebok"
)

// The methods below take the path of a part, such as "cac:Price/cbc:PriceAmount",
// and mark what lies on it as read. A part that is empty or not there is the zero
// value; of several the first is meant, and the others are left over.

// at is the element at a path below n, or none.
func (r *reader) at(n node, path string) node {
	for n != none && path != "" {
		step, rest, _ := strings.Cut(path, "/")
		n, path = r.child(n, nameOf(step)), rest
		if n != none && r.empty(n) {
			return none
		}
		r.mark(n)
	}
	return n
}

// nameOf is a name as the schema's, unknown if UBL has none such.
func nameOf(full string) name {
	cut := strings.IndexByte(full, ':') + 1
	return words().find(prefixes[full[:cut]], []byte(full[cut:]))
}

// all are the children of n of a name, but for empty ones.
func (r *reader) all(n node, step string) iter.Seq[node] {
	want := nameOf(step)
	return func(yield func(node) bool) {
		for k := r.child(n, want); k != none; k = r.again(k) {
			if r.empty(k) {
				continue
			}
			if r.mark(k); !yield(k) {
				return
			}
		}
	}
}

// text is the text of a leaf.
func (r *reader) text(n node, path string) string {
	k := r.at(n, path)
	if k == none {
		return ""
	}
	if r.elems[k].flags&hasChild != 0 {
		r.unmark(k)
		return ""
	}
	return string(r.value(k))
}

// code is the text of a leaf without white space around it, which a code may have.
func (r *reader) code(n node, path string) string { return string(normal([]byte(r.text(n, path)))) }

// peek is text that marks nothing.
func (r *reader) peek(n node, step string) string { return string(r.value(r.child(n, nameOf(step)))) }

// has reports whether n has a child with a text. It marks nothing.
func (r *reader) has(n node, step string) bool {
	k := r.child(n, nameOf(step))
	return k != none && r.elems[k].flags&(blank|hasChild) == 0
}

// attr is the value of an attribute.
func (r *reader) attr(n node, want name) string {
	if n == none {
		return ""
	}
	e := &r.elems[n]
	for i := e.attrs; i < e.attrsEnd; i++ {
		if a := &r.attrs[i]; a.name == want {
			value := string(r.bytes(a.value, a.side))
			r.readAttr[i] = value != ""
			return value
		}
	}
	return ""
}

func (r *reader) identifier(n node, path string) Identifier {
	value := r.text(n, path)
	if value == "" {
		return Identifier{}
	}
	return Identifier{r.attr(r.at(n, path), atSchemeID), value}
}

// fixed reads a leaf whose value Encode writes by itself.
func (r *reader) fixed(n node, path, want string) {
	if k := r.at(n, path); k != none && string(normal(r.value(k))) != want {
		r.leave(k, Differs)
	}
}

// scheme reads the tax scheme of a category, which is VAT.
func (r *reader) scheme(n node) { r.fixed(n, "cac:TaxScheme/cbc:ID", "VAT") }

// unreadable leaves a leaf over and says why.
func (r *reader) unreadable(n node) { r.leave(n, Unreadable) }

func (r *reader) date(n node, path string) *civil.Date {
	k := r.at(n, path)
	if k == none {
		return nil
	}
	day, ok := civilDate(trimmed(r.value(k)))
	if !ok {
		r.unreadable(k)
		return nil
	}
	return &day
}

func (r *reader) number(n node, path string) exact.Decimal {
	k := r.at(n, path)
	if k == none {
		return exact.Decimal{}
	}
	return r.numberOf(k)
}

func (r *reader) numberOf(k node) exact.Decimal {
	f, ok := parseFixed(trimmed(r.value(k)))
	if !ok {
		r.unreadable(k)
		return exact.Decimal{}
	}
	return exact.New(f.coef, int32(-f.places))
}

// money reads an amount of the document's currency.
func (r *reader) money(n node, path string) timebok.Money {
	k := r.at(n, path)
	if k == none {
		return timebok.Money{}
	}
	ore, ok := r.oreAt(k)
	if !ok {
		r.unreadable(k)
	}
	return timebok.Ore(ore)
}

// oreAt is the amount of a leaf in hundredths. Its currency counts as read if
// it is that of the document.
func (r *reader) oreAt(k node) (int64, bool) {
	if value, ok := r.attribute(k, atCurrencyID); ok && string(value) == r.currency {
		r.attr(k, atCurrencyID)
	}
	return parseOre(trimmed(r.value(k)))
}

func (r *reader) base64(k node) []byte {
	text := bytes.Join(bytes.Fields(r.value(k)), nil)
	content, err := base64.StdEncoding.AppendDecode(nil, text)
	if err != nil {
		r.unreadable(k)
		return nil
	}
	return content
}

// trimmed is the value without white space around it, which numbers and dates
// may have.
func trimmed(b []byte) []byte { return bytes.Trim(b, " \t\r\n") }

// parseFixed reads an xs:decimal that a fixed can hold.
func parseFixed(b []byte) (fixed, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	whole, part, _ := bytes.Cut(b, []byte("."))
	whole, part = bytes.TrimLeft(whole, "0"), bytes.TrimRight(part, "0")
	if len(b) == 0 || len(b) == 1 && b[0] == '.' || len(whole) > maxDigits || len(part) > maxPlaces {
		return fixed{}, false
	}
	coef, ok := digitsOf(0, whole)
	coef, more := digitsOf(coef, part)
	if negative {
		coef = -coef
	}
	return fixed{coef, len(part)}, ok && more
}

// parseOre reads an amount with at most two decimals.
func parseOre(b []byte) (int64, bool) {
	negative := len(b) > 0 && b[0] == '-'
	if negative || len(b) > 0 && b[0] == '+' {
		b = b[1:]
	}
	whole, part, _ := bytes.Cut(b, []byte("."))
	whole, part = bytes.TrimLeft(whole, "0"), bytes.TrimRight(part, "0")
	if len(b) == 0 || len(b) == 1 && b[0] == '.' || len(whole) > 11 || len(part) > 2 {
		return 0, false
	}
	ore, ok := digitsOf(0, whole)
	ore, more := digitsOf(ore, part)
	for range 2 - len(part) {
		ore *= 10
	}
	if negative {
		ore = -ore
	}
	return ore, ok && more
}

// digitsOf goes on with a number.
func digitsOf(v int64, b []byte) (int64, bool) {
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = v*10 + int64(c-'0')
	}
	return v, true
}
