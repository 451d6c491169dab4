package e2e

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// slowRun fills two classes of text and asks for a run that takes a while: the new layers, then the whole network.
func slowRun(t *testing.T, s *server) *tab {
	t.Helper()
	p := open(t, s, "/teach")
	p.slowRun()
	return p
}

func (p *tab) slowRun() {
	p.t.Helper()
	p.waitFor("what was kept", keptIsHere)
	p.fillTextClasses()
	eval[bool](p, `(() => { // a small network: these tests train the whole of it
		const base = document.querySelector("#teach-base")
		base.value = "intents"
		base.dispatchEvent(new Event("change", {bubbles: true}))
		return true
	})()`)
	p.click("Details")
	p.fill("Epochs", "100")
	p.press(kb.Tab)
	p.waitFor("the server's offer", `document.querySelector("#send:not(:disabled)")`)
}

// inTab waits for the model in this tab and returns its file.
func (p *tab) inTab() []byte {
	p.t.Helper()
	p.trained()
	file, err := os.ReadFile(p.download(func() { p.click("Download") }))
	p.must("reading the download", err)
	return file
}

// send agrees to what the sheet names, which are so many files.
func (p *tab) send(files int) {
	p.t.Helper()
	p.waitFor("the sheet", `document.querySelector("dialog[open]")`)
	if n := eval[int](p, `document.querySelectorAll("dialog tbody tr").length`); n != files {
		p.t.Errorf("the sheet names %d files, expected %d", n, files)
	}
	p.click("Send and train")
}

// far waits until the training has come so far in its second part, where every layer is trained.
func (p *tab) far() {
	p.t.Helper()
	p.waitFor("the training of the whole network",
		`/Adapting the network/.test(document.querySelector(".train-state")?.innerText)`)
}

// pauseEarly has the next job paused as soon as it has finished an epoch, sooner than a hand could.
func (p *tab) pauseEarly() {
	p.t.Helper()
	eval[bool](p, `((async () => {
		for (;; await new Promise(r => setTimeout(r, 10))) {
			const job = (await (await fetch("/api/jobs")).json()).jobs[0];
			if (job?.status.state == "running" && job.status.progress?.epoch > 0)
				return fetch("/api/jobs/" + job.id + "/pause", { method: "POST" });
		}
	})(), true)`)
}

// bring waits for the end on the server and takes the model.
func (p *tab) bring() {
	p.t.Helper()
	p.untilWithin(3*patience, "the end on the server",
		func() bool { return eval[bool](p, `Boolean(document.querySelector("#job-take"))`) })
	p.click("Bring the model into this tab")
	p.waitFor("the model to be here", `!document.querySelector("#job-take")`)
}

// Wherever a run goes, its model is the same to the bit.
func TestTheSameModelWhereverARunGoes(t *testing.T) {
	s := startServer(t)
	var want []byte
	check := func(t *testing.T, got []byte, began time.Time) {
		t.Helper()
		t.Logf("%d bytes, SHA-256 %x…, after %.1f s", len(got), sha256.Sum256(got), time.Since(began).Seconds())
		if want == nil {
			want = got
		}
		if !bytes.Equal(got, want) {
			t.Errorf("the model differs from the one that was trained in the tab alone")
		}
	}
	t.Run("tab", func(t *testing.T) {
		p, began := slowRun(t, s), time.Now()
		p.tune()
		check(t, p.inTab(), began)
		for _, r := range p.requests {
			if bytes.Contains([]byte(r), []byte("/api/files")) {
				t.Errorf("nobody agreed to anything, but %s was asked for", r)
			}
		}
	})
	t.Run("server", func(t *testing.T) {
		p, began := slowRun(t, s), time.Now()
		p.click("Train on the server")
		p.send(2)
		p.bring()
		check(t, p.inTab(), began)
	})
	t.Run("tab to server, after a change of mind", func(t *testing.T) {
		p, began := slowRun(t, s), time.Now()
		p.tune()
		p.far()
		p.click("Go on on the server")
		p.waitFor("the sheet", `document.querySelector("dialog[open]")`)
		p.click("Keep everything here")
		p.far()
		p.click("Go on on the server")
		p.send(3)
		p.bring()
		check(t, p.inTab(), began)
	})
	t.Run("server to tab", func(t *testing.T) {
		p, began := slowRun(t, s), time.Now()
		p.click("Train on the server")
		p.waitFor("the sheet", `document.querySelector("dialog[open]")`)
		p.pauseEarly()
		p.send(2)
		p.waitText("Paused on the server")
		p.click("Go on in this tab")
		check(t, p.inTab(), began)
	})
}

// A page that goes away while it sends goes on where it was, without asking again for what was agreed to.
func TestAPageThatGoesAwayGoesOnSending(t *testing.T) {
	s := startServer(t)
	p := slowRun(t, s)
	// The third piece never arrives.
	eval[bool](p, `(() => {
		const send = window.fetch;
		let pieces = 0;
		window.fetch = (url, o) => o?.method == "PATCH" && ++pieces > 2 ? new Promise(() => {}) : send(url, o);
		return true;
	})()`)
	p.tune()
	p.far()
	p.click("Go on on the server")
	p.send(3)
	p.waitText("Sending 2.1 MB of")
	p.reload()
	p.waitFor("what was kept", keptIsHere)
	p.click("Texts")
	p.waitText("Sending a training to the server was interrupted")
	eval[bool](p, `(() => {
		const send = window.fetch;
		window.offsets = [];
		window.fetch = (url, o) => (o?.method == "PATCH" && window.offsets.push(Number(o.headers["Upload-Offset"])), send(url, o));
		return true;
	})()`)
	p.click("Go on sending")
	p.bring()
	p.trained()
	if first := eval[int](p, "window.offsets[0]"); first != 2<<20 {
		t.Errorf("went on at %d, expected where it was: %d", first, 2<<20)
	}
	if n := eval[int](p, `fetch("/api/jobs").then(r => r.json()).then(l => l.jobs.length)`); n != 1 {
		t.Errorf("%d jobs, expected one", n)
	}
	if !eval[bool](p, `fetch("/api/jobs").then(r => r.json()).then(l => fetch("/api/jobs/" + l.jobs[0].id)).
		then(r => r.json()).then(j => Boolean(j.spec.checkpoint))`) {
		t.Error("the job began anew, expected the checkpoint of the tab")
	}
}

// Photographs are decoded by the browser, and go on to the server as what the browser made of them.
func TestPhotographsGiveTheSameModelOnTheServer(t *testing.T) {
	s := startServer(t)
	photographs := func() *tab {
		p := open(t, s, "/teach")
		p.waitFor("what was kept", keptIsHere)
		for n, c := range [][]string{{"forest", "river"}, {"industrial", "residential"}} {
			p.fill(fmt.Sprintf("Name of class %d", n+1), []string{"nature", "town"}[n])
			files := []string{"static/samples/land/" + c[0] + ".jpg", "static/samples/land/" + c[1] + ".jpg"}
			id := eval[string](p, fmt.Sprintf(`document.querySelectorAll("[id^=files-]")[%d].id`, n))
			p.upload("#"+id, files...)
			p.waitCount(n, 2)
		}
		p.click("Details")
		p.fill("Epochs", "30")
		p.press(kb.Tab)
		p.waitFor("the server's offer", `document.querySelector("#send:not(:disabled)")`)
		return p
	}
	p := photographs()
	p.tune()
	want := p.inTab()
	p = photographs()
	p.click("Train on the server")
	p.send(2)
	p.bring()
	if got := p.inTab(); !bytes.Equal(got, want) {
		t.Error("the server made another model of the same photographs")
	}
}
