package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The tests in a browser need Chromium (in Debian: apt-get install chromium). They
// can be switched off by name: TIMEBOK_TEST_BROWSER=off.
const browserOff = "TIMEBOK_TEST_BROWSER"

// chromium is one browser for all tests, started by the first.
var chromium struct {
	once sync.Once
	ctx  context.Context
	stop func()
	err  error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if chromium.stop != nil {
		chromium.stop()
	}
	os.Exit(code)
}

func startChromium() {
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		chromium.err = errors.New("there is no chromium; apt-get install chromium, or switch these tests off with " + browserOff + "=off")
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WSURLReadTimeout(2*time.Minute))
	if os.Getuid() == 0 { // in a container
		options = append(options, chromedp.NoSandbox)
	}
	allocated, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocated)
	chromium.ctx, chromium.stop = ctx, func() { stop(); stopAllocator() }
	chromium.err = chromedp.Run(ctx)
}

// A screen is a browser window of its own, with its own cookies. It finds what it
// works on by role and accessible name, as a screen reader does.
type screen struct {
	t   testing.TB
	ctx context.Context
	url string
}

// patience is how long a screen waits for something to appear. It is long because a
// test may be slow, and costs nothing if it isn't.
const patience = 60 * time.Second

func (c *clinic) screen(t testing.TB) *screen {
	t.Helper()
	if os.Getenv(browserOff) == "off" {
		t.Skip("switched off with " + browserOff)
	}
	chromium.once.Do(startChromium)
	if chromium.err != nil {
		t.Fatal(chromium.err)
	}
	ctx, stop := chromedp.NewContext(chromium.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	s := &screen{t, ctx, c.url}
	s.size(1280, 900)
	s.open("/")
	return s
}

func (s *screen) run(actions ...chromedp.Action) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.ctx, patience)
	defer stop()
	if err := chromedp.Run(ctx, actions...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *screen) open(path string) {
	s.t.Helper()
	s.run(chromedp.Navigate(s.url + path))
}

func (s *screen) size(width, height int64) {
	s.t.Helper()
	s.run(emulation.SetDeviceMetricsOverride(width, height, 1, width < 600))
}

