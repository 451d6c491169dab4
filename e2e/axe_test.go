package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
)

// axeFile is where tools/axe.sh puts axe-core, from the root of the repository.
const axeFile = "build/axe/axe-4.14.1.min.js"

// violation is one rule that a page breaks.
type violation struct {
	ID, Impact, Help string
	Nodes            []string
}

// axe looks for what keeps people out and fails the test for what is serious.
func (p *tab) axe(source, where string) {
	p.t.Helper()
	if !eval[bool](p, "Boolean(window.axe)") {
		said, err := ask(p, runtime.Evaluate, runtime.EvaluateParams{Expression: source})
		p.must("running axe-core", err)
		if said.ExceptionDetails != nil {
			p.t.Fatalf("axe-core: %s", thrown(said.ExceptionDetails))
		}
	}
	passes := eval[int](p, `axe.run(document).then(r => { window.axeResult = r; return r.passes.length; })`)
	if passes < 10 {
		p.t.Errorf("%s: axe-core found %d rules kept, expected ten at least: it did not look at the page", where,
			passes)
	}
	for _, v := range eval[[]violation](p, `window.axeResult.violations.filter(v => ["serious", "critical"].includes(v.impact)).map(v => ({
		ID: v.id, Impact: v.impact, Help: v.help, Nodes: v.nodes.slice(0, 4).map(n => n.html.slice(0, 160) + " — " + n.failureSummary) }))`) {
		p.t.Errorf("%s: %s (%s): %s", where, v.ID, v.Impact, v.Help)
		for _, n := range v.Nodes {
			p.t.Logf("    %s", n)
		}
	}
}

// colours has the browser ask for a light or a dark page.
func (p *tab) colours(scheme string) {
	p.t.Helper()
	p.must("asking for "+scheme+" colours", call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme},
			{Name: "prefers-reduced-motion", Value: "reduce"}}}))
}

// Where a person can be on the page, and how to get there.
var scenes = []struct {
	name, path string
	prepare    func(p *tab)
}{
	{"Classify", "/", func(p *tab) { p.waitFor("samples", `document.querySelector("[data-sample]")`) }},
	{"Classify with a picture answered", "/?model=land", func(p *tab) {
		p.click("Sample picture 2")
		p.until("an answer", func() bool { return p.has("heading", "Forest") })
	}},
	{"Classify with a sentence answered", "/?kind=text&model=sentiment", func(p *tab) {
		p.fill("Sentence to classify", "What a lovely surprise, thank you so much!")
		p.waitText("positive")
	}},
	{"Classify with a picture explained", "/?model=land", func(p *tab) {
		p.click("Sample picture 2")
		p.until("an answer", func() bool { return p.has("heading", "Forest") })
		p.click("Why?")
		p.waitFor("a map", whyMap)
	}},
	{"Classify with a sentence explained", "/?kind=text&model=sentiment", func(p *tab) {
		p.fill("Sentence to classify", mixedReview)
		p.waitText("negative")
		p.click("Why?")
		p.waitFor("words", `document.querySelector(".why-word")`)
	}},
	{"Classify with a table", "/?model=digits", func(p *tab) {
		p.upload(picker, sampleFiles(p.t, "digits")...)
		p.waitRows(len(picturesOf["digits"]))
	}},
	{"Teach with two filled text classes", "/teach", func(p *tab) {
		p.waitFor("what was kept", keptIsHere)
		p.fillTextClasses()
		p.click("Details")
	}},
	{"Models", "/models", func(p *tab) { p.waitText("Digits") }},
	{"Jobs without any", "/jobs", func(p *tab) { p.waitText("No jobs yet") }},
	{"The sheet", "/teach", func(p *tab) { p.toSheet() }},
	{"A job with a variation of it", "/teach", func(p *tab) {
		p.toSheet()
		p.click("Send and train")
		p.waitFor("the end on the server", `document.querySelector("#job-take")`)
		p.submitLike("another seed", "t.seed = 5")
		p.click("Open it in Jobs")
		p.waitState("succeeded")
		p.click("Run a variation")
	}},
	{"Jobs", "/jobs", func(p *tab) { p.until("two jobs", func() bool { return p.jobRows() == 2 }) }},
	{"Jobs side by side", "/jobs", func(p *tab) {
		p.click("Compare another seed")
		p.click("Compare praise or complaint")
		p.click("Compare 2 jobs")
		p.waitFor("two curves in each chart", `document.querySelectorAll(".charts .curve-0.curve, .charts .curve-1.curve").length == 4`)
	}},
	{"Signing in", "/jobs", func(p *tab) {
		p.waitFor("the jobs", `document.querySelector(".jobs-table")`)
		p.server.token(p.t, "somebody", "read") // from now on the server wants one
		p.reload()
		p.waitText("Sign in to this server")
	}},
}

// fillTextClasses makes two classes of text on the Teach page.
func (p *tab) fillTextClasses() {
	p.t.Helper()
	p.click("Texts")
	p.waitText("Paste many lines")
	for n, c := range []struct {
		name  string
		lines []string
	}{{"praise", praise}, {"complaint", complaint}} {
		p.fill(fmt.Sprintf("Name of class %d", n+1), c.name)
		for i, line := range c.lines {
			p.fill("New example of "+c.name, line+"\n")
			p.waitCount(n, i+1)
		}
	}
}

func TestNothingKeepsPeopleOut(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(root(), axeFile))
	if err != nil {
		t.Skipf("%s is not here; make axe fetches it where there is npm", axeFile)
	}
	s := startServer(t)
	for _, scene := range scenes {
		t.Run(scene.name, func(t *testing.T) {
			p := open(t, s, scene.path)
			p.waitFor("a usable page", usable)
			scene.prepare(p)
			for _, scheme := range []string{"light", "dark"} {
				p.colours(scheme)
				p.size(1280, 800)
				p.axe(string(source), scheme)
				p.size(390, 844)
				p.axe(string(source), scheme+" on a phone")
			}
		})
	}
}
