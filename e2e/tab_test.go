package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long the helpers wait for what should happen.
const patience = 20 * time.Second

// tab is one page in a Chromium of its own with a fresh profile.
type tab struct {
	crashing  bool // the page is printing a stack trace
	t         *testing.T
	ctx       context.Context
	server    *server
	downloads string

	mu       sync.Mutex
	problems []string
	expected []string
	requests []string // addresses, in order
}

// open starts a browser, with more flags than ours, and opens an address of the server, such as "/teach".
func open(t *testing.T, s *server, path string, flags ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	p := &tab{t: t, server: s, downloads: t.TempDir()}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.ExecPath(chromium()), chromedp.WindowSize(1280, 800), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "en-US"))
	options = append(options, flags...)
	ctx, stopBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stopTab := chromedp.NewContext(ctx)
	p.ctx = ctx
	t.Cleanup(func() {
		p.finish()
		stopTab()
		stopBrowser()
	})
	if err := chromedp.Do(ctx); err != nil { // starts the browser: no time limit may be on this context
		t.Fatalf("starting Chromium: %v", err)
	}
	p.watch()
	p.must("enabling downloads", p.allowDownloads())
	p.navigate(path)
	return p
}

// watch collects what goes wrong in the page.
func (p *tab) watch() {
	p.must("watching the network", call(p, network.Enable, network.EnableParams{}))
	p.must("watching the log", call(p, log.Enable, struct{}{}))
	p.must("watching the console", chromedp.Listen(p.ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventConsoleAPICalled:
			said := arguments(ev.Args)
			if ev.Type == runtime.ConsoleAPICalledTypeError {
				p.problem("console.error: " + said)
			} else if p.crashing = p.crashing || strings.Contains(said, "panic:") ||
				strings.Contains(said, "fatal error:"); p.crashing {
				p.problem("console.log: " + said) // a Go program that ends says why line by line
			}
		case *runtime.EventExceptionThrown:
			p.problem("exception: " + thrown(ev.ExceptionDetails))
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.EntryLevelError {
				p.problem("log: " + ev.Entry.Text + " " + ev.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			p.request(ev.Request.URL)
		case *page.EventJavascriptDialogOpening:
			go call(p, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true})
		}
	}))
}

func thrown(d *runtime.ExceptionDetails) string {
	if d.Exception != nil && d.Exception.Description != "" {
		return d.Text + " " + d.Exception.Description
	}
	return d.Text
}

func arguments(args []*runtime.RemoteObject) string {
	var out []string
	for _, a := range args {
		if a.Description != "" {
			out = append(out, a.Description)
		} else {
			out = append(out, string(a.Value))
		}
	}
	return strings.Join(out, " ")
}

// request notes an address and complains of one that is not the server's.
func (p *tab) request(address string) {
	p.mu.Lock()
	p.requests = append(p.requests, address)
	p.mu.Unlock()
	u, err := url.Parse(address)
	if err == nil && (u.Scheme == "data" || u.Scheme == "blob" && strings.HasPrefix(u.Opaque, p.server.url)) {
		return
	}
	if !strings.HasPrefix(address, p.server.url+"/") {
		p.problem("request to another host: " + address)
	}
}

func (p *tab) problem(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems = append(p.problems, text)
}

// expect allows problems that contain text, such as the failing requests of a test
// that stops the server.
func (p *tab) expect(text string) { p.expected = append(p.expected, text) }

// finish fails the test for every problem that was not expected.
func (p *tab) finish() {
	p.mu.Lock()
	problems := p.problems
	p.mu.Unlock()
next:
	for _, problem := range problems {
		for _, text := range p.expected {
			if strings.Contains(problem, text) {
				continue next
			}
		}
		p.t.Errorf("in the page: %s", problem)
	}
	if p.t.Failed() {
		p.screenshot("failed-" + strings.ReplaceAll(p.t.Name(), "/", "-"))
	}
}

// must fails the test when err is set.
func (p *tab) must(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
}

// do runs actions within patience.
func (p *tab) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	p.must(what, chromedp.Do(ctx, actions...))
}

// navigate opens an address of the server and waits for its load event.
func (p *tab) navigate(path string) {
	p.t.Helper()
	p.do("opening "+path, chromedp.Navigate(p.server.url+path))
}

// reload loads the page again.
func (p *tab) reload() {
	p.t.Helper()
	p.do("reloading", chromedp.Reload())
}

// eval returns the value of a JavaScript expression; promises are awaited.
func eval[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	p.must("evaluating "+expression, err)
	return v
}

// waitFor polls until a JavaScript expression is true.
func (p *tab) waitFor(what, expression string) {
	p.t.Helper()
	p.until(what, func() bool { return eval[bool](p, "Boolean("+expression+")") })
}

// until polls until ok; a failure shows the text of the page.
func (p *tab) until(what string, ok func() bool) {
	p.t.Helper()
	p.untilWithin(patience, what, ok)
}

func (p *tab) untilWithin(limit time.Duration, what string, ok func() bool) {
	p.t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(50 * time.Millisecond) {
		if ok() {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("waited %v in vain for %s; the page says:\n%s", limit, what, p.text())
		}
	}
}

// text is what a person can read on the page.
func (p *tab) text() string { return eval[string](p, "document.body.innerText") }

// waitText waits until the page shows a text, in any case.
func (p *tab) waitText(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("the text %q", text), func() bool {
		return strings.Contains(strings.ToLower(p.text()), strings.ToLower(text))
	})
}

// waitNoText waits until the page no longer shows a text.
func (p *tab) waitNoText(text string) {
	p.t.Helper()
	p.until(fmt.Sprintf("the text %q to go", text), func() bool {
		return !strings.Contains(strings.ToLower(p.text()), strings.ToLower(text))
	})
}

// size makes the window as large as given, in CSS pixels.
func (p *tab) size(width, height int64) {
	p.t.Helper()
	p.do("changing the size", chromedp.EmulateViewport(width, height))
}

// screenshot puts a picture of the window into build/screenshots.
func (p *tab) screenshot(name string) {
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("screenshot %s: %v", name, err)
		return
	}
	dir := filepath.Join(root(), "build", "screenshots")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
