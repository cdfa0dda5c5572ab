package insurance

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// What an event says is the same after it has waited.
func FuzzReveal(f *testing.F) {
	f.Add("E1", "made", "B1", "anne-1", "PSY45", "6QPTR", "Ola Blåbær \"Prøvesen\"", "10915596784",
		"ola@example.com", "+4740000000", "Prøvevegen 1\n6100 Volda", int64(1_772_438_400_000_000), int64(45), int64(1), 0, true)
	f.Add("", "", "", "", "", "", "", "", "", "", "", int64(0), int64(0), int64(0), 0, false)
	f.Add("\x00<>&\u2028", "cancelled", "€", "\t", "\\", "'", " ", "00000000000", "a@b.c.d", "0047 40 00 00 00", "\u00a0",
		int64(-1), int64(-1), int64(-1), -800_000, true)
	f.Fuzz(func(t *testing.T, id, kind, booking, who, treatment, number, name, birthNumber, email, phone, address string,
		start, minutes, version int64, day int, withCase bool) {
		for _, s := range []*string{&id, &kind, &booking, &who, &treatment, &number, &name, &address} {
			*s = strings.ToValidUTF8(*s, "\ufffd") // JSON holds no other text
		}
		e := Event{ID: id, Network: timebok.Behandlernettverk, Kind: EventKind(kind), Booking: ExternalBooking{
			ID: booking, Version: version, Practitioner: who, Treatment: treatment, CaseNumber: number,
			Start: time.UnixMicro(start % 200_000_000_000_000_000).UTC(), Duration: time.Duration(minutes),
		}}
		if y := e.Booking.Start.Year(); y < 0 || y > 9999 {
			e.Booking.Start = time.Time{}
		}
		p := &e.Booking.Client
		p.Name, p.Address, p.Lang = timebok.Hide(name), timebok.Hide(address), timebok.Nynorsk
		p.BirthNumber, _ = timebok.ParseBirthNumber(birthNumber)
		p.Email, _ = timebok.ParseEmailAddress(email)
		p.Phone, _ = timebok.ParsePhoneNumber(phone)
		p.BirthDate = new(date.NewOfDays(date.PeriodOfDays(day % 700_000)))
		if withCase {
			e.Booking.Case = &Case{
				Case: series.Case{Network: e.Network, Number: number}, Status: CaseOpen,
				Payer:     PayerInfo{Name: name, Address: timebok.Address{City: address}, DueDays: int(minutes)},
				BirthDate: p.BirthDate, ValidTo: p.BirthDate, Used: int(version),
				Caps:  []series.Cap{{Treatment: treatment, Unit: series.CapAmount, Amount: timebok.Ore(start % 1_000_000)}},
				Share: series.Share{Percent: timebok.BasisPoints(minutes)}, FetchedAt: e.Booking.Start,
			}
		}
		text, err := e.reveal()
		if err != nil {
			t.Fatalf("reveal: %v", err)
		}
		got, err := eventFrom(text)
		if err != nil {
			t.Fatalf("eventFrom: %v", err)
		}
		if diff := cmp.Diff(e, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("the event is another one afterwards (-want +got):\n%s", diff)
		}
	})
}
