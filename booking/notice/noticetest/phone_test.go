package noticetest_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/timebok/timebok"
	"github.com/timebok/timebok/booking/notice"
	"github.com/timebok/timebok/booking/notice/noticetest"
)

func number(n int) timebok.PhoneNumber {
	p, err := timebok.ParsePhoneNumber(fmt.Sprintf("+4740%06d", n))
	if err != nil {
		panic(err)
	}
	return p
}

func TestPhone(t *testing.T) {
	phone := &noticetest.Phone{}
	run(t, phone, phone)
}

// run is the suite on an adapter to the telephone.
func run(t *testing.T, phone *noticetest.Phone, adapter notice.Texter) {
	n := 0
	phone.Kill(number(0))
	noticetest.RunTexter(t, noticetest.Harness{
		Texter: adapter, Dead: number(0), Silence: phone.Silence,
		Number: func() timebok.PhoneNumber { n++; return number(n) },
		Inbox: func(of timebok.PhoneNumber) (texts []string) {
			for _, m := range phone.Inbox(of) {
				texts = append(texts, m.Text)
			}
			return texts
		},
	})
}

func TestFaults(t *testing.T) {
	phone := &noticetest.Phone{}
	m := notice.SMS{ID: timebok.DeriveID[timebok.Message]("m"), To: number(1), Text: "x"}
	phone.Busy(time.Minute)
	err := phone.SendSMS(t.Context(), m)
	if pause, ok := timebok.RetryPause(err); !ok || pause != time.Minute {
		t.Errorf("busy: %v", err)
	}
	phone.Busy(0)
	phone.Forget(1)
	if err := phone.SendSMS(t.Context(), m); !errors.Is(err, timebok.ErrUnavailable) {
		t.Errorf("forgot its answer: %v", err)
	}
	if err := phone.SendSMS(t.Context(), m); err != nil || len(phone.Inbox(m.To)) != 1 {
		t.Errorf("again: %v, %d arrived", err, len(phone.Inbox(m.To)))
	}
	if err := phone.SendSMS(t.Context(), notice.SMS{}); !timebok.IsPermanent(err) || !errors.Is(err, timebok.ErrInvalid) {
		t.Errorf("nothing: %v", err)
	}
}
