package smtp_test

import (
	"context"
	"fmt"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/booking/notice/smtp"
	"github.com/timebok/timebok/storage"
	"github.com/timebok/timebok/storage/memory"
	"github.com/timebok/timebok/storage/outbox"
)

// How a host wires its mail server: the relay calls Post, and Post the server. With
// a wrong setting the mails wait, and the error says what is to be mended.
func ExampleServer() {
	store := storage.New(memory.New(), nil)
	from, err := timebok.ParseEmailAddress("ikke-svar@journal.example")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &smtp.Server{
		Host: "smtp.journal.example", Security: smtp.StartTLS, // on port 587
		User: "journal", Password: "from the host's vault",
		From: from,
	}
	post := &notice.Post{
		Mailer: server,
		View:   storage.In[booking.Tx](store.View),
		Organizer: func(clinic timebok.ClinicID) timebok.EmailAddress { // the answers tell the clinic
			address, _ := timebok.ParseEmailAddress("svar+" + clinic.String() + "@journal.example")
			return address
		},
	}
	relay := outbox.Relay{Store: store, Handlers: map[timebok.MessageKind]timebok.Handler{
		booking.MailPractitioner: post, booking.MailClient: post,
	}}
	report, err := relay.RunOnce(context.Background()) // Run, in a program
	fmt.Println(report, err)

	server.Password = ""
	fmt.Println(server.Send(context.Background(), notice.Mail{}))
	// Output:
	// {0 0 0 0 0} <nil>
	// timebok: invalid: Password: must be given [field.missing]
}
