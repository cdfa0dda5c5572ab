package sqlrow

import (
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/insurance"
)

// Connections are the agreements with networks; the id follows from the network.
var Connections = table("connection", []column[insurance.Connection]{
	derivedKey[insurance.Connection](),
	version(func(c *insurance.Connection) *int64 { return &c.Version }),
	text("network", func(c *insurance.Connection) *timebok.Network { return &c.Network }),
	text("account", func(c *insurance.Connection) *string { return &c.Account }),
	text("status", func(c *insurance.Connection) *insurance.ConnectionStatus { return &c.Status }),
	instant("since", func(c *insurance.Connection) *time.Time { return &c.Since }),
	text("feed_cursor", func(c *insurance.Connection) *string { return &c.Cursor }),
})

// Events is the inbox; the id follows from network and event. The content of a
// quarantined event is a person's data in clear text.
var Events = table("network_event", []column[insurance.Received]{
	derivedKey[insurance.Received](),
	version(func(r *insurance.Received) *int64 { return &r.Version }),
	text("network", func(r *insurance.Received) *timebok.Network { return &r.Network }),
	text("event", func(r *insurance.Received) *string { return &r.Event }),
	text("external_id", func(r *insurance.Received) *string { return &r.External }),
	number("source_version", func(r *insurance.Received) *int64 { return &r.Source }),
	moment("received_at", func(r *insurance.Received) *time.Time { return &r.At }),
	text("result", func(r *insurance.Received) *insurance.Result { return &r.Result }),
	list("codes", func(r *insurance.Received) *[]string { return &r.Codes }),
	ref("booking_id", func(r *insurance.Received) *booking.ID { return &r.Booking }),
	blob("content", func(r *insurance.Received) *[]byte { return (*[]byte)(&r.Content) }),
})

// Externals are the networks' bookings; the id follows from network and their ID.
var Externals = table("network_booking", []column[insurance.External]{
	derivedKey[insurance.External](),
	version(func(x *insurance.External) *int64 { return &x.Version }),
	text("network", func(x *insurance.External) *timebok.Network { return &x.Network }),
	text("external_id", func(x *insurance.External) *string { return &x.ID }),
	number("seen_version", func(x *insurance.External) *int64 { return &x.Seen }),
	number("applied_version", func(x *insurance.External) *int64 { return &x.Applied }),
	ref("booking_id", func(x *insurance.External) *booking.ID { return &x.Booking }),
	ref("waiting_id", func(x *insurance.External) *insurance.ReceivedID { return &x.Waiting }),
})
