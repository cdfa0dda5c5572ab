// Package booking models bookings (bookinger, timeavtaler) in the calendars of
// practitioners, and holds the use-cases of the desk.
//
// The rules are pure: a View is what a decision needs to know, and the Decide
// methods of Desk turn a View and a command into Changes, or into a refusal with
// every reason. A use-case loads the View, decides, and saves the Changes; the
// therapist's bookings and the network's meet in Desk.DecideBook and stay
// together from there. Check is the same decision without the save.
package booking
