package timebok

import "unique"

// Private is text about a person: a name, an address, a telephone number. It
// shows itself as "[private]" in fmt, slog, JSON and errors; Reveal is the only
// way out, so every place that shows a person's data can be found by name.
//
// The text is held by a handle, not as a string: fmt can't call the methods of
// what lies in an unexported field of a struct or under a verb such as %d, and
// prints the fields themselves there. So it finds an address. Equal texts have
// equal handles, so values compare with ==.
type Private struct{ text unique.Handle[string] }

const masked = "[private]"

// Hide makes text private.
func Hide(text string) Private {
	if text == "" {
		return Private{}
	}
	return Private{unique.Make(text)}
}

// Reveal returns the text itself.
func (p Private) Reveal() string {
	if p.IsZero() {
		return ""
	}
	return p.text.Value()
}

// IsZero reports whether there is no text.
func (p Private) IsZero() bool { return p == Private{} }

// String returns a mask, or "" where there is nothing to hide.
func (p Private) String() string {
	if p.IsZero() {
		return ""
	}
	return masked
}

// GoString masks the %#v of fmt.
func (p Private) GoString() string { return "timebok.Private{" + p.String() + "}" }

// MarshalText masks the value in JSON, slog and other encodings. A host that
// must send it calls Reveal.
func (p Private) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Equal compares the texts; go-cmp calls it.
func (p Private) Equal(other Private) bool { return p == other }
