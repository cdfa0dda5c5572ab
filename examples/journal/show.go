package main

import (
	"context"
	"iter"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/series"
	"github.com/timebok/timebok/storage"
)

// How values are shown in the user's language. Templates call these methods.

// Clock is the wall time of an instant, such as "09.00".
func (v *visit) Clock(t time.Time) string {
	if v.lang == timebok.English {
		return t.In(v.zone).Format("15:04")
	}
	return t.In(v.zone).Format("15.04")
}

// Span is from when to when.
func (v *visit) Span(p timebok.Period) string { return v.Clock(p.Start) + "–" + v.Clock(p.End) }

// When is a time in words, such as "onsdag 2. desember 2026 kl. 09.00–09.50".
func (v *visit) When(p timebok.Period) string { return notice.When(p, v.zone, v.lang) }

// DayOf is the day of an instant in words, such as "onsdag 2. desember 2026".
func (v *visit) DayOf(t time.Time) string {
	words, _, _ := strings.Cut(v.When(timebok.Lasting(t, time.Minute)), " kl. ")
	words, _, _ = strings.Cut(words, " at ")
	return words
}

// LongDay is a date in words, ShortDay such as "ons. 2.12.", and Date such as "02.12.2026".
func (v *visit) LongDay(d date.Date) string  { return v.DayOf(timebok.Day(d, v.zone).Start) }
func (v *visit) ShortDay(d date.Date) string { return v.Weekday(d.Weekday()) + " " + d.Format("2.1.") }
func (v *visit) Date(d date.Date) string {
	if v.lang == timebok.English {
		return d.Format("2006-01-02")
	}
	return d.Format("02.01.2006")
}

// Days is from one date to another.
func (v *visit) Days(first, last date.Date) string {
	if v.lang == timebok.English {
		return v.Date(first) + "–" + v.Date(last)
	}
	return first.Format("02.01.") + "–" + v.Date(last)
}

// Until is a date that may be missing.
func (v *visit) Until(d *date.Date) string {
	if d == nil {
		return "–"
	}
	return v.Date(*d)
}

// At is a day and a wall time, in figures.
func (v *visit) At(t time.Time) string { return v.Date(timebok.DayOf(t, v.zone)) + " " + v.Clock(t) }

// ISO is an instant as a machine reads it in a <time>.
func (v *visit) ISO(t time.Time) string { return t.In(v.zone).Format("2006-01-02T15:04") }

// Form is a date as a form has it, Input an instant as the proposed times have it.
func (v *visit) Form(d date.Date) string       { return d.Format(time.DateOnly) }
func (v *visit) Input(t time.Time) string      { return t.In(v.zone).Format("2006-01-02T15:04") }
func (v *visit) Today() string                 { return v.today().Format(time.DateOnly) }
func (v *visit) Weekday(d time.Weekday) string { return v.T("dag:" + d.String()) }

// Plain is an amount as a form has it, Kr one with its unit.
func (v *visit) Plain(m timebok.Money) string { return strings.Replace(m.String(), ".", ",", 1) }
func (v *visit) Kr(m timebok.Money) string    { return kroner(m) }

// kroner is an amount as it is written in Norway: "1 250,00 kr".
func kroner(m timebok.Money) string {
	whole, part, _ := strings.Cut(m.String(), ".")
	sign, digits := "", whole
	if strings.HasPrefix(digits, "-") {
		sign, digits = "−", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "\u00a0" + digits[i:]
	}
	return sign + digits + "," + part + "\u00a0kr"
}

// ClientLabel is who a client is, and who not: the name with the birth date.
func (v *visit) ClientLabel(c timebok.Client) string {
	if c.BirthDate == nil {
		return c.Name.Reveal()
	}
	return c.Name.Reveal() + ", " + v.T("født %s", v.Date(*c.BirthDate))
}

// State, Method, Kind and Status are the words for codes of the library.
func (v *visit) State(s interface{ Text(timebok.Lang) string }) string { return s.Text(v.lang) }
func (v *visit) Method(m timebok.BillingMethod) string                 { return v.T("fakturering:" + string(m)) }
func (v *visit) Absence(k booking.AbsenceKind) string                  { return v.T("fravær:" + string(k)) }

// Cap is a cap in words.
func (v *visit) Cap(c series.Cap) string {
	text := v.T("%d timer", c.Sessions)
	if c.Unit == series.CapAmount {
		text = kroner(c.Amount)
	}
	if c.Treatment != "" {
		text += " (" + c.Treatment + ")"
	}
	return text
}

// Why are the reasons in words, without their codes.
func (v *visit) Why(rs timebok.Reasons) []string {
	var out []string
	for _, r := range rs {
		out = append(out, v.sentence(r))
	}
	return out
}

// Code is a rule's text where only its code is kept, as in the quarantine.
func (v *visit) Code(code string) string { return v.T("regel:" + code) }

// sentence is a reason as a sentence.
func (v *visit) sentence(r timebok.Reason) string {
	text := r.Text(v.lang)
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// help is what would make a refusal pass, "" where the reason says it all.
func (v *visit) help(rule *timebok.Rule) string {
	key := "hjelp:" + rule.Code()
	if _, ok := texts[key]; !ok {
		return ""
	}
	return v.T(key)
}

// all collects a list, or its error.
func all[T any](list iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for x, err := range list {
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// serviceNames are the names of all services.
func serviceNames(ctx context.Context, tx storage.Tx) (map[timebok.ServiceID]string, error) {
	names := map[timebok.ServiceID]string{}
	for s, err := range tx.Services(ctx) {
		if err != nil {
			return nil, err
		}
		names[s.ID] = s.Name
	}
	return names, nil
}

// ofClient chooses one booking of a client with a practitioner, if there is one.
func ofClient(c timebok.ClientID, with timebok.PractitionerID) booking.Filter {
	return booking.Filter{Client: c, Practitioners: []timebok.PractitionerID{with}, Limit: 1}
}
