package main

import (
	"context"
	"encoding/json"
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
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path))
	if os.Getuid() == 0 { // in a container
		options = append(options, chromedp.NoSandbox)
	}
	allocated, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocated)
	chromium.ctx, chromium.stop = ctx, func() { stop(); stopAllocator() }
	chromium.err = chromedp.Do(ctx)
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
	if err := chromedp.Do(ctx); err != nil { // opens the window
		t.Fatal(err)
	}
	s.size(1280, 900)
	s.open("/")
	return s
}

// do runs an action, and fails the test if it can't be done.
func do[T any](s *screen, a chromedp.Action[T]) T {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.ctx, patience)
	defer stop()
	out, err := chromedp.Run(ctx, a)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

func (s *screen) open(path string) {
	s.t.Helper()
	do(s, chromedp.Navigate(s.url+path))
}

func (s *screen) size(width, height int64) {
	s.t.Helper()
	do(s, chromedp.EmulateViewport(width, height))
}

// until tries again what may not be possible yet, because the page is still on its
// way or was just replaced.
func (s *screen) until(what string, try func(ctx context.Context, t *chromedp.Target) error) {
	s.t.Helper()
	ctx, stop := context.WithTimeout(s.ctx, patience)
	defer stop()
	for {
		err := chromedp.Do(ctx, chromedp.Func(try))
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

// find returns what has that role and name and is there for a screen reader. Of
// several it is the first.
func find(ctx context.Context, t *chromedp.Target, role, name string) (cdp.BackendNodeID, error) {
	document, err := cdp.Call(ctx, t, dom.GetDocument, dom.GetDocumentParams{})
	if err != nil {
		return 0, err
	}
	found, err := cdp.Call(ctx, t, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{
		NodeID: document.Root.NodeID, Role: role, AccessibleName: name,
	})
	if err != nil {
		return 0, err
	}
	for _, n := range found.Nodes {
		if !n.Ignored {
			return n.BackendDOMNodeID, nil
		}
	}
	return 0, fmt.Errorf("there is no %s with the name %q", role, name)
}

// call runs a function on an element and returns what it says.
func call[T any](ctx context.Context, t *chromedp.Target, id cdp.BackendNodeID, function string, args ...any) (T, error) {
	var none T
	resolved, err := cdp.Call(ctx, t, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: id})
	if err != nil {
		return none, err
	}
	return chromedp.CallFunctionOn[T](function, func(p *runtime.CallFunctionOnParams) {
		p.ObjectID = resolved.Object.ObjectID
	}, args...)(ctx, t)
}

// sees waits for something with that role and name.
func (s *screen) sees(role, name string) {
	s.t.Helper()
	s.until("see "+name, func(ctx context.Context, t *chromedp.Target) error {
		_, err := find(ctx, t, role, name)
		return err
	})
}

// atRest scrolls to an element, and tells whether the page is complete and waits for
// no answer.
const atRest = `function() {
	this.scrollIntoView({ block: "center" });
	return this.isConnected && document.readyState === "complete" && !document.querySelector("[aria-busy]") }`

// press clicks with the mouse on a button, link or whatever has the name, once the
// page is at rest.
func (s *screen) press(role, name string) {
	s.t.Helper()
	s.until("press "+name, func(ctx context.Context, t *chromedp.Target) error {
		id, err := find(ctx, t, role, name)
		if err != nil {
			return err
		}
		rests, err := call[bool](ctx, t, id, atRest)
		if err != nil || !rests {
			return fmt.Errorf("the page does not rest: %v", err)
		}
		place, err := cdp.Call(ctx, t, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: id})
		if err != nil || len(place.Quads) == 0 {
			return fmt.Errorf("%s %q has no place on the screen: %v", role, name, err)
		}
		q := place.Quads[0]
		_, err = chromedp.MouseClickXY((q[0]+q[4])/2, (q[1]+q[5])/2)(ctx, t)
		return err
	})
}

