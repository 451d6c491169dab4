package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// paste puts what a JavaScript expression gives, a ClipboardItem, on the clipboard
// and presses Ctrl+V.
func (p *tab) paste(item string) {
	p.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted,
			Origin: p.server.url})
		p.must("allowing "+name, err)
	}
	p.must("having the focus", call(p, emulation.SetFocusEmulationEnabled,
		emulation.SetFocusEmulationEnabledParams{Enabled: true}))
	eval[bool](p, fmt.Sprintf("(async () => { await navigator.clipboard.write([%s]); return true; })()", item))
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown,
		input.DispatchKeyEventTypeKeyUp} {
		key := input.DispatchKeyEventParams{Type: kind, Modifiers: 2, Key: "v", Code: "KeyV", WindowsVirtualKeyCode: 86}
		if kind == input.DispatchKeyEventTypeKeyDown {
			key.Commands = []string{"paste"}
		}
		p.must("pressing Ctrl+V", call(p, input.DispatchKeyEvent, key))
	}
}

func TestAPictureDroppedFromTheSystemIsAnswered(t *testing.T) {
	p := open(t, startServer(t), "/?model=digits")
	p.waitFor("a drawing pad", `document.querySelector("#pad")`)
	p.drop("main .drop", "static/samples/digits/4.png")
	p.waitFor("an answer of 4", `document.querySelector(".answer .label")?.innerText == "4"`)
	p.drop("header.bar", "static/samples/digits/2.png") // anywhere on the page
	p.waitFor("an answer of 2", `document.querySelector(".answer .label")?.innerText == "2"`)
	p.drop("main .drop", "static/samples/digits/1.png", "static/samples/digits/5.png")
	if rows := p.waitRows(2); rows[0][1] != "1" || rows[1][1] != "5" {
		t.Errorf("two dropped pictures got %v, expected 1 and 5", rows)
	}
	p.waitFor("no sign of dragging", `!document.documentElement.hasAttribute("data-dragging")`)
}

func TestAPictureAndATextArePasted(t *testing.T) {
	p := open(t, startServer(t), "/?model=digits")
	p.waitFor("a drawing pad", `document.querySelector("#pad")`)
	src := eval[string](p, `document.querySelectorAll("[data-sample] img")[6].src`)
	p.paste(fmt.Sprintf(`new ClipboardItem({ "image/png": fetch(%q).then(r => r.blob()).then(b => b.slice(0, b.size, "image/png")) })`, src))
	p.waitFor("an answer of 6 to the pasted picture", `document.querySelector(".answer .label")?.innerText == "6"`)

	p.navigate("/?kind=text&model=sentiment")
	p.waitFor("a place to write", `document.querySelector("#sentence")`)
	for text, want := range map[string]string{"what a wonderful surprise, thank you": "positive",
		"this is terrible, I hate it": "negative"} {
		eval[bool](p, "(document.activeElement.blur(), true)") // pasted onto the page, not into the field
		p.paste(fmt.Sprintf(`new ClipboardItem({ "text/plain": new Blob([%q], { type: "text/plain" }) })`, text))
		p.until(want, func() bool { return strings.Contains(p.answer(), want) })
	}
}

func TestPicturesDroppedOnAClassBecomeItsExamples(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.drop(`.card:nth-of-type(2)`, sampleFiles(t, "land")...)
	p.waitCount(1, len(picturesOf["land"]))
	p.waitFor("no example in the first class", `document.querySelectorAll(".card-count")[0].innerText.startsWith("no")`)
}

func TestStopKeepsTheBestModel(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.fillTextClasses()
	p.click("Details")
	p.fill("Epochs", "500")
	p.press(kb.Tab)
	p.tune()
	p.untilWithin(2*patience, "curves", func() bool {
		return eval[bool](p, `Boolean(document.querySelector(".charts .curve"))`)
	})
	p.clickRole("button", "Stop and keep the best")
	p.trained()
	p.waitText("Stopped by you after")
	p.fill("Write something new", "what a lovely place, great food")
	p.waitFor("an answer of the stopped model", `document.querySelector(".try-answer .label")?.innerText`)
	p.reload()
	p.click("Texts")
	p.until("the stopped model after reload", func() bool { return p.has("textbox", "Name of the model") })
}
