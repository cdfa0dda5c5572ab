// Package timebok is the shared vocabulary of Timebok, a library for journal
// systems in Norwegian health care. Its job: a client with an approved insurance
// case gets a session in the calendar, and the insurer gets a valid EHF invoice
// for it - by itself where that can be, in a few sure steps where it can't.
//
// # Reading order
//
//   - timebok (this package): clinics, practitioners, clients, services, payers;
//     numbers that check themselves; money, periods, wall time; errors and their
//     reasons; actors, audit entries and messages.
//   - series: what groups a client's bookings, says who is billed, and caps them.
//   - booking: bookings, working hours, free slots, and the use-cases of the Desk.
//   - insurance: the port to provider networks, cases by sakID, and the Intake of
//     the networks' events.
//   - invoice: drafts, pre-flight, issue, credit; the port to access points.
//     invoice/ehf writes EHF Billing 3.0.
//   - storage: the port to the host's database; storage/memory, storage/sqlite and
//     storage/postgres are backends, storage/storagetest is the suite for others,
//     storage/outbox performs what leaves the process.
//
// Each imports only what stands above it: timebok <- series <- booking <-
// insurance <- invoice <- storage <- storage/* <- examples. A host that imports
// the subjects compiles no database driver, no network and no mail.
//
// # The main job
//
// A host opens a store, and gives every command the transaction that it runs in:
//
//	err := store.Update(ctx, clinic, func(ctx context.Context, tx storage.Tx) (err error) {
//		b, err = desk.Book(ctx, tx, by, booking.Request{
//			Client: kari, Series: s, Service: therapy, With: ola, Start: nine,
//		})
//		return err
//	})
//
// Whatever leaves the process - a mail, an acknowledgement, an invoice - is a
// Message saved in the same transaction, performed by the relay afterwards.
//
// # Errors
//
// Six sentinels say what to do, typed errors say what happened, and a Refusal or
// InvalidError lists every reason, each with a stable code, the field, and a text
// in bokmål, nynorsk and English. ReasonsOf gives such reasons of the other errors,
// too. No error says anything about a person.
//
// # Privacy
//
// Names, addresses and birth numbers are types that mask themselves when printed,
// logged or marshalled; Reveal is the only way out.
package timebok
