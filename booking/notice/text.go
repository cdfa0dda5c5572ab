package notice

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
)

// Facts are what a mail tells of.
type Facts struct {
	What  booking.Happening
	Time  timebok.Period
	Zone  string
	With  string // the practitioner's name
	Place string
	From  string // how the sender wants to be called; "": not at all
	Via   timebok.Network
}

// ToPractitioner writes subject and text of a mail to the practitioner.
func ToPractitioner(f Facts, l timebok.Lang) (subject, text string, err error) {
	return write(practitionerTexts[key{l, f.What}], f, l)
}

// ToClient writes subject and text of a mail to the client.
func ToClient(f Facts, l timebok.Lang) (subject, text string, err error) {
	return write(clientTexts[key{l, f.What}], f, l)
}

func write(t template, f Facts, l timebok.Lang) (subject, text string, err error) {
	if t.subject == "" {
		return "", "", timebok.Reasons{timebok.BadValue.At("What")}.Invalid()
	}
	loc, err := timebok.LoadZone(f.Zone)
	if err != nil {
		return "", "", err
	}
	fill := strings.NewReplacer(
		"{when}", When(f.Time, loc, l), "{with}", f.With, "{place}", f.Place, "{via}", nameOf(f.Via))
	text = fill.Replace(t.text)
	if f.From != "" {
		text += "\n\n" + f.From
	}
	return fill.Replace(t.subject), text + "\n", nil
}

// nameOf is a network's name with a capital letter.
func nameOf(n timebok.Network) string {
	first, size := utf8.DecodeRuneInString(string(n))
	return string(unicode.ToUpper(first)) + string(n[size:])
}

// When writes a time in words, such as "onsdag 2. desember 2026 kl. 09.00–09.50".
func When(p timebok.Period, loc *time.Location, l timebok.Lang) string {
	start, end := p.Start.In(loc), p.End.In(loc)
	names := calendarWords[l]
	if l == timebok.English {
		return fmt.Sprintf("%s %d %s %d at %s–%s", names.days[start.Weekday()], start.Day(),
			names.months[start.Month()-1], start.Year(), start.Format("15:04"), end.Format("15:04"))
	}
	return fmt.Sprintf("%s %d. %s %d kl. %s–%s", names.days[start.Weekday()], start.Day(),
		names.months[start.Month()-1], start.Year(), start.Format("15.04"), end.Format("15.04"))
}

// lang is the language of a mail: bokmål where none is known.
func lang(l timebok.Lang) timebok.Lang {
	switch l {
	case timebok.Nynorsk, timebok.English:
		return l
	}
	return timebok.Bokmaal
}

type key struct {
	lang timebok.Lang
	what booking.Happening
}

type template struct{ subject, text string }

var practitionerTexts = map[key]template{
	{timebok.Bokmaal, booking.NewBooking}: {"Ny time i kalenderen", "Det er kommet en ny time fra {via}: {when}.\nSe kalenderen for mer."},
	{timebok.Bokmaal, booking.Moved}:      {"Time flyttet", "En time fra {via} er endret. Den er nå {when}.\nSe kalenderen for mer."},
	{timebok.Bokmaal, booking.CalledOff}:  {"Time avbestilt", "En time fra {via} er avbestilt: {when}."},
	{timebok.Nynorsk, booking.NewBooking}: {"Ny time i kalenderen", "Det er komen ein ny time frå {via}: {when}.\nSjå kalenderen for meir."},
	{timebok.Nynorsk, booking.Moved}:      {"Time flytt", "Ein time frå {via} er endra. Han er no {when}.\nSjå kalenderen for meir."},
	{timebok.Nynorsk, booking.CalledOff}:  {"Time avbestilt", "Ein time frå {via} er avbestilt: {when}."},
	{timebok.English, booking.NewBooking}: {"New session in the calendar", "A new session has come from {via}: {when}.\nSee the calendar for more."},
	{timebok.English, booking.Moved}:      {"Session moved", "A session from {via} has changed. It is now {when}.\nSee the calendar for more."},
	{timebok.English, booking.CalledOff}:  {"Session cancelled", "A session from {via} is cancelled: {when}."},
}

var clientTexts = map[key]template{
	{timebok.Bokmaal, booking.Invited}:   {"Du har fått en time", "Du har fått en time {when} med {with}.\nSted: {place}"},
	{timebok.Bokmaal, booking.Moved}:     {"Timen din er flyttet", "Timen din er flyttet til {when} med {with}.\nSted: {place}"},
	{timebok.Bokmaal, booking.CalledOff}: {"Timen din er avbestilt", "Timen din {when} er avbestilt."},
	{timebok.Nynorsk, booking.Invited}:   {"Du har fått ein time", "Du har fått ein time {when} med {with}.\nStad: {place}"},
	{timebok.Nynorsk, booking.Moved}:     {"Timen din er flytt", "Timen din er flytt til {when} med {with}.\nStad: {place}"},
	{timebok.Nynorsk, booking.CalledOff}: {"Timen din er avbestilt", "Timen din {when} er avbestilt."},
	{timebok.English, booking.Invited}:   {"You have an appointment", "You have an appointment on {when} with {with}.\nPlace: {place}"},
	{timebok.English, booking.Moved}:     {"Your appointment is moved", "Your appointment is moved to {when} with {with}.\nPlace: {place}"},
	{timebok.English, booking.CalledOff}: {"Your appointment is cancelled", "Your appointment on {when} is cancelled."},
}

var calendarWords = map[timebok.Lang]struct {
	days   [7]string
	months [12]string
}{
	timebok.Bokmaal: {
		[7]string{"søndag", "mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag"},
		[12]string{"januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"},
	},
	timebok.Nynorsk: {
		[7]string{"sundag", "måndag", "tysdag", "onsdag", "torsdag", "fredag", "laurdag"},
		[12]string{"januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "desember"},
	},
	timebok.English: {
		[7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		[12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	},
}
