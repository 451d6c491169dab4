package bidi

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const testPage = `<!doctype html><title>A page</title>
<div style="height: 3000px"></div>
<button aria-label="Press me" onclick="document.title = 'pressed ' + event.isTrusted">x</button>
<input type="file" id="picker">
<script>console.error("a complaint"); setTimeout(() => { throw new Error("not caught"); })</script>`

// start opens testPage. Where there is no Firefox the test is skipped.
func start(t *testing.T) (context.Context, *Firefox) {
	t.Helper()
	if testing.Short() {
		t.Skip("a test in a browser is not short")
	}
	path, err := Find()
	if err != nil {
		t.Skip(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	f, err := Start(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, testPage)
	}))
	t.Cleanup(page.Close)
	if err := f.Navigate(ctx, page.URL); err != nil {
		t.Fatal(err)
	}
	return ctx, f
}

// check compares the value of an expression.
func check[T comparable](t *testing.T, ctx context.Context, f *Firefox, expression string, want T) {
	t.Helper()
	if got, err := Evaluate[T](ctx, f, expression); err != nil || got != want {
		t.Errorf("%s is %v, %v; expected %v", expression, got, err, want)
	}
}

func TestATabIsDriven(t *testing.T) {
	ctx, f := start(t)
	check(t, ctx, f, `new Promise((done) => setTimeout(() => done(document.title), 10))`, "A page")
	check(t, ctx, f, `undefined`, 0)
	if err := f.Click(ctx, Named("button", "Press me")); err != nil {
		t.Error(err)
	}
	check(t, ctx, f, `document.title`, "pressed true")

	file := filepath.Join(t.TempDir(), "a.txt")
	os.WriteFile(file, []byte("what it holds"), 0o644)
	if err := f.SetFiles(ctx, CSS("#picker"), file); err != nil {
		t.Error(err)
	}
	check(t, ctx, f, `document.querySelector("#picker").files[0].text()`, "what it holds")

	shot, err := f.Screenshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if picture, err := png.Decode(bytes.NewReader(shot)); err != nil || picture.Bounds().Dx() < 300 {
		t.Errorf("the screenshot: %v, %v", picture, err)
	}
}

func TestErrorsSayWhatIsWrong(t *testing.T) {
	ctx, f := start(t)
	for expression, want := range map[string]string{
		`nothing.at.all`:                       "nothing is not defined",
		`Promise.reject(new Error("refused"))`: "refused",
		`)`:                                    "SyntaxError",
		`"text"`:                               "cannot unmarshal string",
	} {
		if _, err := Evaluate[int](ctx, f, expression); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; expected %q", expression, err, want)
		}
	}
	if err := f.Click(ctx, Named("button", "Absent")); err == nil || !strings.Contains(err.Error(), "Absent") {
		t.Errorf("a click on what is not there: %v", err)
	}
	if err := f.Navigate(ctx, "http://127.0.0.1:1/"); err == nil ||
		!strings.Contains(err.Error(), "browsingContext.navigate") {
		t.Errorf("opening what nobody serves: %v", err)
	}
	if problems := strings.Join(f.Problems(), "\n"); !strings.Contains(problems, "a complaint") ||
		!strings.Contains(problems, "not caught") {
		t.Errorf("the problems of the page: %s", problems)
	}
}

// A command that takes too long leaves a browser that answers the next one.
func TestWaitingEndsWithItsContext(t *testing.T) {
	ctx, f := start(t)
	short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := Evaluate[int](short, f, `new Promise(() => {})`); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a promise without end: %v", err)
	}
	check(t, ctx, f, `1 + 1`, 2)
}

func TestCloseLeavesNothing(t *testing.T) {
	ctx, f := start(t)
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(f.profile); !os.IsNotExist(err) {
		t.Errorf("the profile is still there: %v", err)
	}
	if err := f.Navigate(ctx, "about:blank"); err == nil {
		t.Error("a browser that is closed opened an address")
	}
}

func TestAProgramThatIsNoFirefox(t *testing.T) {
	for program, want := range map[string]string{"no/such/program": "no such file", "false": "exit status 1"} {
		if _, err := Start(t.Context(), program); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; expected %q", program, err, want)
		}
	}
}
