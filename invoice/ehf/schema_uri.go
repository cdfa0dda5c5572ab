package ehf

import (
	"bytes"
	"net/netip"
	"strings"
)

// validURI reports whether a value is an xs:anyURI: a URI reference by RFC 2396, with
// the addresses of RFC 2732, once the characters that no URI has are escaped.
func validURI(b []byte) bool {
	b, fragment, _ := bytes.Cut(b, []byte("#"))
	if bytes.IndexByte(fragment, '#') >= 0 || !validEscapes(b) || !validEscapes(fragment) {
		return false
	}
	if i := bytes.IndexAny(b, ":/?"); i >= 0 && b[i] == ':' {
		if !validScheme(b[:i]) || i+1 == len(b) {
			return false
		}
		if b = b[i+1:]; b[0] != '/' {
			return true // of an opaque URI, such as a URN, nothing more is known
		}
	}
	b, _, _ = bytes.Cut(b, []byte("?"))
	if after, ok := bytes.CutPrefix(b, []byte("//")); ok {
		path := len(after)
		if i := bytes.IndexByte(after, '/'); i >= 0 {
			path = i
		}
		return validHost(string(after[:path])) && !bytes.ContainsAny(after[path:], "[]")
	}
	return !bytes.ContainsAny(b, "[]")
}

// validURIs is validURI of each of a list.
func validURIs(b []byte) bool {
	for uri := range bytes.FieldsSeq(b) {
		if !validURI(uri) {
			return false
		}
	}
	return true
}

// validEscapes: two hexadecimal digits follow each percent sign.
func validEscapes(b []byte) bool {
	for i, c := range b {
		if c == '%' && (i+2 >= len(b) || !isHex(b[i+1]) || !isHex(b[i+2])) {
			return false
		}
	}
	return true
}

// validScheme: a letter, then letters, digits, plus, minus and point.
func validScheme(b []byte) bool {
	for i, c := range b {
		if !isLetter(c) && (i == 0 || !isDigit(c) && strings.IndexByte("+-.", c) < 0) {
			return false
		}
	}
	return len(b) > 0
}

// validHost: brackets stand around an IPv6 address only, after a user and before a port.
func validHost(s string) bool {
	user, rest, literal := strings.Cut(s, "[")
	if !literal {
		return !strings.Contains(s, "]")
	}
	address, port, closed := strings.Cut(rest, "]")
	ip, err := netip.ParseAddr(address)
	return closed && err == nil && ip.Is6() && ip.Zone() == "" &&
		(user == "" || strings.HasSuffix(user, "@") && !strings.Contains(user, "]")) &&
		(port == "" || port[0] == ':' && strings.Trim(port[1:], "0123456789") == "")
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
