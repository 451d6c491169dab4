package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// keptSamples are how many samples lie in the browser, and how many of them have no whole picture or no class.
const keptSamples = `new Promise((done) => { const open = indexedDB.open("wafer"); open.onsuccess = () => {
	const tx = open.result.transaction(["samples", "projects"]);
	const samples = tx.objectStore("samples").getAll(), projects = tx.objectStore("projects").getAll();
	tx.oncomplete = async () => {
		const known = projects.result.map((p) => p.json).join();
		let half = 0;
		for (const s of samples.result) {
			const picture = s.data && await createImageBitmap(s.data).catch(() => null);
			if (!picture || !known.includes(JSON.stringify(JSON.parse(s.json).class))) half++;
		}
		done([samples.result.length, half]);
	}; }; })`

// written is how many there are, without looking at each.
const written = `new Promise((done) => { const open = indexedDB.open("wafer"); open.onsuccess = () => {
	const count = open.result.transaction("samples").objectStore("samples").count();
	count.onsuccess = () => { open.result.close(); done(count.result); }; }; })`

// shown is how many examples the page says that it has.
const shown = `[...document.querySelectorAll(".card-count")].reduce((n, c) =>
	n + Number((c.innerText.match(/\d+/) || [0])[0]), 0)`

// A tab whose program is killed while pictures are being added: what it had shown as added is there when the page is
// opened again, each picture whole and in its class, and the rest can be added as if nothing had been.
func TestATabThatIsKilledLosesNothing(t *testing.T) {
	p := open(t, startServer(t), "/models") // keeps the browser
	had := 0
	moments := []string{"while files are read", "when something is written", "when something is shown"}
	for round, moment := range moments {
		files := distinct(t, round, 120)
		q := p.beside("/teach")
		q.waitFor("what was kept", keptIsHere)
		q.until("what was there before", func() bool { return eval[int](q, shown) == had })
		q.upload(filesOf(1), files...)
		seen := 0
		switch round {
		case 1:
			p.until("something written", func() bool { return eval[int](p, written) > had })
		case 2:
			q.until("something shown", func() bool { seen = eval[int](q, shown); return seen > had })
		}
		q.kill()
		q = p.beside("/teach")
		q.waitFor("what was kept", keptIsHere)
		q.until("what was shown before", func() bool { return eval[int](q, shown) >= seen })
		now, kept := eval[int](q, shown), eval[[]int](q, keptSamples)
		t.Logf("killed %s: %d examples were shown, then there are %d", moment, seen, now)
		if kept[0] != now || kept[1] != 0 || now > had+len(files) {
			t.Errorf("%d samples are kept, %d of them not whole, and the page shows %d; expected all whole and shown, "+
				"at most %d", kept[0], kept[1], now, had+len(files))
		}
		q.upload(filesOf(1), files...)
		had += len(files)
		q.until(fmt.Sprint(had, " examples"), func() bool { return eval[int](q, shown) == had })
		q.kill()
	}
}

// distinct are pictures of different bytes in files of their own.
func distinct(t *testing.T, round, n int) (files []string) {
	t.Helper()
	picture, err := os.ReadFile(filepath.Join(root(), "static/samples/land/forest.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i := range n {
		files = append(files, filepath.Join(dir, fmt.Sprintf("%d-%d.jpg", round, i)))
		other := fmt.Append(picture[:len(picture):len(picture)], round, " ", i)
		if err := os.WriteFile(files[i], other, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// kill ends the program of a tab at once, as an operating system that lacks memory does.
func (p *tab) kill() {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Second)
	defer cancel()
	if _, err := chromedp.Call(ctx, page.Crash, cdp.Empty{}); err == nil {
		p.t.Log("the tab answered that it was killed")
	}
}
