package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wafer/tools/bidi"
)

// answered is the label of the answer, then every bar's name and value; empty until
// there is one.
const answered = `[...document.querySelectorAll(".answer .label, .answer .bar-row .name, .answer .bar-row .value")].map(e => e.textContent)`

// fox is one page in a Firefox of its own with a fresh profile.
type fox struct {
	*bidi.Firefox
	t   *testing.T
	ctx context.Context
}

// firefox is the path of the Firefox to use. Without one the test is skipped; a FIREFOX
// that is none fails it.
func firefox(t *testing.T) string {
	t.Helper()
	path, err := bidi.Find()
	if err != nil && os.Getenv("FIREFOX") == "" {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	return path
}

// openFirefox starts a Firefox and opens an address, all of it.
func openFirefox(t *testing.T, path, address string) *fox {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	t.Cleanup(cancel)
	browser, err := bidi.Start(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	f := &fox{Firefox: browser, t: t, ctx: ctx}
	t.Cleanup(func() {
		f.finish()
		f.Close()
	})
	if err := f.Navigate(ctx, address); err != nil {
		t.Fatal(err)
	}
	return f
}

// finish fails the test for every error in the page and leaves a picture of it: in
// build/screenshots when the test failed, else where the test's own files go.
func (f *fox) finish() {
	for _, problem := range f.Problems() {
		f.t.Errorf("in the page: %s", problem)
	}
	dir := f.t.TempDir()
	if f.t.Failed() {
		dir = filepath.Join(root(), "build", "screenshots")
	}
	picture, err := f.Screenshot(f.ctx)
	if err == nil {
		err = os.MkdirAll(dir, 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "firefox-"+strings.ReplaceAll(f.t.Name(), "/", "-")+".png"), picture,
			0o644)
	}
	if err != nil {
		f.t.Errorf("screenshot: %v", err)
	}
}

// foxEval returns the value of a JavaScript expression; promises are awaited.
func foxEval[T any](f *fox, expression string) T {
	f.t.Helper()
	v, err := bidi.Evaluate[T](f.ctx, f.Firefox, expression)
	if err != nil {
		f.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// waitFor waits until an expression is true.
func (f *fox) waitFor(what, expression string) {
	f.t.Helper()
	for end := time.Now().Add(2 * patience); !foxEval[bool](f, "Boolean("+expression+
		")"); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			f.t.Fatalf("waited in vain for %s; the page says:\n%s", what, foxEval[string](f, "document.body.innerText"))
		}
	}
}

// sample is what a click on the first sample picture is answered.
func (f *fox) sample() []string {
	f.t.Helper()
	const name = "Sample picture 1"
	f.waitFor(name, fmt.Sprintf("document.querySelector('button[aria-label=%q]')", name))
	if err := f.Click(f.ctx, bidi.Named("button", name)); err != nil {
		f.t.Fatal(err)
	}
	f.waitFor("an answer", answered+".length > 1")
	return foxEval[[]string](f, answered)
}

// Every label and every probability is the same text in Firefox as in Chromium.
func TestFirefoxAnswersWhatChromiumAnswers(t *testing.T) {
	s, path := startServer(t), firefox(t)
	for model := range picturesOf {
		t.Run(model, func(t *testing.T) {
			address := "/?model=" + model
			f := openFirefox(t, path, s.url+address)
			if !foxEval[bool](f, "self.crossOriginIsolated") {
				t.Error("crossOriginIsolated is false, expected true")
			}
			got := f.sample()
			p := open(t, s, address)
			p.click("Sample picture 1")
			p.waitFor("an answer", answered+".length > 1")
			if want := eval[[]string](p, answered); !slices.Equal(got, want) {
				t.Errorf("Firefox answers %q, Chromium %q", got, want)
			}
			t.Logf("%q", got)
		})
	}
}
