// Package noticetest is a telephone for tests, and the suite for adapters to SMS
// gateways. The telephone passes its own suite.
package noticetest
