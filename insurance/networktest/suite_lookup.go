package networktest

import (
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rickb777/date"
	"github.com/timebok/timebok"
	"github.com/timebok/timebok/insurance"
	"github.com/timebok/timebok/series"
)

// What the contract says of Lookup.

// lookupCase makes a case with everything in it known to the network.
func (s *suite) lookupCase(name string) insurance.Case {
	c := NewCase(s.named(name), born)
	c.Network = s.Network.Name()
	c.ValidFrom, c.ValidTo = new(date.New(2031, 1, 1)), new(date.New(2031, 12, 31))
	c.Caps = []series.Cap{
		series.Sessions(10), {Unit: series.CapSessions, Treatment: s.Treatment, Sessions: 6},
		{Unit: series.CapAmount, Amount: timebok.Ore(1_234_550)},
	}
	c.Used = 2
	c.Share = series.Share{Fixed: timebok.Kroner(250)}
	s.AddCase(c)
	return c
}

func (s *suite) same(what string, got, want insurance.Case) {
	s.Helper()
	got.FetchedAt = want.FetchedAt // the adapter's own
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		s.Errorf("%s differs from what the network has (-want +got):\n%s", what, diff)
	}
}

func (s *suite) known() {
	if !s.Network.Can().Lookup {
		return
	}
	want := s.lookupCase("known")
	s.same("the case", s.lookup(want.Number), want)
	percent := NewCase(s.named("percent"), born)
	percent.Network, percent.BirthDate, percent.Caps = want.Network, nil, nil
	percent.Share = series.Share{Percent: 1250}
	s.AddCase(percent)
	s.same("the case that says little", s.lookup(percent.Number), percent)
}

func (s *suite) unknown() {
	if s.Network.Can().Lookup {
		s.refused("Lookup", insurance.UnknownCase, func() error {
			_, err := s.Network.Lookup(s.Context(), s.Connection, s.named("nowhere"), s.Now())
			return err
		})
	}
}

func (s *suite) closed() {
	if !s.Network.Can().Lookup {
		return
	}
	want := s.lookupCase("closed")
	s.ChangeCase(want.Number, func(c *insurance.Case) { c.Status = insurance.CaseClosed })
	want.Status = insurance.CaseClosed
	s.same("the closed case", s.lookup(want.Number), want)
}

func (s *suite) asOf() {
	if !s.Network.Can().Lookup {
		return
	}
	was := s.lookupCase("as of")
	s.Pass()
	before := s.Now()
	s.Pass()
	is := was
	is.Caps, is.ValidTo = []series.Cap{series.Sessions(16)}, nil
	s.ChangeCase(was.Number, func(c *insurance.Case) { c.Caps, c.ValidTo = is.Caps, nil })
	s.Pass()
	s.same("the case as of before the change", s.lookupAsOf(was.Number, before), was)
	s.same("the case as of now", s.lookup(was.Number), is)
}

func (s *suite) quota() {
	if !s.Network.Can().Lookup {
		return
	}
	want := s.lookupCase("quota")
	for _, n := range []int{16, 3, 0} {
		s.Pass()
		want.Caps = []series.Cap{series.Sessions(n)}
		s.ChangeCase(want.Number, func(c *insurance.Case) { c.Caps = []series.Cap{series.Sessions(n)} })
		s.same("the case", s.lookup(want.Number), want)
	}
}
