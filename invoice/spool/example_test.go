package spool_test

import (
	"context"
	"fmt"
	"os"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/invoice"
	"github.com/timebok/timebok/invoice/spool"
)

// A Sender usually calls Submit, once for each invoice that was issued.
func ExampleDir() {
	path, err := os.MkdirTemp("", "spool")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(path)

	seller, _ := timebok.ParseOrgNumber("988077917")
	insurer, _ := timebok.ParseOrgNumber("995525828")
	ready := invoice.Submission{
		Key: "019a0000-0000-7000-8000-000000000001", Number: 1001, Kind: invoice.Bill,
		Sender: seller, Receiver: insurer,
		Document: invoice.Document{Type: "application/xml", Body: []byte("<Invoice/>")},
	}
	dir := spool.Dir{Path: path}
	for range 2 { // the second time changes nothing
		receipt, err := dir.Submit(context.Background(), ready)
		fmt.Println(receipt.ID, err)
	}

	ready.Document.Body = []byte("<Invoice>changed</Invoice>")
	_, err = dir.Submit(context.Background(), ready)
	fmt.Println(err)

	// Output:
	// invoice-1001-019a0000-0000-7000-8000-000000000001.xml <nil>
	// invoice-1001-019a0000-0000-7000-8000-000000000001.xml <nil>
	// timebok: refused: Key: another document was handed over with that key before [submission.key]
}
