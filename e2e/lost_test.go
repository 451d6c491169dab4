package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// beside opens another tab of the same browser.
func (p *tab) beside(path string) *tab {
	p.t.Helper()
	ctx, stop := chromedp.NewContext(p.ctx)
	q := &tab{t: p.t, server: p.server, downloads: p.downloads, ctx: ctx}
	p.t.Cleanup(func() {
		q.finish()
		stop()
	})
	if err := chromedp.Do(ctx); err != nil {
		p.t.Fatalf("opening a tab: %v", err)
	}
	q.watch()
	q.navigate(path)
	return q
}

// insert puts text where the focus is in one event, as a paste, dictation or a phone's suggestion does.
func (p *tab) insert(text string) {
	p.t.Helper()
	p.must("inserting "+text, call(p, input.InsertText, input.InsertTextParams{Text: text}))
}

// examples are the classes of the Teach page with their numbers of examples, without those that have neither a
// name nor an example.
const examples = `[...document.querySelectorAll(".card")].map((c) => c.querySelector(".card-name").value + " " +
	(c.querySelector(".card-count").innerText.match(/\d+/) || ["0"])[0]).filter((s) => s !== " 0").sort().join(", ")`

func (p *tab) waitExamples(want string) {
	p.t.Helper()
	got := ""
	p.until("the examples "+want, func() bool {
		got = eval[string](p, examples)
		return got == want
	})
}

// filesOf is the input for files of the n-th class.
func filesOf(n int) string {
	return fmt.Sprintf(".card:nth-child(%d) input[type=file]:not([webkitdirectory])", n)
}

// addExamples makes the two classes cats and dogs of four pictures each.
func (p *tab) addExamples() {
	p.t.Helper()
	for i, name := range []string{"cats", "dogs"} {
		eval[bool](p, fmt.Sprintf(`(document.querySelectorAll(".card-name")[%d].focus(), true)`, i))
		p.insert(name)
	}
	p.upload(filesOf(1), "static/samples/land/forest.jpg", "static/samples/land/pasture.jpg",
		"static/samples/land/annual-crop.jpg", "static/samples/land/sea-lake.jpg")
	p.upload(filesOf(2), "static/samples/land/highway.jpg", "static/samples/land/industrial.jpg",
		"static/samples/land/residential.jpg", "static/samples/digits/7.png")
}

// Two tabs of the Teach page never delete each other's examples.
func TestTwoTabsLoseNothing(t *testing.T) {
	s := startServer(t)
	a := open(t, s, "/teach")
	a.waitFor("the classes", `document.querySelectorAll(".card").length === 2 && !document.querySelector("fieldset.acts").disabled`)
	b := a.beside("/teach")
	b.waitFor("the classes", `document.querySelectorAll(".card").length === 2 && !document.querySelector("fieldset.acts").disabled`)
	a.addExamples()
	a.waitExamples("cats 4, dogs 4")
	b.waitExamples("cats 4, dogs 4") // told by the other tab
	eval[bool](b, `(document.querySelectorAll(".card-name")[0].focus(), true)`)
	b.insert(" and lions")
	b.waitExamples("cats and lions 4, dogs 4")
	a.waitExamples("cats and lions 4, dogs 4")
	a.reload()
	a.waitExamples("cats and lions 4, dogs 4")
	stored := `new Promise((done) => { const open = indexedDB.open("wafer"); open.onsuccess = () => {
		const all = open.result.transaction("samples").objectStore("samples").count(); all.onsuccess = () => done(all.result); }; })`
	if n := eval[int](a, stored); n != 8 {
		t.Errorf("%d samples are kept, expected 8", n)
	}
	// Removed in one tab, with another opened since: it still comes back.
	a.click("Remove dogs")
	b.waitExamples("cats and lions 4")
	b.reload()
	b.waitExamples("cats and lions 4")
	a.click("Undo")
	b.waitExamples("cats and lions 4, dogs 4")
	b.screenshot("two-tabs")
}

// Nobody's typing is rewritten: not the spaces at its end, not what comes while the page draws, not what an input
// method composes.
func TestTheTextFieldKeepsWhatIsTyped(t *testing.T) {
	p := open(t, startServer(t), "/?kind=text&model=sentiment")
	p.waitFor("a place to write", `document.querySelector("#sentence")`)
	value := func(want string) {
		t.Helper()
		time.Sleep(500 * time.Millisecond) // what would take it away comes a little later
		if got := eval[string](p, `document.querySelector("#sentence").value`); got != want {
			t.Errorf("the field holds %q, expected %q", got, want)
		}
	}
	focus := func() { eval[bool](p, `(document.querySelector("#sentence").focus(), true)`) }
	focus()
	p.insert("not ")
	value("not ")
	p.insert("good")
	value("not good")
	p.waitFor("an answer", `document.querySelector(".answer .label")?.innerText === "negative"`)
	p.press(kb.Enter)
	value("not good\n")
	p.insert("second")
	value("not good\nsecond")
	p.must("composing", call(p, input.ImeSetComposition, input.ImeSetCompositionParams{Text: " ni", SelectionStart: 3,
		SelectionEnd: 3}))
	value("not good\nsecond ni")
	p.insert(" 你 ")
	value("not good\nsecond 你 ")
	p.click("I am really disappointed with the service.") // what the page puts there itself
	value("I am really disappointed with the service.")
	focus()
	p.insert(" Twice.")
	value("I am really disappointed with the service. Twice.")
	p.click("Clear")
	value("")
}

