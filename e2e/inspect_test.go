package e2e

import (
	"strings"
	"testing"
)

// What is inside a shipped model is drawn layer by layer, with the numbers of a weight on asking.
func TestAModelIsLookedInto(t *testing.T) {
	p := open(t, startServer(t), "/models")
	p.waitFor("a usable page", usable)
	p.waitText("Public models")
	p.click("Look inside Photos")
	p.waitFor("its layers", `document.querySelectorAll(".graph > li").length > 50`)
	if !eval[bool](p, `[...document.querySelectorAll(".graph .lane.from")].length > 3`) {
		t.Error("a network with residual blocks shows no connection that passes over layers")
	}
	eval[bool](p, `[...document.querySelectorAll(".graph details")].some(d => d.querySelector(".weight") && (d.open = true))`)
	eval[bool](p, `(document.querySelector(".graph details[open] .weight button").click(), true)`)
	p.waitFor("the histogram", `document.querySelector(".graph .histogram rect")`)
	p.screenshot("models-inside")
	said := eval[string](p, `document.querySelector(".histogram").getAttribute("aria-label")`)
	if !strings.HasPrefix(said, "From ") {
		t.Errorf("the histogram is called %q, expected what it shows", said)
	}
	p.click("Close what is inside Photos")
	p.waitFor("the list to be gone", `!document.querySelector(".graph")`)
}
