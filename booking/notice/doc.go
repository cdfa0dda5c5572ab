// Package notice writes the mails about bookings and hands them to the host's
// mailer: to the practitioner about what the network did, to the client who is
// invited.
//
// Texts are neutral by default: no service, insurer, case or diagnosis, and no
// name of the client in a mail to the practitioner, since mail is not a place for
// health data (Normen). Post is the handler that the relay calls.
package notice
