package e2e

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp/kb"

	"wafer/nn"
)

const inCharge = `navigator.serviceWorker.ready.then(() => Boolean(navigator.serviceWorker.controller))`

func (p *tab) waitInCharge() {
	p.t.Helper()
	p.until("the service worker to be in charge", func() bool { return eval[bool](p, inCharge) })
}

// What lies in the browser's cache under the address of weights is used and kept only if it has their hash.
func TestWeightsAreKeptByTheirHash(t *testing.T) {
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	p.waitInCharge()
	address := eval[string](p, `fetch("/api/models").then(r => r.json()).then(c => "/weights/" + c.models.find(m => m.id === "digits").sha256)`)
	poisoned := `caches.open("wafer-weights").then(c => c.put("` + address +
		`", new Response("other bytes"))).then(() => true)`
	length := `caches.open("wafer-weights").then(c => c.match("` + address +
		`")).then(r => r ? r.arrayBuffer() : { byteLength: 0 }).then(b => b.byteLength)`
	eval[bool](p, poisoned)
	p.navigate("/?model=digits")
	p.click("Sample picture 8")
	p.waitFor("an answer of 7", `document.querySelector(".answer .label")?.innerText == "7"`)
	p.until("the whole file to be kept", func() bool { return eval[int](p, length) > 100_000 })
	eval[bool](p, `caches.open("wafer-weights").then(c => c.delete("`+address+`"))`)
	if got := eval[int](p, `fetch("`+address+`").then(r => r.arrayBuffer()).then(b => b.byteLength)`); got < 100_000 {
		t.Errorf("the file has %d bytes without the cache", got)
	}
	p.until("the file to be kept when it is asked for", func() bool { return eval[int](p, length) > 100_000 })
}

// A new version of the page keeps the files of the one before for tabs that run it, and no older ones.
func TestAnUpdateKeepsTheVersionBefore(t *testing.T) {
	var version atomic.Value
	version.Store("")
	s := behind(t, startServer(t), func(r *http.Response) error {
		if v := version.Load().(string); v != "" && r.Request.URL.Path == "/app-worker.js" {
			b, err := io.ReadAll(r.Body)
			if err != nil {
				return err
			}
			b = bytes.Replace(b, []byte(`"wafer-shell-`), []byte(`"wafer-shell-`+v), 1)
			r.Body = io.NopCloser(bytes.NewReader(b))
			r.ContentLength = int64(len(b))
			r.Header.Del("Content-Length")
		}
		return nil
	})
	p := open(t, s, "/")
	p.waitFor("a usable page", usable)
	p.waitInCharge()
	shells := `caches.keys().then(all => all.filter(n => n.startsWith("wafer-shell-")).map(n => n.slice(12, 14)).join(" "))`
	first := eval[string](p, shells)
	for _, step := range []struct{ version, want string }{{"b-", first + " b-"}, {"c-", "b- c-"}} {
		version.Store(step.version)
		eval[bool](p, `navigator.serviceWorker.getRegistration().then(r => r.update()).then(() => true)`)
		got := ""
		p.untilWithin(time.Minute, "the versions "+step.want, func() bool {
			now := eval[string](p, shells)
			if now != got {
				t.Logf("the versions kept: %s", now)
			}
			got = now
			return got == step.want
		})
	}
	p.waitText("Reload") // and the page says that there is a newer one
}

// Signing out takes along what the server said to whoever was signed in.
func TestSigningOutForgets(t *testing.T) {
	s := startServer(t)
	token := s.token(t, "reader", "read")
	p := open(t, s, "/jobs")
	p.waitText("Sign in to this server")
	p.waitInCharge()
	p.fill("Token", token)
	p.press(kb.Enter)
	p.waitText("No jobs yet")
	p.navigate("/models")
	p.waitFor("a usable page", usable)
	p.until("the catalogue to be kept", func() bool {
		return eval[bool](p, `caches.match("/api/models").then(r => Boolean(r && localStorage.getItem("wafer.catalogue")))`)
	})
	p.clickRole("link", "Jobs")
	p.click("Sign out")
	p.waitText("Sign in to this server")
	p.until("nothing of it to be kept", func() bool {
		return eval[bool](p, `caches.match("/api/models").then(r => !r && !localStorage.getItem("wafer.catalogue"))`)
	})
}

