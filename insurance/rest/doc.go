// Package rest connects clinics to a provider network over HTTP with JSON. The
// booking interfaces of real networks are not public, so the contract is our own,
// small and versioned: version 1, under /v1, as OpenAPI (OpenAPI). Within a version
// fields may be added, and whoever reads ignores what it does not know.
//
// Client is an insurance.Network: it polls, looks cases up, and tells. Receiver is
// the http.Handler for webhooks; what it receives goes through the same inbox as
// what is polled, so both may run side by side. Serve is the network's side of the
// contract over any insurance.Network: a gateway to a network that speaks another
// language needs only the port.
//
// # Repeats
//
// Every call may be repeated: reading is GET, and telling is PUT under the ID of the
// message, which is the same in every attempt. So the Client tries each call a few
// times, with growing random pauses, when there is no answer, one of 408, 425, 429 or
// 5xx, or one that is not of the contract, and waits as long as Retry-After asks. A
// limiter keeps the rate of all clinics together, and after many failures of one
// clinic's calls in a row a breaker answers them in the network's place for a while,
// so that neither a relay's workers nor a poll stand in line for time-outs.
//
// # Webhooks
//
// Webhooks are signed as Standard Webhooks 1.0 says (standardwebhooks.com): HMAC
// with SHA-256 over ID, timestamp and body. A body that was signed too long ago, or
// for later, is refused; a repeat within that time finds its event in the inbox.
//
// # Secrets
//
// A clinic's key and webhook secrets are timebok.Private, which shows itself
// nowhere. They travel in headers only, and to HTTPS only, but on the same machine.
// No error holds an address, a key or what was sent.
package rest
