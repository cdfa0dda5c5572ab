// Package networktest has a provider network that lives in memory, for programs
// and tests, and the suite that every adapter to a real network passes.
//
// A Fake is an insurance.Network that behaves: it has cases whose quota rises and
// falls, bookings that are made, moved and called off at its end, a feed of them
// with cursor and pages, and it remembers what it was told. Faults make it as
// unpleasant as real ones are.
//
//	network := networktest.New(nil)
//	network.AddCase(networktest.NewCase("6QPTR", date.New(1990, 4, 1)))
//	network.Book(insurance.ExternalBooking{
//		Practitioner: "anne-1", Treatment: "PSY45", Start: monday, CaseNumber: "6QPTR",
//		Client: networktest.NewPerson("Kari Prøve", date.New(1990, 4, 1)),
//	})
//	tally, err := intake.Poll(ctx, clinic, network)
//
// The booking interface of the real Behandlernettverk is not public. The Fake is
// what insurance.Network promises, not a model of that network.
package networktest
