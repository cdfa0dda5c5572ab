package timebok

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// BadEmailAddress is the rule of EmailAddress.
var BadEmailAddress = NewRule("email.invalid",
	"er ikke en gyldig e-postadresse",
	"er ikkje ei gyldig e-postadresse",
	"is not a valid e-mail address")

// An EmailAddress is where a person gets e-mail. It masks itself as Private does.
//
// The check is for sanity and for safety in headers, not for existence: one "@",
// a local part and a domain that are not empty, and nothing in them that could
// end the address or begin another. Quoted local parts and addresses in
// brackets (RFC 5321) are refused; letters beyond ASCII are fine (RFC 6531).
// The zero EmailAddress is "not given".
type EmailAddress struct{ text Private }

// maxEmail is the greatest length of an address in bytes (RFC 5321 4.5.3.1.3
// less the angle brackets).
const maxEmail = 254

// ParseEmailAddress reads an address such as "kari@blåbær.example". Spaces
// around it are dropped. The error is an *InvalidError.
func ParseEmailAddress(text string) (EmailAddress, error) {
	text = strings.Trim(text, " \u00a0")
	local, domain, ok := strings.Cut(text, "@")
	if !ok || len(text) > maxEmail || !utf8.ValidString(text) || !isDotted(local, inLocalPart) || !isDotted(domain, inDomain) {
		return EmailAddress{}, Reasons{BadEmailAddress.At("")}.Invalid()
	}
	return EmailAddress{Hide(text)}, nil
}

// isDotted reports whether text is parts joined by points, none empty, of runes
// that may be there.
func isDotted(text string, may func(rune) bool) bool {
	for part := range strings.SplitSeq(text, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool { return !may(r) }) {
			return false
		}
	}
	return true
}

func inLocalPart(r rune) bool {
	return unicode.IsPrint(r) && r != ' ' && !strings.ContainsRune("\"()<>[]:;,\\@", r)
}

func inDomain(r rune) bool {
	return r == '-' || unicode.In(r, unicode.Letter, unicode.Mark, unicode.Nd)
}

// Reveal returns the address itself.
func (e EmailAddress) Reveal() string { return e.text.Reveal() }

// IsZero reports whether there is no address.
func (e EmailAddress) IsZero() bool { return e.text.IsZero() }

// String returns a mask, or "".
func (e EmailAddress) String() string { return e.text.String() }

// GoString masks the %#v of fmt.
func (e EmailAddress) GoString() string { return "timebok.EmailAddress{" + e.String() + "}" }

// MarshalText masks the address in JSON, slog and other encodings.
func (e EmailAddress) MarshalText() ([]byte, error) { return e.text.MarshalText() }

// Equal compares the addresses, letter by letter; go-cmp calls it.
func (e EmailAddress) Equal(other EmailAddress) bool { return e == other }
