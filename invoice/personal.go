package invoice

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/timebok/timebok"
)

// Personal lists the texts of the invoice that say who the client is: those with a
// birth number in them, and those that name c, which may be nil. What an invoice needs
// of a client is in fields of its own (personvernforordningen art. 5: no more than that).
func (x Invoice) Personal(c *timebok.Client) timebok.Reasons {
	var no timebok.Reasons
	check := func(field, text string, named bool) {
		if named || timebok.HasBirthNumber(text) {
			no.Add(PersonalData, field)
		}
	}
	names := namesOf(c)
	check("Case.Number", x.Case.Number, names.some(x.Case.Number, ""))
	check("Place.Street", x.Place.Street, names.several(x.Place.Street))
	check("Place.City", x.Place.City, false)
	check("Seller.Name", x.Seller.Name, false)
	check("Seller.Address.Street", x.Seller.Address.Street, false)
	if p := x.Payer; p != nil {
		check("Payer.Name", p.Name, false)
		check("Payer.Address.Street", p.Address.Street, false)
		check("Payer.Reference", p.Reference, names.several(p.Reference))
	}
	for i, l := range x.Lines {
		field, others := "Lines["+strconv.Itoa(i)+"].", l.Therapist.Name+" "+x.Seller.Name
		check(field+"Item", l.Item, names.some(l.Item, others))
		check(field+"Treatment", l.Treatment, names.some(l.Treatment, others))
		check(field+"VAT.Reason", l.VAT.Reason, names.some(l.VAT.Reason, others))
		check(field+"Therapist.Profession", l.Therapist.Profession, names.several(l.Therapist.Profession))
		check(field+"Therapist.Name", l.Therapist.Name, false)
	}
	return no
}

// clientNames are what a client is called: the whole name, and its words.
type clientNames struct {
	whole string   // in small letters; "" if it is one word
	last  string   // "" if there is but one word
	first []string // the others
}

func namesOf(c *timebok.Client) clientNames {
	if c == nil {
		return clientNames{}
	}
	whole := c.Name.Reveal()
	if last, first, turned := strings.Cut(whole, ","); turned {
		whole = strings.TrimSpace(first + " " + last)
	}
	n := clientNames{}
	if strings.Contains(whole, " ") { // one word alone may be any
		n.whole = strings.ToLower(whole)
	}
	words := slices.DeleteFunc(wordsOf(whole), func(w string) bool { return len([]rune(w)) < 2 })
	if len(words) > 1 {
		n.last, n.first = words[len(words)-1], words[:len(words)-1]
	}
	return n
}

// wordsOf are the words of a text.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
}

// isName reports whether a word is a name, perhaps in the genitive.
func isName(word, name string) bool {
	return strings.EqualFold(word, name) || strings.EqualFold(word, name+"s")
}

// several reports whether a text has the whole name, or the last one and another.
func (n clientNames) several(text string) bool {
	if n.whole != "" && strings.Contains(strings.ToLower(text), n.whole) {
		return true
	}
	words := wordsOf(text)
	has := func(name string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return isName(w, name) })
	}
	return n.last != "" && has(n.last) && slices.ContainsFunc(n.first, func(f string) bool { return !strings.EqualFold(f, n.last) && has(f) })
}

// some is several, or the last name alone unless another has it too. At the beginning of a
// text that is likely to be another word: Time and Dag are names, too.
func (n clientNames) some(text, others string) bool {
	if n.several(text) {
		return true
	}
	if n.last == "" || slices.ContainsFunc(wordsOf(others), func(w string) bool { return isName(w, n.last) }) {
		return false
	}
	words := wordsOf(text)
	for i, w := range words {
		capital := strings.HasPrefix(w, n.last) || w == strings.ToUpper(n.last)
		if capital && isName(w, n.last) && (i > 0 || len(words) == 1) {
			return true
		}
	}
	return false
}
