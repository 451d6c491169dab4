package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// toSheet fills two classes of text for a short training on the server, and opens the sheet.
func (p *tab) toSheet() {
	p.t.Helper()
	p.waitFor("what was kept", keptIsHere)
	p.fillTextClasses()
	p.click("Details")
	p.fill("Epochs", "8")
	p.press(kb.Tab)
	p.lastLayer()
	p.waitFor("the server's offer", `document.querySelector("#send:not(:disabled)")`)
	p.click("Train on the server")
	p.waitFor("the sheet", `document.querySelector("dialog[open]")`)
}

// submitLike hands in a job like the newest one, with a change of its request in JavaScript, and returns its ID.
func (p *tab) submitLike(name, change string) string {
	p.t.Helper()
	return eval[string](p, fmt.Sprintf(`(async () => {
		const of = (await (await fetch("/api/jobs")).json()).jobs.at(-1).id; // lists hold no recipes
		const spec = (await (await fetch("/api/jobs/" + of)).json()).spec;
		spec.name = %q;
		(t => { %s })(spec.recipe);
		const answer = await fetch("/api/jobs", { method: "POST", body: JSON.stringify(spec), headers: { "Content-Type": "application/json" } });
		if (answer.status != 201) throw new Error(await answer.text());
		return (await answer.json()).id;
	})()`, name, change))
}

func (p *tab) jobRows() int {
	return eval[int](p, `document.querySelectorAll(".jobs-table tbody tr").length`)
}

func (p *tab) waitState(state string) {
	p.t.Helper()
	p.until("the state "+state, func() bool {
		return eval[string](p, `document.querySelector(".job-head .badge")?.className || ""`) == "badge badge-"+state
	})
}

// wholeNetwork is the change of a recipe that trains the whole network for so many epochs, once its head is solved.
func wholeNetwork(epochs int) string {
	return fmt.Sprintf("t.train.epochs = %d; t.validate.patience = 0; t.stages.push({name: 'whole', trains: 'whole'})",
		epochs)
}

func TestJobsPage(t *testing.T) {
	s := startServer(t)
	p := open(t, s, "/teach")
	p.toSheet()
	p.click("Send and train")
	p.waitFor("the end on the server", `document.querySelector("#job-take")`)
	p.submitLike("another seed", "t.seed = 5")
	long := p.submitLike("a long one", wholeNetwork(10000))

	p.clickRole("link", "Jobs")
	p.until("three jobs", func() bool { return p.jobRows() == 3 })
	p.until("two of them done", func() bool { return strings.Count(p.text(), "% right") == 2 })
	eval[bool](p, `(document.querySelector('.filter[href="/jobs?state=succeeded"]').click(), true)`)
	p.until("the done ones only", func() bool { return p.jobRows() == 2 })
	p.clickRole("link", "All 3")
	p.until("all again", func() bool { return p.jobRows() == 3 })

	p.click("a long one")
	p.waitState("running")
	p.waitFor("its curves", `document.querySelectorAll(".job .curve-end").length >= 2`)
	p.click("Pause")
	p.waitState("paused")
	p.click("Resume")
	p.waitState("running")
	p.click("Cancel")
	p.waitState("cancelled")
	p.click("Delete")
	p.waitText("a long one was deleted")
	p.until("the other two", func() bool { return p.jobRows() == 2 })
	if status := eval[int](p, fmt.Sprintf(`fetch("/api/jobs/%s").then(r => r.status)`, long)); status != 404 {
		t.Errorf("the deleted job answers %d, expected 404", status)
	}
	p.expect("404")

	p.click("Compare another seed")
	p.click("Compare praise or complaint")
	p.click("Compare 2 jobs")
	p.waitText("Side by side")
	p.waitFor("a column for each", `document.querySelectorAll(".jobs-table thead th").length == 3`)

	p.click("another seed")
	p.waitState("succeeded")
	p.click("Run a variation")
	p.fill("Name", "a variation")
	p.fill("Seed", "-1")
	p.press(kb.Tab)
	p.click("Run it")
	p.waitText("seed: must be a whole number")
	p.expect("400")
	p.fill("Seed", "0")
	p.press(kb.Tab)
	p.click("Run it")
	p.waitFor("the variation", `document.querySelector("#job-title")?.innerText == "a variation"`)
	p.waitState("succeeded")
	same := eval[bool](p, `fetch("/api/jobs").then(r => r.json()).then(l => l.jobs[0].status.result.weights_hash == l.jobs[2].status.result.weights_hash && l.jobs[0].spec.clone_of == l.jobs[1].id)`)
	if !same {
		t.Error("a variation with the first job's seed has other weights, or does not say what it varies")
	}
	p.click("Bring the model into this tab")
	p.click("Teach it more")
	p.waitFor("the model to start from", `/a variation/.test(document.querySelector("#teach-base")?.selectedOptions[0]?.text)`)
	p.clickRole("button", "Stop watching")
	p.tune()
	p.trained()
}

// A server that goes away and comes back loses and repeats nothing: the curve has every epoch once.
func TestEventsGoOnAfterTheServerWasAway(t *testing.T) {
	s := startServer(t)
	p := open(t, s, "/teach")
	p.expect("net::ERR")
	p.toSheet()
	p.click("Send and train")
	p.waitFor("the end on the server", `document.querySelector("#job-take")`)
	const epochs = 40
	id := p.submitLike("a long one", wholeNetwork(epochs))
	p.navigate("/jobs?id=" + id)
	points := func() int {
		return eval[int](p, `document.querySelector(".job .curve")?.getAttribute("d").match(/[ML]/g).length || 0`)
	}
	p.until("some epochs", func() bool { return points() > 5 })
	s.stop()
	p.waitText("Nothing is heard of this job")
	startServer(t, "-addr", strings.TrimPrefix(s.url, "http://"), "-data", s.data)
	p.waitNoText("Nothing is heard of this job")
	p.untilWithin(9*patience, "the end", func() bool {
		return eval[string](p, `document.querySelector(".job-head .badge")?.className || ""`) == "badge badge-succeeded"
	})
	if n := points(); n != 2*epochs { // the head, then the whole network
		t.Errorf("the curve has %d epochs, expected %d", n, 2*epochs)
	}
}
