package pgtest

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// An owner is the user that the server runs as: PostgreSQL refuses root.
type owner struct{ credential *syscall.Credential }

// serverOwner is whoever runs the tests, or for root another user.
func serverOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return owner{}, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		return owner{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, err
	}
	return owner{}, errors.New("pgtest: the tests run as root, which PostgreSQL refuses, and there is no user postgres or nobody")
}

// give makes a folder the owner's.
func (o owner) give(dir string) error {
	if o.credential == nil {
		return nil
	}
	return os.Chown(dir, int(o.credential.Uid), int(o.credential.Gid))
}

// attr lets a process run as the owner, and end with the tests however they end.
func (o owner) attr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: o.credential, Pdeathsig: syscall.SIGQUIT}
}
