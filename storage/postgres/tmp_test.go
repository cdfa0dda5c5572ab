package postgres_test

import (
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func pgcpu(parent int) (ticks int64) {
	es, _ := os.ReadDir("/proc")
	for _, e := range es {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		b, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		s := string(b)
		i := strings.LastIndex(s, ")")
		f := strings.Fields(s[i+2:])
		pp, _ := strconv.Atoi(f[1])
		if pp == parent {
			u, _ := strconv.ParseInt(f[11], 10, 64)
			k, _ := strconv.ParseInt(f[12], 10, 64)
			ticks += u + k
		}
	}
	return
}
func postmaster() int {
	es, _ := os.ReadDir("/proc")
	me := os.Getpid()
	for _, e := range es {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		b, err := os.ReadFile("/proc/" + e.Name() + "/stat")
		if err != nil {
			continue
		}
		s := string(b)
		i := strings.LastIndex(s, ")")
		f := strings.Fields(s[i+2:])
		pp, _ := strconv.Atoi(f[1])
		if pp == me && strings.Contains(s, "postgres") {
			p, _ := strconv.Atoi(e.Name())
			return p
		}
	}
	return 0
}
func selfcpu() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(0, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
func BenchmarkCPU(b *testing.B) {
	r := newRace(b, 4)
	pm := postmaster()
	if f := os.Getenv("PROF"); f != "" {
		o, _ := os.Create(f)
		defer o.Close()
		pprof.StartCPUProfile(o)
		defer pprof.StopCPUProfile()
	}
	n := 4000
	for round := range 2 {
		for i, l := range r.lanes {
			if os.Getenv("PROF") != "" && i == 1 {
				continue
			}
			s0, c0, t0 := pgcpu(pm), selfcpu(), time.Now()
			r.turn(b, l, n)
			s1, c1 := pgcpu(pm), selfcpu()
			fmt.Printf("%d %s: server %.0f us, client %.0f us, wall %.0f us\n", round, []string{"lib", "hand"}[i], float64(s1-s0)*10000/float64(n), float64((c1-c0).Microseconds())/float64(n), float64(time.Since(t0).Microseconds())*4/float64(n))
		}
	}
}
