// Package behandlernettverk is a simulated provider network: what a clinic's
// journal meets on the other side of insurance/rest, with a payer that checks the
// EHF it is sent. It is a program's world for tests and demonstrations, and no
// model of the real Behandlernettverk, whose interface is not public.
//
//	network := behandlernettverk.New(&behandlernettverk.Options{
//		Clinics: []behandlernettverk.Clinic{{
//			Account: "klinikk-1", Key: timebok.Hide("key"),
//			Hook: "http://localhost:8080/hooks/klinikk-1", Secret: secret,
//		}},
//	})
//	go http.ListenAndServe("localhost:8090", network.Handler())
//	go network.Run(ctx) // sends webhooks
//
//	network.AddCase(networktest.NewCase("6QPTR", date.New(1990, 4, 1)))
//	free := network.Free("anne-1", "PSY45") // once the clinic has published it
//	made, err := network.Book(insurance.ExternalBooking{
//		Practitioner: "anne-1", Treatment: "PSY45", Start: free[0].Start, CaseNumber: "6QPTR",
//		Client: networktest.NewPerson("Kari Prøve", date.New(1990, 4, 1)),
//	})
//	_, err = network.Move(made.Booking.ID, free[1].Start)
//	_, err = network.Cancel(made.Booking.ID)
//
// What happens there reaches the clinic twice: by webhook, and in the feed that it
// polls. SetFaults makes both as bad as wanted: events come twice, late, in another
// order or not at all by webhook (the feed has every one in the end); calls fail,
// or work and lose their answer.
//
// What the network was told is in Acks, Reports and Offers. Receive is the payer's
// mailbox for EHF, and Transport is an access point that leads straight to it: each
// invoice is accepted or rejected with everything that is wrong (Verdict), by the
// published standard for treatment assignments and the deadlines of the terms.
//
// The control API of the handler (POST /control/...) does the same over HTTP, for
// people with curl; see Handler. Everything is in memory.
package behandlernettverk