// until tries again what may not be possible yet, because the page is still on its
// way or was just replaced.
func (s *screen) until(what string, try func(ctx context.Context) error) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.ctx, patience)
	defer stop()
	for {
		err := chromedp.Run(ctx, chromedp.ActionFunc(try))
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			s.t.Fatalf("%s: %v\n%s", what, err, s.text())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// find returns the one thing with that role and name that is not ignored. With
// several it is the first.
func find(ctx context.Context, role, name string) (*accessibility.Node, error) {
	root, err := dom.GetDocument().Do(ctx)
	if err != nil {
		return nil, err
	}
	query := accessibility.QueryAXTree().WithNodeID(root.NodeID).WithRole(role)
	if name != "" {
		query = query.WithAccessibleName(name)
	}
	nodes, err := query.Do(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if !n.Ignored {
			return n, nil
		}
	}
	return nil, fmt.Errorf("there is no %s with the name %q", role, name)
}

// sees waits for something with that role and name.
func (s *screen) sees(role, name string) {
	s.t.Helper()
	s.until("see "+name, func(ctx context.Context) error {
		_, err := find(ctx, role, name)
		return err
	})
}

// press clicks with the mouse on a button, link or whatever has the name.
func (s *screen) press(role, name string) {
	s.t.Helper()
	s.until("press "+name, func(ctx context.Context) error {
		n, err := find(ctx, role, name)
		if err != nil {
			return err
		}
		if err := dom.ScrollIntoViewIfNeeded().WithBackendNodeID(n.BackendDOMNodeID).Do(ctx); err != nil {
			return err
		}
		quads, err := dom.GetContentQuads().WithBackendNodeID(n.BackendDOMNodeID).Do(ctx)
		if err != nil || len(quads) == 0 {
			return fmt.Errorf("%s %q has no place on the screen: %v", role, name, err)
		}
		q := quads[0]
		return chromedp.MouseClickXY((q[0]+q[4])/2, (q[1]+q[5])/2).Do(ctx)
	})
}

// call runs a function on an element and returns what it says.
func call[T any](ctx context.Context, id cdp.BackendNodeID, function string, args ...any) (T, error) {
	var out T
	object, err := dom.ResolveNode().WithBackendNodeID(id).Do(ctx)
	if err != nil {
		return out, err
	}
	err = chromedp.CallFunctionOn(function, &out, func(p *runtime.CallFunctionOnParams) *runtime.CallFunctionOnParams {
		return p.WithObjectID(object.ObjectID)
	}, args...).Do(ctx)
	return out, err
}

// fill writes into a field, with the keyboard, and leaves it.
func (s *screen) fill(name, text string) {
	s.t.Helper()
	s.until("fill "+name, func(ctx context.Context) error {
		var n *accessibility.Node
		var err error
		for _, role := range []string{"textbox", "combobox"} {
			if n, err = find(ctx, role, name); err == nil {
				break
			}
		}
		if err != nil {
			return err
		}
		if _, err := call[bool](ctx, n.BackendDOMNodeID, `function() { this.focus(); this.select(); return true }`); err != nil {
			return err
		}
		if err := input.InsertText(text).Do(ctx); err != nil {
			return err
		}
		got, err := call[string](ctx, n.BackendDOMNodeID, `function() { const v = this.value; this.blur(); return v }`)
		if err == nil && got != text {
			err = fmt.Errorf("%s holds %q", name, got)
		}
		return err
	})
}

// set gives a date or time field its value; typing into one depends on the
// language of the browser.
func (s *screen) set(role, name, value string) {
	s.t.Helper()
	s.until("set "+name, func(ctx context.Context) error {
		n, err := find(ctx, role, name)
		if err != nil {
			return err
		}
		_, err = call[bool](ctx, n.BackendDOMNodeID, `function(v) {
			this.value = v; this.dispatchEvent(new Event("change", { bubbles: true })); return true }`, value)
		return err
	})
}

// choose takes the option of a drop-down whose text holds the words.
func (s *screen) choose(name, words string) {
	s.t.Helper()
	s.until("choose "+words, func(ctx context.Context) error {
		n, err := find(ctx, "combobox", name)
		if err != nil {
			return err
		}
		done, err := call[bool](ctx, n.BackendDOMNodeID, `function(words) {
			const o = [...this.options].find((o) => !o.disabled && o.text.includes(words));
			if (!o) return false;
			if (!o.selected) { this.value = o.value; this.dispatchEvent(new Event("change", { bubbles: true })) }
			return true }`, words)
		if err == nil && !done {
			err = fmt.Errorf("%s has no option %q", name, words)
		}
		return err
	})
}

// shows waits until the chosen option of a drop-down, or a field, holds the words.
func (s *screen) shows(name, words string) {
	s.t.Helper()
	s.until("show "+words, func(ctx context.Context) error {
		n, err := find(ctx, "combobox", name)
		if err != nil {
			return err
		}
		got, err := call[string](ctx, n.BackendDOMNodeID, `function() { return this.selectedOptions ? this.selectedOptions[0].text : this.value }`)
		if err == nil && !strings.Contains(got, words) {
			err = fmt.Errorf("%s shows %q", name, got)
		}
		return err
	})
}

// reads waits until the page says something.
func (s *screen) reads(words string) {
	s.t.Helper()
	s.until("read "+words, func(context.Context) error {
		if text := s.text(); !strings.Contains(text, words) {
			return fmt.Errorf("the page does not say %q", words)
		}
		return nil
	})
}

func (s *screen) text() string {
	var text string
	_ = chromedp.Run(s.ctx, chromedp.Evaluate(`document.body ? document.body.innerText : ""`, &text))
	return text
}
