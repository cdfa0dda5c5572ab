package ehf

import (
	"bytes"
	"fmt"

	"github.com/timebok/timebok"
)

// A ReadError says why a document can't be read at all, so that no rule was
// asked. It carries no text of the document.
type ReadError struct {
	Kind   ReadErrorKind
	Offset int // in bytes
	Line   int // 1 is the first
}

// A ReadErrorKind is the reason of a ReadError.
type ReadErrorKind string

// The reasons why a document is not read.
const (
	Malformed    ReadErrorKind = "not well-formed XML"
	Encoding     ReadErrorKind = "not XML 1.0 in UTF-8"
	Character    ReadErrorKind = "a character that XML does not allow"
	Entity       ReadErrorKind = "an entity other than XML's own five"
	DocumentType ReadErrorKind = "a document type declaration"
	Duplicate    ReadErrorKind = "two attributes with one name"
	Prefix       ReadErrorKind = "a namespace prefix that is not declared, or declared wrongly"
	TooLarge     ReadErrorKind = "larger than the limit"
	TooDeep      ReadErrorKind = "nested deeper than the limit"
	TooMany      ReadErrorKind = "more elements, attributes or namespaces than the limit"
	NotEHF       ReadErrorKind = "neither a UBL 2.1 Invoice nor a CreditNote"
)

func (e *ReadError) Error() string {
	return fmt.Sprintf("ehf: line %d: %s", e.Line, string(e.Kind))
}

// Unwrap returns timebok.ErrInvalid.
func (e *ReadError) Unwrap() error { return timebok.ErrInvalid }

func (s *scanner) fail(kind ReadErrorKind, at int) error {
	at = min(at, len(s.src))
	return &ReadError{Kind: kind, Offset: at, Line: 1 + bytes.Count(s.src[:at], []byte("\n"))}
}
