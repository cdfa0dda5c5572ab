package ical

import (
	"strings"
	"unicode/utf8"
)

// A content line is at most 75 octets long; what is longer goes on after CRLF and a
// space, anywhere but within a character (RFC 5545 section 3.1).
const maxLine = 75

// A writer collects content lines.
type writer []byte

// line writes one content line, folded.
func (w *writer) line(text string) {
	for room := maxLine; len(text) > room; room = maxLine - 1 {
		cut := room
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		*w = append(append(*w, text[:cut]...), "\r\n "...)
		text = text[cut:]
	}
	*w = append(append(*w, text...), "\r\n"...)
}

// escape writes a TEXT value (RFC 5545 section 3.3.11).
var escape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace

// unescape reads one.
var unescape = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n", `\N`, "\n").Replace

// printable reports whether a text can stand in a TEXT value: nothing in it ends a
// line but \n, which is escaped.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return r < ' ' && r != '\n' && r != '\t' || r == 0x7f
	})
}

// unfold splits an object into content lines. Lines may end with LF alone, as mail
// programs sometimes make them.
func unfold(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)
	return strings.Split(text, "\n")
}

// A property is a content line, taken apart.
type property struct {
	name   string // in capitals
	params map[string]string
	value  string
}

// parse takes a content line apart: NAME *(;PARAM=value) : value. Of a parameter
// with several values it keeps them as they stand. It reports false for a line that
// is none, or that has one parameter twice.
func parse(line string) (p property, ok bool) {
	end := strings.IndexAny(line, ";:")
	if end <= 0 {
		return p, false
	}
	p.name, line = strings.ToUpper(line[:end]), line[end:]
	for line[0] == ';' {
		name, rest, found := strings.Cut(line[1:], "=")
		end := unquoted(rest)
		if !found || end < 0 {
			return p, false
		}
		name = strings.ToUpper(name)
		if _, twice := p.params[name]; twice {
			return p, false
		}
		if p.params == nil {
			p.params = map[string]string{}
		}
		p.params[name], line = strings.Trim(rest[:end], `"`), rest[end:]
	}
	p.value = line[1:]
	return p, true
}

// unquoted returns where a parameter's value ends: at the first ";" or ":" outside
// quotes, -1 if there is none.
func unquoted(text string) int {
	quoted := false
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ';' || c == ':'):
			return i
		}
	}
	return -1
}
