package series_test

import (
	"fmt"
	"time"

	"github.com/rickb777/date"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/series"
)

// caseOf is a case of three sessions that is valid to the end of June.
func caseOf(payer timebok.PayerID) series.Series {
	last := date.New(2026, time.June, 30)
	s, err := series.Open(series.Series{
		ID: timebok.DeriveID[series.Series]("6QPTR"), Client: timebok.DeriveID[timebok.Client]("ola"),
		Kind: series.InsuranceCase, Name: "Forsikringssak 6QPTR", Case: series.Case{Number: "6QPTR"},
	}, series.Approval{Source: series.ByHand, Terms: series.Terms{
		ValidTo: &last,
		Caps:    []series.Cap{series.Sessions(3)},
		Billing: timebok.Billing{To: timebok.Recipient{Payer: payer}, By: timebok.EHF},
	}}, time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	if err != nil {
		panic(err)
	}
	return s
}

// What was approved is a history, what staff correct lies on top of it, and the
// terms follow from both.
func ExampleSeries() {
	s := caseOf(timebok.DeriveID[timebok.Payer]("insurer"))

	more := s.Terms()
	more.Caps = []series.Cap{series.Sessions(8)}
	s, _ = s.Extend(series.Approval{Source: series.ByHand, Note: "letter 17", Terms: more})

	later := date.New(2026, time.August, 31)
	s, err := s.Correct(series.Override{Why: "agreed on the telephone", ValidTo: &later})
	fmt.Println(err)

	for _, a := range s.Approvals {
		fmt.Println("approved:", a.Terms.Caps[0].Sessions, "sessions to", a.Terms.ValidTo)
	}
	fmt.Println("holds:", s.Terms().Caps[0].Sessions, "sessions to", s.Terms().ValidTo)
	// Output:
	// <nil>
	// approved: 3 sessions to 2026-06-30
	// approved: 8 sessions to 2026-06-30
	// holds: 8 sessions to 2026-08-31
}

// Use is derived from the sessions each time; nothing is counted up and down.
func ExampleSeries_Use() {
	s := caseOf(timebok.DeriveID[timebok.Payer]("insurer"))
	s, _ = s.Adjust(series.Adjustment{Opening: true, Sessions: 1}) // held elsewhere
	use := s.Use([]series.Session{
		{Stage: series.Delivered}, {Stage: series.NoShow}, {Stage: series.Booked}, {Stage: series.Void},
	})
	fmt.Println(use.Delivered, "delivered,", use.Booked, "booked,", use.Adjusted, "elsewhere")
	fmt.Println(use.Lines[0].Used, "of", use.Lines[0].Cap.Sessions, "used,", use.Lines[0].Remaining, "left")
	// Output:
	// 1 delivered, 1 booked, 1 elsewhere
	// 3 of 3 used, 0 left
}

// Admit says all that speaks against one more session.
func ExampleSeries_Admit() {
	s := caseOf(timebok.DeriveID[timebok.Payer]("insurer"))
	three := []series.Session{{Stage: series.Booked}, {Stage: series.Booked}, {Stage: series.Booked}}
	for _, r := range s.Admit(three, series.Session{Stage: series.Booked}, date.New(2026, time.July, 1)) {
		fmt.Println(r.Code()+":", r.Text(timebok.Bokmaal))
	}
	// Output:
	// case.expired: saken gjaldt til og med 30.06.2026
	// cap.exhausted: rammen på 3 er brukt opp, denne ville gjort det til 4
}
