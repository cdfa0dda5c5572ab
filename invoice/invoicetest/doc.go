// Package invoicetest has a fake access point, Recorder, and Run, the suite that
// any invoice.Transport must pass:
//
//	func TestTransport(t *testing.T) {
//		invoicetest.Run(t, invoicetest.Harness{
//			Open: func(t *testing.T) invoice.Transport { return mine.New(sandbox) },
//			Sent: func(t *testing.T, _ invoice.Transport) []invoicetest.Sent { return sandbox.Documents() },
//		})
//	}
package invoicetest
