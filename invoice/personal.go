package invoice

import (
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
	check := func(named func([]string) bool, field, text string) {
		if timebok.HasBirthNumber(text) || named(wordsOf(text)) {
			no.Add(PersonalData, field)
		}
	}
	names := namesOf(c)
	nobody := func([]string) bool { return false }
	check(names.some, "Case.Number", x.Case.Number)
	check(names.several, "Place.Street", x.Place.Street)
	check(nobody, "Seller.Name", x.Seller.Name)
	if x.Payer != nil {
		check(names.several, "Payer.Reference", x.Payer.Reference)
	}
	for i, l := range x.Lines {
		field := "Lines[" + strconv.Itoa(i) + "]."
		check(names.some, field+"Item", l.Item)
		check(names.some, field+"Treatment", l.Treatment)
		check(names.some, field+"VAT.Reason", l.VAT.Reason)
		check(names.several, field+"Therapist.Profession", l.Therapist.Profession)
		check(nobody, field+"Therapist.Name", l.Therapist.Name)
	}
	return no
}

// clientNames are the words of a client's name.
type clientNames []string

func namesOf(c *timebok.Client) clientNames {
	if c == nil {
		return nil
	}
	return wordsOf(c.Name.Reveal())
}

// wordsOf are the words of a text: letters, and what stands between them in a name.
func wordsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' })
}

// several reports whether a text has two of the names, or the only one.
func (n clientNames) several(words []string) bool {
	found := 0
	for _, name := range n {
		for _, w := range words {
			if len(name) > 1 && strings.EqualFold(name, w) {
				found++
				break
			}
		}
	}
	return found > 0 && found >= min(2, len(n))
}

// some is several, or the last name alone. At the beginning of a text that is likely to
// be another word: Time and Dag are names, too.
func (n clientNames) some(words []string) bool {
	if n.several(words) {
		return true
	}
	for i, w := range words {
		if len(n) > 0 && w == n[len(n)-1] && (i > 0 || len(words) == 1) {
			return true
		}
	}
	return false
}
