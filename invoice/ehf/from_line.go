package ehf

import (
	"strconv"
	"time"

	civil "github.com/rickb777/date"
	exact "github.com/shopspring/decimal"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
)

// Properties of a line that the network has published. The others are named by
// timebok.Disclosure. A diagnosis ("Diagnose") is never written.
const (
	TreatmentID       = "TreatmentId"       // treatment code
	TreatmentDateTime = "TreatmentDateTime" // as TreatmentTime formats it
)

// TreatmentTime formats TreatmentDateTime: the time on the clock where the
// session took place, without its offset. The hour that comes twice when summer
// time ends is the same text both times; the description of the line says
// which of them it was.
const TreatmentTime = "2006-01-02 15:04:05"

// line maps one session. Its unit is one: see UnitOne.
func (f *from) line(i int) Line {
	l := &f.invoice.Lines[i]
	out := Line{
		ID: strconv.Itoa(i + 1), Quantity: exact.NewFromInt(1), Unit: UnitOne, Price: l.Amount.Decimal(),
		VAT: VAT{Category: l.VAT.Category, Rate: l.VAT.Rate}, Name: l.Item,
	}
	if l.Treatment != "" {
		out.Properties = append(out.Properties, Property{TreatmentID, l.Treatment})
	} else if f.invoice.Case.Network != "" {
		f.wrong.Add(invoice.NoTreatment, out.field(i, "Treatment"))
	}
	zone, err := timebok.LoadZone(l.Zone)
	if err != nil {
		f.wrong.Add(timebok.BadZone, out.field(i, "Zone"))
		return out
	}
	if l.Time.IsZero() || l.Time.Duration() <= 0 {
		f.wrong.Add(timebok.BadPeriod, out.field(i, "Time"))
		return out
	}
	start, end := l.Time.Start.In(zone), l.Time.End.In(zone)
	first, last := civil.NewAt(start), civil.NewAt(end.Add(-time.Microsecond))
	f.cover(first, last)
	out.Period = &Period{From: &first, To: &last}
	out.Description = timeAndPlace(start, end, f.invoice.Place)
	out.Properties = append(out.Properties, Property{TreatmentDateTime, start.Format(TreatmentTime)})
	f.disclose(i, &out)
	return out
}

// disclose adds the optional properties that the payer's list has.
func (f *from) disclose(i int, out *Line) {
	l := &f.invoice.Lines[i]
	add := func(d timebok.Disclosure, value string) {
		if value != "" && f.invoice.Payer.Discloses(d) {
			out.Properties = append(out.Properties, Property{string(d), value})
		}
	}
	add(timebok.DiscloseDuration, clockText(l.Time.Duration()))
	add(timebok.DiscloseTherapistHPR, l.Therapist.HPR.String())
	add(timebok.DiscloseTherapistName, l.Therapist.Name)
	add(timebok.DiscloseProfession, l.Therapist.Profession)
	if !f.invoice.Client.IsZero() {
		add(timebok.DisclosePatientID, f.invoice.Client.String())
	}
}

// clockText is a duration as 00:30:00.
func clockText(d time.Duration) string {
	seconds := int64(d / time.Second)
	text := func(n int64) string { return strconv.FormatInt(100+n, 10)[1:] }
	return text(seconds/3600) + ":" + text(seconds/60%60) + ":" + text(seconds%60)
}

// timeAndPlace says in Norwegian when and where a session took place, such as
// "25.10.2026 kl. 02.30–03.15, Storgata 1, 0155 Oslo".
func timeAndPlace(start, end time.Time, place timebok.Address) string {
	text := start.Format("02.01.2006 kl. 15.04") + season(start) + "–" + end.Format("15.04") + season(end)
	if where := place.Line(); where != "" {
		text += ", " + where
	}
	return text
}

// season names the season of the clock in the hour that comes twice.
func season(t time.Time) string {
	const wall = "2006-01-02 15:04:05"
	for _, other := range []time.Duration{-time.Hour, time.Hour} {
		if t.Add(other).Format(wall) == t.Format(wall) {
			if t.IsDST() {
				return " (sommertid)"
			}
			return " (normaltid)"
		}
	}
	return ""
}