// What is typed on the Teach page and not added yet stays with its class, whatever the page shows meanwhile.
func TestDraftsStayWithTheirClass(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("the kinds", `!document.querySelector("fieldset.acts").disabled`)
	p.clickRole("radio", "Texts")
	p.waitFor("the fields", `document.querySelectorAll(".line-field textarea").length === 2`)
	eval[bool](p, `(document.querySelectorAll(".line-field textarea")[1].focus(), true)`)
	p.insert("a long sentence that is not finished ")
	second := func() string {
		return eval[string](p, `[...document.querySelectorAll(".line-field textarea")].map((t) => t.value).join("|")`)
	}
	p.clickRole("radio", "Pictures")
	p.waitFor("no fields", `document.querySelectorAll(".line-field textarea").length === 0`)
	p.clickRole("radio", "Texts")
	p.until("the draft is back", func() bool { return second() == "|a long sentence that is not finished " })
	eval[bool](p, `(document.querySelectorAll(".card .danger")[0].click(), true)`) // the class before it
	p.until("the draft moved with its class", func() bool {
		return second() == "a long sentence that is not finished "
	})
}

// slowly delays the page's program.
func slowly(r *http.Response) error {
	if path := r.Request.URL.Path; strings.HasPrefix(path, "/web/app") && strings.HasSuffix(path, ".wasm") {
		time.Sleep(3 * time.Second)
	}
	return nil
}

// starting waits until the page is shown without its program.
func (p *tab) starting(selector string) {
	p.t.Helper()
	p.waitFor("the page before its program", fmt.Sprintf(
		`document.querySelector(%q) && document.querySelector("#app-wasm-loader")`, selector))
}

// What people do before the page's program runs is answered once it does, and no drop leaves the page.
func TestWhatComesBeforeTheProgramIsKept(t *testing.T) {
	s := behind(t, startServer(t), slowly)
	p := open(t, s, "/?model=digits")
	answered := func(label string) {
		t.Helper()
		p.waitFor("an answer of "+label, fmt.Sprintf(`document.querySelector(".answer .label")?.innerText === %q`,
			label))
	}
	p.starting("main .drop")
	p.drop("main .drop", "static/samples/digits/4.png")
	answered("4")
	if got := eval[string](p, "location.pathname"); got != "/" {
		t.Errorf("the drop led to %s", got)
	}
	p = open(t, s, "/?model=digits")
	p.starting("main .drop")
	p.upload("#picker", "static/samples/digits/2.png")
	answered("2")

	p = open(t, s, "/teach")
	p.starting(".card")
	p.drop(".card:nth-child(2)", "static/samples/land/forest.jpg")
	p.waitFor("the picture in the second class",
		`document.querySelectorAll(".card")[1].querySelectorAll("img").length === 1 && document.querySelectorAll(".card")[0].querySelectorAll("img").length === 0`)

	p = open(t, s, "/jobs") // takes nothing, and keeps nothing for later
	p.starting("main")
	p.drop("main", "static/samples/digits/4.png")
	p.waitFor("the page's program", usable)
	if got := eval[string](p, "location.pathname"); got != "/jobs" {
		t.Errorf("the drop on a page that takes none led to %s", got)
	}
	p.drop("main", "static/samples/digits/4.png") // neither does one later
	if got := eval[string](p, "location.pathname"); got != "/jobs" {
		t.Errorf("the drop on a page that takes none led to %s", got)
	}
}

// Controls that cannot act yet can be seen not to be ready.
func TestControlsWaitForTheProgram(t *testing.T) {
	p := open(t, behind(t, startServer(t), slowly), "/")
	p.starting("main")
	loose := eval[string](p, `[...document.querySelectorAll("button, input, select, textarea")].filter((e) => !e.disabled &&
		!e.closest("fieldset:disabled") && !e.dataset.chooses && e.type !== "file").map((e) => e.outerHTML).join("\n")`)
	if loose != "" {
		t.Errorf("before the program runs these look ready and are not:\n%s", loose)
	}
	p.waitFor("the page's program", usable)
	p.click("中文")
	p.waitText("识别")
}

// The browser is asked to keep what was added, and its answer is shown.
func TestTheBrowserIsAskedToKeepExamples(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("the classes", `!document.querySelector("fieldset.acts").disabled`)
	eval[bool](p, `(self.asked = 0, navigator.storage.persist = async () => { self.asked++; return false; }, true)`)
	p.addExamples()
	p.waitExamples("cats 4, dogs 4")
	p.waitText("may clear it when the disk runs short")
	p.upload(filesOf(1), "static/samples/land/river.jpg")
	p.waitExamples("cats 5, dogs 4")
	if n := eval[int](p, "self.asked"); n != 1 {
		t.Errorf("the browser was asked %d times, expected once", n)
	}
	p.navigate("/models")
	p.waitFor("the page's program", usable)
}