// on waits for a field with that name and runs a function on it, until that is true.
func (s *screen) on(name, function string, args ...any) {
	s.t.Helper()
	s.until(name, func(ctx context.Context, t *chromedp.Target) (err error) {
		var id cdp.BackendNodeID
		for _, role := range []string{"combobox", "textbox", "Date", "InputTime"} {
			if id, err = find(ctx, t, role, name); err == nil {
				break
			}
		}
		if err != nil {
			return err
		}
		rests, err := call[bool](ctx, t, id, atRest)
		if err != nil || !rests {
			return fmt.Errorf("the page does not rest: %v", err)
		}
		done, err := call[bool](ctx, t, id, function, args...)
		if err == nil && !done {
			err = fmt.Errorf("%s is not so yet: %v", name, args)
		}
		return err
	})
}

// fill writes into a field with the keyboard, and leaves it.
func (s *screen) fill(name, text string) {
	s.t.Helper()
	s.on(name, `function() { this.focus(); this.select(); return document.activeElement === this }`)
	do(s, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
	s.on(name, `function(text) { const v = this.value; this.blur(); return v === text || v.includes(text) }`, text)
}

// keys types with the keyboard.
func (s *screen) keys(keys string) {
	s.t.Helper()
	do(s, chromedp.KeyEvent(keys))
}

// tabTo presses Tab until something with that role and name has the focus.
func (s *screen) tabTo(role, name string) {
	s.t.Helper()
	s.until("tab to "+name, func(ctx context.Context, t *chromedp.Target) error {
		for range 150 {
			id, err := find(ctx, t, role, name)
			if err != nil {
				return err
			}
			there, err := call[bool](ctx, t, id, `function() { return document.activeElement === this && !document.querySelector("[aria-busy]") }`)
			if err != nil || there {
				return err
			}
			if _, err := chromedp.KeyEvent(kb.Tab)(ctx, t); err != nil {
				return err
			}
		}
		return fmt.Errorf("%q can't be reached", name)
	})
}

// set gives a date or time field its value: how one types into it depends on the
// language of the browser.
func (s *screen) set(name, value string) {
	s.t.Helper()
	s.on(name, `function(v) {
		if (this.value !== v) { this.value = v; this.dispatchEvent(new Event("change", { bubbles: true })) }
		return true }`, value)
}

// choose takes the option of a drop-down whose text holds the words.
func (s *screen) choose(name, words string) {
	s.t.Helper()
	s.on(name, `function(words) {
		const o = [...this.options].find((o) => !o.disabled && o.text.includes(words));
		if (o && !o.selected) { this.value = o.value; this.dispatchEvent(new Event("change", { bubbles: true })) }
		return !!o }`, words)
}

// shows waits until a field, or the chosen option of a drop-down, holds the words.
func (s *screen) shows(name, words string) {
	s.t.Helper()
	s.on(name, `function(words) { return (this.selectedOptions ? this.selectedOptions[0].text : this.value).includes(words) }`, words)
}

// reads waits until the page says something.
func (s *screen) reads(words string) {
	s.t.Helper()
	s.until("read "+words, func(context.Context, *chromedp.Target) error {
		if text := s.text(); !strings.Contains(text, words) {
			return fmt.Errorf("the page does not say %q", words)
		}
		return nil
	})
}

func (s *screen) text() string {
	text, _ := chromedp.Run(s.ctx, chromedp.Evaluate[string](`document.body ? document.body.innerText : ""`))
	return text
}

// post sends a form as a page of the journal would, and stays where it is.
func (s *screen) post(path string, pairs ...string) {
	s.t.Helper()
	form := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form[pairs[i]] = pairs[i+1]
	}
	body, err := json.Marshal(form)
	if err != nil {
		s.t.Fatal(err)
	}
	do(s, chromedp.Evaluate[bool](fmt.Sprintf(`fetch(%q, { method: "POST", body: new URLSearchParams(%s) }).then((r) => r.ok)`, path, body),
		chromedp.EvalAwaitPromise))
}
