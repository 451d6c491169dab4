package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// focus is the element that keys go to.
type focus struct {
	What    string // for people: tag, name and text
	Visible bool   // something around it shows that it has the focus
}

// focused tells what has the focus. What shows it may be a neighbour that stands
// for it, such as the text beside a radio button, or the frame around it.
func (p *tab) focused() focus {
	p.t.Helper()
	return eval[focus](p, `(() => {
		const e = document.activeElement;
		const shows = x => { const s = x && getComputedStyle(x); return s && (s.outlineStyle != "none" && parseFloat(s.outlineWidth) > 0 || s.boxShadow != "none"); };
		return { What: e.tagName + " #" + e.id + " " + (e.getAttribute("aria-label") || "") + " " + e.innerText.slice(0, 40),
			Visible: e == document.body || Boolean([e, e.nextElementSibling, e.parentElement].some(shows)) };
	})()`)
}

// tabTo presses Tab until a JavaScript expression about e, which has the focus, is
// true. On the way every stop must show that it has the focus.
func (p *tab) tabTo(what, expression string) {
	p.t.Helper()
	p.waitFor(what+" to be there", fmt.Sprintf(`[...document.querySelectorAll("a, button, input, textarea, select, summary")].some(e => %s)`, expression))
	var way []string
	for range 80 {
		p.press(kb.Tab)
		at := p.focused()
		way = append(way, at.What)
		if !at.Visible {
			p.t.Errorf("%s has the focus, and nothing shows it", at.What)
		}
		if eval[bool](p, fmt.Sprintf("(e => Boolean(%s))(document.activeElement)", expression)) {
			return
		}
	}
	p.t.Fatalf("Tab does not lead to %s; it went\n%s", what, strings.Join(way, "\n"))
}

// named is an expression for tabTo: the accessible name of e as the page writes it.
func named(name string) string {
	return fmt.Sprintf(`(e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.innerText || "").trim() == %q`,
		name)
}

func TestClassifyWithTheKeyboardAlone(t *testing.T) {
	p := open(t, startServer(t), "/")
	p.waitFor("a usable page", usable)
	p.press(kb.Tab)
	if at := p.focused(); !strings.Contains(at.What, "Skip to the content") || !at.Visible {
		t.Errorf("the first Tab leads to %q (visible: %v), expected the link that skips to the content", at.What,
			at.Visible)
	}
	if top := eval[float64](p, "document.activeElement.getBoundingClientRect().top"); top < 0 {
		t.Errorf("the skip link is at %.0f px while it has the focus, above the window", top)
	}
	p.press(kb.Enter)
	p.waitFor("the focus on the content", `document.activeElement == document.querySelector("main")`)
	p.tabTo("the switch between pictures and text", `e.name == "kind"`)
	p.press(kb.ArrowRight)
	p.waitFor("a place to write", `document.querySelector("#sentence")`)
	p.tabTo("the models", `e.name == "model"`)
	p.tabTo("the place to write", `e.id == "sentence"`)
	p.press("what a lovely day, thank you")
	p.until("an answer", func() bool { return strings.Contains(p.answer(), "%") })
	p.tabTo("a sample", `e.matches(".sample-text")`)
	p.press(" ")
	p.waitFor("the sample in the field", `document.querySelector("#sentence").value == document.querySelector(".sample-text").innerText`)
}

func TestTeachWithTheKeyboardAlone(t *testing.T) {
	p := open(t, startServer(t), "/")
	p.waitFor("a usable page", usable)
	p.tabTo("Teach in the bar", named("Teach"))
	p.press(kb.Enter)
	p.waitFor("what was kept", keptIsHere)
	p.tabTo("the switch between pictures and texts", `e.name == "teach-kind"`)
	p.press(kb.ArrowRight)
	p.waitText("Paste many lines")
	for n, c := range []struct {
		name  string
		lines []string
	}{{"praise", praise[:3]}, {"complaint", complaint[:3]}} {
		p.tabTo("the name of a class", named(fmt.Sprintf("Name of class %d", n+1)))
		p.press(c.name)
		p.tabTo("the examples of "+c.name, named("New example of "+c.name))
		for i, line := range c.lines {
			p.press(line + kb.Enter)
			p.waitCount(n, i+1)
		}
	}
	p.trained()
	p.tabTo("fine-tuning", `e.id == "teach-go" && !e.disabled`)
	p.tabTo("the trial", `e.id == "teach-try-text"`)
	p.press("what a lovely meal")
	p.until("an answer", func() bool {
		return strings.Contains("praise complaint",
			eval[string](p, `document.querySelector(".try-answer .label")?.innerText || "?"`))
	})
}

func TestEveryStopOfTabShowsTheFocus(t *testing.T) {
	s := startServer(t)
	for _, path := range []string{"/?model=digits", "/teach", "/models"} {
		p := open(t, s, path)
		p.waitFor("a usable page", usable)
		p.tabTo("the last link or button", `e == [...document.querySelectorAll("a, button, summary")].filter(x => !x.disabled && x.checkVisibility()).pop()`)
	}
}
