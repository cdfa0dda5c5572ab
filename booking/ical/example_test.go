package ical_test

import (
	"fmt"
	"strings"

	"github.com/timebok/timebok/booking/ical"
)

// An invitation to a session after the change of the clock, and the answer to it.
func Example() {
	data, err := ical.Encode(ical.Request, event("2026-10-26T09:00+01:00", 1))
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.SplitSeq(string(data), "\r\n") {
		if strings.HasPrefix(line, "DT") || strings.HasPrefix(line, "S") {
			fmt.Println(line)
		}
	}
	answer := strings.NewReplacer("METHOD:REQUEST", "METHOD:REPLY", "NEEDS-ACTION", "DECLINED").Replace(string(data))
	reply, err := ical.ParseReply([]byte(answer))
	fmt.Println(reply.Answer, reply.Sequence, reply.From, err)
	// Output:
	// SEQUENCE:1
	// DTSTAMP:20260302T060001Z
	// DTSTART:20261026T080000Z
	// DTEND:20261026T085000Z
	// SUMMARY:Time
	// STATUS:CONFIRMED
	// declined 1 [private] <nil>
}
