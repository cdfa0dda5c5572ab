package ical

import (
	"net/url"
	"strings"

	"github.com/timebok/timebok"
)

// A CAL-ADDRESS that is an e-mail address is a mailto URI (RFC 6047 section 2.3, RFC
// 6068), where a few of the characters of an address mean something else.
const mailto = "mailto:"

var escapeAddress = strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23", "&", "%26", "/", "%2F").Replace

func address(a timebok.EmailAddress) string { return mailto + escapeAddress(a.Reveal()) }

// parseAddress reads one. Calendars that escape nothing are understood, too.
func parseAddress(uri string) (timebok.EmailAddress, error) {
	if len(uri) < len(mailto) || !strings.EqualFold(uri[:len(mailto)], mailto) {
		return timebok.EmailAddress{}, timebok.Reasons{timebok.BadEmailAddress.At("")}.Invalid()
	}
	text := uri[len(mailto):]
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	return timebok.ParseEmailAddress(text)
}
