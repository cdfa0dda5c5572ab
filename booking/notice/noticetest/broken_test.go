package noticetest_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/booking/notice/noticetest"
)

// Each mistake that an adapter can make, and the subtest of the suite that finds it.
var mistakes = []struct {
	name, found string
	make        func(p *noticetest.Phone) notice.TexterFunc
}{
	{"cuts", "an_SMS_arrives_as_it_was_written", func(p *noticetest.Phone) notice.TexterFunc {
		return func(ctx context.Context, m notice.SMS) error {
			m.Text = string([]rune(m.Text)[:min(160, len([]rune(m.Text)))])
			return p.SendSMS(ctx, m)
		}
	}},
	{"refuses a second time", "one_that_comes_twice_arrives,_and_is_no_error", func(p *noticetest.Phone) notice.TexterFunc {
		var seen sync.Map
		return func(ctx context.Context, m notice.SMS) error {
			if _, twice := seen.LoadOrStore(m.ID, true); twice {
				return errors.New("seen")
			}
			return p.SendSMS(ctx, m)
		}
	}},
	{"tries the dead again", "a_number_that_can't_be_reached_is_permanent", func(p *noticetest.Phone) notice.TexterFunc {
		return func(ctx context.Context, m notice.SMS) error {
			err := p.SendSMS(ctx, m)
			if timebok.IsPermanent(err) {
				return errors.New("no such number")
			}
			return err
		}
	}},
	{"talks", "a_number_that_can't_be_reached_is_permanent", func(p *noticetest.Phone) notice.TexterFunc {
		return func(ctx context.Context, m notice.SMS) error {
			err := p.SendSMS(ctx, m)
			if timebok.IsPermanent(err) {
				return timebok.Permanent(fmt.Errorf("no such number: %s", m.To.Reveal()))
			}
			return err
		}
	}},
	{"gives up", "no_answer_is_unavailable,_and_the_SMS_can_be_sent_again", func(p *noticetest.Phone) notice.TexterFunc {
		return func(ctx context.Context, m notice.SMS) error {
			if err := p.SendSMS(ctx, m); err != nil {
				return timebok.Permanent(err)
			}
			return nil
		}
	}},
	{"goes on", "an_ended_context_ends_the_call", func(p *noticetest.Phone) notice.TexterFunc {
		return func(ctx context.Context, m notice.SMS) error { return p.SendSMS(context.WithoutCancel(ctx), m) }
	}},
	{"loses some", "many_can_send_at_once", func(p *noticetest.Phone) notice.TexterFunc {
		var n atomic.Int32
		return func(ctx context.Context, m notice.SMS) error {
			if strings.HasPrefix(m.Text, "nr.") && n.Add(1)%7 == 0 {
				return nil
			}
			return p.SendSMS(ctx, m)
		}
	}},
}

const brokenEnv = "TIMEBOK_TEST_BROKEN_TEXTER"

// TestBrokenAdapter runs the suite on the adapter that the environment names.
func TestBrokenAdapter(t *testing.T) {
	for _, m := range mistakes {
		if os.Getenv(brokenEnv) == m.name {
			phone := &noticetest.Phone{}
			run(t, phone, m.make(phone))
		}
	}
}

// The suite finds every mistake, and where it is.
func TestSuiteFinds(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestBrokenAdapter$", "-test.v")
			cmd.Env = append(os.Environ(), brokenEnv+"="+m.name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestBrokenAdapter/"+m.found+" ") {
				t.Errorf("%v, and not found by %q:\n%s", err, m.found, out)
			}
		})
	}
}
