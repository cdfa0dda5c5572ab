// Package notice writes the mails and SMS about bookings and hands them to the
// host's mailer and SMS gateway: to the practitioner about what the network did, to
// the client who is invited, with an entry for the calendar, and reminded.
//
// Texts are neutral by default: no service, insurer, case or diagnosis, and no
// name of the client in a mail to the practitioner, since mail is not a place for
// health data (Normen). Post is the handler that the relay calls. It asks for the
// client's consent when a message is sent, and drops what no longer holds.
package notice
