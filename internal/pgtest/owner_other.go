//go:build !linux

package pgtest

import "syscall"

// An owner is the user that the server runs as: whoever runs the tests.
type owner struct{}

func serverOwner() (owner, error)        { return owner{}, nil }
func (owner) give(string) error          { return nil }
func (owner) attr() *syscall.SysProcAttr { return nil }
