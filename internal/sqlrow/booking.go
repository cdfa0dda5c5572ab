package sqlrow

import (
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/series"
)

// Bookings holds the bookings. The derived columns at the end are those of the
// guard against overlaps.
var Bookings = table("booking", []column[booking.Booking]{
	key(func(b *booking.Booking) *booking.ID { return &b.ID }),
	version(func(b *booking.Booking) *int64 { return &b.Version }),
	number("sequence", func(b *booking.Booking) *int64 { return &b.Sequence }),
	ref("client_id", func(b *booking.Booking) *timebok.ClientID { return &b.Client }),
	ref("practitioner_id", func(b *booking.Booking) *timebok.PractitionerID { return &b.Practitioner }),
	ref("service_id", func(b *booking.Booking) *timebok.ServiceID { return &b.Service }),
	ref("series_id", func(b *booking.Booking) *series.ID { return &b.Series }),
	moment("starts", func(b *booking.Booking) *time.Time { return &b.Time.Start }),
	moment("ends", func(b *booking.Booking) *time.Time { return &b.Time.End }),
	micros("buffer_before", func(b *booking.Booking) *time.Duration { return &b.Before }),
	micros("buffer_after", func(b *booking.Booking) *time.Duration { return &b.After }),
	text("zone", func(b *booking.Booking) *string { return &b.Zone }),
	text("treatment", func(b *booking.Booking) *string { return &b.Treatment }),
	money("price_ore", func(b *booking.Booking) *timebok.Money { return &b.Price }),
	ref("billing_payer_id", func(b *booking.Booking) *timebok.PayerID { return &b.Billing.To.Payer }),
	text("billing_method", func(b *booking.Booking) *timebok.BillingMethod { return &b.Billing.By }),
	text("billing_why", func(b *booking.Booking) *string { return &b.BillingWhy }),
	text("origin", func(b *booking.Booking) *timebok.Origin { return &b.Origin }),
	text("external_network", func(b *booking.Booking) *timebok.Network { return &b.External.Network }),
	text("external_id", func(b *booking.Booking) *string { return &b.External.ID }),
	text("state", func(b *booking.Booking) *booking.State { return &b.State }),
	instant("invited_at", func(b *booking.Booking) *time.Time { return &b.InvitedAt }),
	document("reply",
		func(b *booking.Booking) (booking.Reply, bool) { return b.Reply, b.Reply != booking.Reply{} },
		func(b *booking.Booking, r booking.Reply) error { b.Reply = r; return nil }),
	list("overrides", func(b *booking.Booking) *[]booking.Override { return &b.Overrides }),
	mapped("charges", func(b *booking.Booking) *[]booking.Charge { return &b.Charges }, putCharge, chargeText.get),
}, cancellation, []column[booking.Booking]{
	derived("occupied_from", func(d Dialect, b *booking.Booking) any { return d.PutTime(timebok.Instant(b.Occupied().Start)) }),
	derived("occupied_to", func(d Dialect, b *booking.Booking) any { return d.PutTime(timebok.Instant(b.Occupied().End)) }),
	derived("active", func(d Dialect, b *booking.Booking) any { return d.PutBool(b.State.IsActive()) }),
	derived("overlap_allowed", func(d Dialect, b *booking.Booking) any { return d.PutBool(b.Overlapping()) }),
})

// cancellation is NULL in all columns but of a cancelled booking.
var cancellation = func() []column[booking.Booking] {
	columns := under([]column[booking.Cancellation]{
		text("cancelled_reason", func(c *booking.Cancellation) *booking.Reason { return &c.Reason }),
		text("cancelled_by", func(c *booking.Cancellation) *timebok.Role { return &c.By }),
		instant("cancelled_at", func(c *booking.Cancellation) *time.Time { return &c.At }),
		flag("cancelled_late", func(c *booking.Cancellation) *bool { return &c.Late }),
	}, func(b *booking.Booking) *booking.Cancellation {
		if b.Cancelled == nil {
			b.Cancelled = &booking.Cancellation{}
		}
		return b.Cancelled
	})
	for i, c := range columns {
		columns[i].put = func(d Dialect, b *booking.Booking) (any, error) {
			if b.Cancelled == nil {
				return nil, nil
			}
			return c.put(d, b)
		}
	}
	return columns
}()

// CountedBookings reads what of bookings their series count: enough for
// booking.Booking.Counted.
var CountedBookings = only(Bookings, "id", "starts", "treatment", "price_ore", "billing_payer_id", "billing_method", "state", "charges", "cancelled_late")

// Busy reads what occupies a practitioner, of the table booking.
var Busy = table("booking", []column[BusyRow]{
	ref("practitioner_id", func(b *BusyRow) *timebok.PractitionerID { return &b.Practitioner }),
	ref("id", func(b *BusyRow) *booking.ID { return &b.Booking }),
	instant("occupied_from", func(b *BusyRow) *time.Time { return &b.Time.Start }),
	instant("occupied_to", func(b *BusyRow) *time.Time { return &b.Time.End }),
})

// A BusyRow is what occupies a practitioner.
type BusyRow struct {
	Practitioner timebok.PractitionerID
	booking.Busy
}
