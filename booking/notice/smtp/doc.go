// Package smtp is a notice.Mailer that hands mails to an SMTP server (RFC 5321), by
// github.com/wneessen/go-mail. A mail with an entry for the calendar is text and
// text/calendar side by side, as RFC 6047 has it, with the same entry as a file for
// programs that look for one.
package smtp
