package ehf

import "fmt"

// A Report is everything that is wrong with a document, or as much of it as
// Limits.Findings allows.
type Report struct {
	Release  string    // id of the release whose rules were applied
	Root     string    // "Invoice" or "CreditNote"
	Schema   bool      // whether the structure is that of UBL 2.1
	Problems []Problem // where it is not
	Findings []Finding // every place where a rule is broken, in document order
	Notices  []Notice  // what was not looked into

	// More is set if more is wrong, which Limits.Findings left out. The first problem
	// and the first finding that is fatal are never left out, so that it takes nothing
	// more to know whether the document is refused.
	More bool
}

// Valid reports whether the document may be sent: its structure is right and
// no rule that is fatal is broken.
func (r Report) Valid() bool {
	for _, f := range r.Findings {
		if f.Flag == Fatal {
			return false
		}
	}
	return r.Schema
}

// A Flag is how grave it is to break a rule.
type Flag uint8

const (
	Fatal   Flag = iota // the network refuses the document
	Warning             // it goes through
)

// String is the word that the official rules use.
func (f Flag) String() string {
	if f == Warning {
		return "warning"
	}
	return "fatal"
}

// Undecided is the Rule of a finding that no official rule makes: the
// official rules end with an error on the document.
const Undecided = "UNDECIDED"

// A Finding is one place where one rule is broken.
type Finding struct {
	Rule string // id, such as "BR-CO-10"
	Flag Flag
	Path string // the element, as XPath with positions

	en, nb string
	at     node
}

// Text says what is wrong, in bokmål if lang is "nb" or "no", else in English.
func (f Finding) Text(lang string) string { return inLanguage(lang, f.en, f.nb) }

func inLanguage(lang, en, nb string) string {
	switch lang {
	case "nb", "no", "nb-NO":
		return nb
	}
	return en
}

// A Problem is one place where the structure is not that of UBL 2.1.
type Problem struct {
	Path string
	kind problemKind
	name string // of what is meant, if it has a name in UBL
}

// A Notice says that something was not looked into.
type Notice struct {
	Country string // whose own rules the document may be held to
}

// Text says so, in the language that Finding.Text would use.
func (n Notice) Text(lang string) string {
	return inLanguage(lang,
		fmt.Sprintf("The supplier's country %s has rules of its own, which were not checked.", n.Country),
		fmt.Sprintf("Leverandørens land %s har egne regler, og de er ikke kontrollert.", n.Country))
}

type problemKind uint8

const (
	problemUnknown problemKind = iota
	problemOrder
	problemTwice
	problemMissing
	problemText
	problemContent
	problemValue
	problemAttribute
	problemForeignAttribute
	problemAttributeValue
)

// Text says what is wrong, in the language that Finding.Text would use.
func (p Problem) Text(lang string) string {
	t := problemTexts[p.kind]
	s := inLanguage(lang, t[0], t[1])
	if p.name == "" {
		return s + "."
	}
	return s + ": " + p.name + "."
}

var problemTexts = [...][2]string{
	problemUnknown:          {"UBL does not have this element here", "UBL har ikke dette elementet her"},
	problemOrder:            {"The element comes too late in the sequence that UBL demands", "Elementet kommer for sent i rekkefølgen som UBL krever"},
	problemTwice:            {"The element may stand here only once", "Elementet kan bare stå her én gang"},
	problemMissing:          {"An element that UBL demands is missing in or before this one", "Et element som UBL krever, mangler i eller foran dette"},
	problemText:             {"Text may not stand here", "Her kan det ikke stå tekst"},
	problemContent:          {"An extension must have one element as its content", "En utvidelse må ha ett element som innhold"},
	problemValue:            {"The value does not have the form of its data type", "Verdien har ikke datatypens form"},
	problemAttribute:        {"An attribute that UBL demands is missing", "Et attributt som UBL krever, mangler"},
	problemForeignAttribute: {"UBL does not have this attribute here", "UBL har ikke dette attributtet her"},
	problemAttributeValue:   {"The attribute's value does not have the form of its data type", "Attributtets verdi har ikke datatypens form"},
}

// problem enters a problem of structure. The name is that of the element or
// attribute meant, if it is known.
func (c *check) problem(n node, kind problemKind, meant name) {
	c.report.Schema = false
	if c.full() { // not with the first: no finding comes before the problems
		c.report.More = true
		return
	}
	p := Problem{Path: c.path(n), kind: kind}
	if meant != unknown {
		p.name = meant.String()
	}
	c.report.Problems = append(c.report.Problems, p)
}
