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

// A Writer writes subject and text of a message; an SMS has no subject. The host's
// own stand in Post. A happening that it has no words for is an
// *timebok.InvalidError. Keep them neutral: others may see the screen.
type Writer = func(f Facts, l timebok.Lang) (subject, text string, err error)

// ToPractitioner writes subject and text of a mail to the practitioner.
func ToPractitioner(f Facts, l timebok.Lang) (subject, text string, err error) {
	return write(practitionerTexts, f, l)
}

// ToClient writes subject and text of a mail to the client.
func ToClient(f Facts, l timebok.Lang) (subject, text string, err error) {
	return write(clientTexts, f, l)
}

// ToPhone writes the text of an SMS to the client. With a short Facts.From it fits
// in one: 160 characters of the GSM alphabet, which has no dash but the hyphen.
func ToPhone(f Facts, l timebok.Lang) (subject, text string, err error) {
	_, text, err = write(phoneTexts, f, l)
	return "", strings.TrimSpace(strings.ReplaceAll(text, "\n\n", "\n")), err
}

// Title is what a calendar calls a session.
func Title(l timebok.Lang) string {
	if l == timebok.English {
		return "Appointment"
	}
	return "Time"
}

func write(texts map[key]template, f Facts, l timebok.Lang) (subject, text string, err error) {
	t, ok := texts[key{l, f.What}]
	if !ok {
		return "", "", timebok.Reasons{timebok.BadValue.At("What")}.Invalid()
	}
	loc, err := timebok.LoadZone(f.Zone)
	if err != nil {
		return "", "", err
	}
	text = t.text
	if f.Place == "" {
		text, _, _ = strings.Cut(text, "\n"+placeWords[l])
	}
	from := ""
	if f.Via != "" {
		from = " " + fromWords[l] + " " + nameOf(f.Via)
	}
	fill := strings.NewReplacer(
		"{when}", When(f.Time, loc, l), "{start}", start(f.Time, loc, l), "{with}", f.With, "{place}", f.Place, "{from}", from)
	text = fill.Replace(text)
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

// start writes when it begins, shorter: "onsdag 2. desember kl. 09.00".
func start(p timebok.Period, loc *time.Location, l timebok.Lang) string {
	t, names := p.Start.In(loc), calendarWords[l]
	if l == timebok.English {
		return fmt.Sprintf("%s %d %s at %s", names.days[t.Weekday()], t.Day(), names.months[t.Month()-1], t.Format("15:04"))
	}
	return fmt.Sprintf("%s %d. %s kl. %s", names.days[t.Weekday()], t.Day(), names.months[t.Month()-1], t.Format("15.04"))
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

// Words in which the texts below differ by what is known.
var (
	fromWords  = map[timebok.Lang]string{timebok.Bokmaal: "fra", timebok.Nynorsk: "frå", timebok.English: "from"}
	placeWords = map[timebok.Lang]string{timebok.Bokmaal: "Sted:", timebok.Nynorsk: "Stad:", timebok.English: "Place:"}
)

var practitionerTexts = map[key]template{
	{timebok.Bokmaal, booking.NewBooking}: {"Ny time i kalenderen", "Det er kommet en ny time{from}: {when}.\nSe kalenderen for mer."},
	{timebok.Bokmaal, booking.Moved}:      {"Time flyttet", "En time{from} er endret. Den er nå {when}.\nSe kalenderen for mer."},
	{timebok.Bokmaal, booking.HandedOver}: {"Time overført", "En time{from} er overført til en annen behandler. Den var {when}."},
	{timebok.Bokmaal, booking.CalledOff}:  {"Time avbestilt", "En time{from} er avbestilt: {when}."},
	{timebok.Nynorsk, booking.NewBooking}: {"Ny time i kalenderen", "Det er komen ein ny time{from}: {when}.\nSjå kalenderen for meir."},
	{timebok.Nynorsk, booking.Moved}:      {"Time flytt", "Ein time{from} er endra. Han er no {when}.\nSjå kalenderen for meir."},
	{timebok.Nynorsk, booking.HandedOver}: {"Time overført", "Ein time{from} er overført til ein annan behandlar. Han var {when}."},
	{timebok.Nynorsk, booking.CalledOff}:  {"Time avbestilt", "Ein time{from} er avbestilt: {when}."},
	{timebok.English, booking.NewBooking}: {"New session in the calendar", "A new session has come{from}: {when}.\nSee the calendar for more."},
	{timebok.English, booking.Moved}:      {"Session moved", "A session{from} has changed. It is now {when}.\nSee the calendar for more."},
	{timebok.English, booking.HandedOver}: {"Session handed over", "A session{from} is handed over to another practitioner. It was {when}."},
	{timebok.English, booking.CalledOff}:  {"Session cancelled", "A session{from} is cancelled: {when}."},
}

var clientTexts = map[key]template{
	{timebok.Bokmaal, booking.Invited}:   {"Du har fått en time", "Du har fått en time {when} med {with}.\nSted: {place}"},
	{timebok.Bokmaal, booking.Confirmed}: {"Timen din er bekreftet", "Timen din {when} med {with} er bekreftet.\nSted: {place}"},
	{timebok.Bokmaal, booking.Moved}:     {"Timen din er flyttet", "Timen din er flyttet til {when} med {with}.\nSted: {place}"},
	{timebok.Bokmaal, booking.CalledOff}: {"Timen din er avbestilt", "Timen din {when} er avbestilt."},
	{timebok.Bokmaal, booking.Reminded}:  {"Påminnelse om time", "Vi minner om timen din {when} med {with}.\nSted: {place}"},
	{timebok.Nynorsk, booking.Invited}:   {"Du har fått ein time", "Du har fått ein time {when} med {with}.\nStad: {place}"},
	{timebok.Nynorsk, booking.Confirmed}: {"Timen din er stadfesta", "Timen din {when} med {with} er stadfesta.\nStad: {place}"},
	{timebok.Nynorsk, booking.Moved}:     {"Timen din er flytt", "Timen din er flytt til {when} med {with}.\nStad: {place}"},
	{timebok.Nynorsk, booking.CalledOff}: {"Timen din er avbestilt", "Timen din {when} er avbestilt."},
	{timebok.Nynorsk, booking.Reminded}:  {"Påminning om time", "Vi minner om timen din {when} med {with}.\nStad: {place}"},
	{timebok.English, booking.Invited}:   {"You have an appointment", "You have an appointment on {when} with {with}.\nPlace: {place}"},
	{timebok.English, booking.Confirmed}: {"Your appointment is confirmed", "Your appointment on {when} with {with} is confirmed.\nPlace: {place}"},
	{timebok.English, booking.Moved}:     {"Your appointment is moved", "Your appointment is moved to {when} with {with}.\nPlace: {place}"},
	{timebok.English, booking.CalledOff}: {"Your appointment is cancelled", "Your appointment on {when} is cancelled."},
	{timebok.English, booking.Reminded}:  {"Reminder of your appointment", "This is a reminder of your appointment on {when} with {with}.\nPlace: {place}"},
}

var phoneTexts = map[key]template{
	{timebok.Bokmaal, booking.Invited}:   {text: "Du har fått en time {start}."},
	{timebok.Bokmaal, booking.Confirmed}: {text: "Timen din {start} er bekreftet."},
	{timebok.Bokmaal, booking.Moved}:     {text: "Timen din er flyttet til {start}."},
	{timebok.Bokmaal, booking.CalledOff}: {text: "Timen din {start} er avbestilt."},
	{timebok.Bokmaal, booking.Reminded}:  {text: "Vi minner om timen din {start}."},
	{timebok.Nynorsk, booking.Invited}:   {text: "Du har fått ein time {start}."},
	{timebok.Nynorsk, booking.Confirmed}: {text: "Timen din {start} er stadfesta."},
	{timebok.Nynorsk, booking.Moved}:     {text: "Timen din er flytt til {start}."},
	{timebok.Nynorsk, booking.CalledOff}: {text: "Timen din {start} er avbestilt."},
	{timebok.Nynorsk, booking.Reminded}:  {text: "Vi minner om timen din {start}."},
	{timebok.English, booking.Invited}:   {text: "You have an appointment on {start}."},
	{timebok.English, booking.Confirmed}: {text: "Your appointment on {start} is confirmed."},
	{timebok.English, booking.Moved}:     {text: "Your appointment is moved to {start}."},
	{timebok.English, booking.CalledOff}: {text: "Your appointment on {start} is cancelled."},
	{timebok.English, booking.Reminded}:  {text: "This is a reminder of your appointment on {start}."},
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
