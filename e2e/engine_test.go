package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"runtime"
	"strconv"
	"testing"
)

// behind is the server as it looks behind a proxy that changes answers.
func behind(t *testing.T, s *server, change func(*http.Response) error) *server {
	t.Helper()
	to, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.Out.Header.Del("Accept-Encoding")
			r.Out.Header.Del("If-None-Match") // change sees whole answers
		},
		ModifyResponse: change,
	})
	t.Cleanup(proxy.Close)
	return &server{url: proxy.URL}
}

// unisolated takes away what lets workers share memory.
func unisolated(r *http.Response) error {
	r.Header.Del("Cross-Origin-Opener-Policy")
	r.Header.Del("Cross-Origin-Embedder-Policy")
	return nil
}

// unvectored makes the page and its worker believe that the browser has no SIMD.
func unvectored(r *http.Response) error {
	if path := r.Request.URL.Path; path != "/run.js" && path != "/static/js/boot.js" {
		return nil
	}
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	b = bytes.Replace(b, []byte("WebAssembly.validate("), []byte("(() => false)("), 1)
	r.Body = io.NopCloser(bytes.NewReader(b))
	r.ContentLength = int64(len(b))
	r.Header.Set("Content-Length", strconv.Itoa(len(b)))
	return nil
}

// Without SIMD the page says so in both languages, on top and where an answer would be.
func TestAnOldBrowserIsTold(t *testing.T) {
	p := open(t, behind(t, startServer(t), unvectored), "/")
	p.waitText("This browser is too old to run models")
	p.click("Sample picture 1")
	p.waitText("The computing part of the page stopped: this browser is too old to run models.")
	p.click("中文")
	p.waitText("此浏览器版本过旧")
}

// The answer is the same on several threads and on one, and says which it was.
func TestThePageSaysHowItComputes(t *testing.T) {
	s := startServer(t)
	many := `SIMD, \d threads, [\d.]+ MB`
	if runtime.NumCPU() == 1 {
		many = `SIMD, 1 thread, `
	}
	for name, c := range map[string]struct {
		change func(*http.Response) error
		says   string
	}{
		"threads": {func(*http.Response) error { return nil }, many},
		"alone":   {unisolated, `SIMD, 1 thread since this page is not isolated, [\d.]+ MB`},
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, behind(t, s, c.change), "/?model=digits")
			says := regexp.MustCompile(c.says)
			// threads join a moment after the model has been loaded
			p.until("an answer that says "+c.says, func() bool {
				p.click("Sample picture 8")
				p.waitFor("an answer of 7", `document.querySelector(".answer .label")?.innerText == "7"`)
				return says.MatchString(eval[string](p, `document.querySelector(".answer-foot").innerText`))
			})
			p.clickRole("link", "Models")
			p.waitFor("the models", `document.querySelector("#model-digits")`)
			facts := eval[string](p, `document.querySelector("#model-digits").closest("article").innerText`)
			if !regexp.MustCompile(`[\d.]+ MB in this tab`).MatchString(facts) {
				t.Errorf("the model's card says:\n%s\nexpected its memory", facts)
			}
		})
	}
}