func TestTheAddressChoosesTexts(t *testing.T) {
	p := open(t, startServer(t), "/teach?kind=text")
	p.waitFor("the fields for texts", `document.querySelectorAll(".line-field textarea").length === 2`)
	p.navigate("/?kind=text&model=sentiment")
	p.fill("Sentence to classify", "a lovely day")
	p.waitFor("an answer", `document.querySelector(".answer .label")`)
	p.click("Teach it your own")
	p.waitFor("the fields for texts", `document.querySelectorAll(".line-field textarea").length === 2`)
}

// What the worker says of files is said in Chinese on the Chinese page, also without a connection.
func TestErrorsAreSaidInChinese(t *testing.T) {
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	p.chinese()
	p.upload("#import", write(t, "net.onnx", []byte("\x08\x07\x12\x07pytorch\x1a\x05")))
	p.waitText("无法导入 net.onnx。")
	p.navigate("/?model=digits")
	p.waitFor("a usable page", usable)
	p.upload(picker, write(t, "letter.pdf", []byte("%PDF-1.7")))
	p.waitText("这不是可以读取的图片")
	p.waitText("实际是 PDF 文档")
	p.screenshot("chinese-error")
}

// A downloaded model carries the title that its card has.
func TestADownloadedModelCarriesItsTitle(t *testing.T) {
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	p.upload("#import", "static/models/digits.wafer")
	p.waitText("was imported")
	p.waitFor("its card", `document.querySelector("[data-drop=models] .model")`)
	title := eval[string](p, `document.querySelector("[data-drop=models] .model h3").innerText`)
	eval[bool](p, `([...document.querySelectorAll("[data-drop=models] .model-foot button")].find(b => b.innerText === "Rename").click(), true)`)
	p.fill("New name of "+title, "My numbers")
	p.click("Save")
	p.waitFor("the new name", `document.querySelector("[data-drop=models] .model h3")?.innerText === "My numbers"`)
	path := p.download(func() { p.click("Download My numbers") })
	if got := filepath.Base(path); !strings.HasPrefix(got, "My-numbers") {
		t.Errorf("the file is called %s, expected My-numbers.wafer", got)
	}
	file, err := os.ReadFile(path)
	p.must("reading the model", err)
	m, err := nn.Open(file)
	p.must("opening the model", err)
	if got := m.Info().Title; got != "My numbers" {
		t.Errorf("its title is %q, expected My numbers", got)
	}
}

// Where the browser stores nothing, everything works until the tab closes, and the page says so.
func TestNothingIsStoredWhereTheBrowserForbidsIt(t *testing.T) {
	p := open(t, startServer(t), "/models")
	script := page.AddScriptToEvaluateOnNewDocumentParams{Source: `
		for (const name of ["indexedDB", "localStorage", "caches"])
			Object.defineProperty(self, name, { configurable: true, get() { throw new DOMException("denied", "SecurityError"); } });
		navigator.storage.persist = () => Promise.reject(new TypeError("denied"));`}
	p.must("taking storage away", call(p, page.AddScriptToEvaluateOnNewDocument, script))
	p.navigate("/teach")
	p.waitFor("the classes", `document.querySelectorAll(".card").length === 2 && !document.querySelector("fieldset.acts").disabled`)
	p.waitText("gone when the tab closes")
	p.addExamples()
	p.waitExamples("cats 4, dogs 4")
	p.clickRole("link", "Classify")
	p.clickRole("link", "Teach")
	p.waitExamples("cats 4, dogs 4")
	p.screenshot("storage-denied")
}
