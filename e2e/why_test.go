package e2e

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wafer/nn/sharedtest"
)

const mixedReview = "What a terrible film, but I loved the music."

// asked presses Why? and waits for what is to come; it prints how long that took.
func (p *tab) asked(name, what, expression string) {
	p.t.Helper()
	began := time.Now()
	p.click(name)
	p.waitFor(what, expression)
	p.t.Logf("%s after %d ms", what, time.Since(began).Milliseconds())
}

// whyMap is true once the painted map is there.
const whyMap = `document.querySelector(".why-map img")?.naturalWidth >= 224`

func TestWhyAPhoto(t *testing.T) {
	bird := filepath.Join(sharedtest.Path(t, "data/sample-photos/original"), "bird.jpg")
	p := open(t, startServer(t), "/?model=photos")
	p.upload(picker, bird)
	p.waitFor("an answer", `document.querySelector(".answer .bars")`)
	p.asked("Why?", "a map", whyMap)
	alt := eval[string](p, `document.querySelector(".why-map img").alt`)
	if !strings.HasSuffix(alt, "mostly the upper left.") {
		t.Errorf("the map is called %q, expected it to say that the bird's head is at the upper left", alt)
	}
	p.waitText("Class activation map")
	p.size(1280, 900)
	p.screenshot("why-photo")
	p.phone()
	p.colours("dark")
	p.chinese()
	p.waitText("主要在左上")
	p.checkFits("a map")
	eval[bool](p, `(document.querySelector(".why").scrollIntoView(), true)`)
	p.screenshot("why-photo-phone")
	p.click("收起依据")
	p.waitFor("no map", `!document.querySelector(".why-map")`)
}

func TestWhyASentenceAndWithoutItsWords(t *testing.T) {
	p := open(t, startServer(t), "/?kind=text&model=sentiment")
	p.fill("Sentence to classify", mixedReview)
	label := func(want string) string {
		return `document.querySelector(".answer h2.label")?.innerText == "` + want + `"`
	}
	p.waitFor("an answer", label("negative"))
	p.asked("Why?", "words", `document.querySelectorAll(".why-word").length == 9`)
	strong := eval[[]string](p, `[...document.querySelectorAll(".why-word.level2, .why-word.level-2")].map(e => e.innerText.trim() + getComputedStyle(e, "::after").content)`)
	if got := strings.Join(strong, " "); got != `terrible"++" loved"−−"` {
		t.Errorf("strong words are %q, expected terrible with ++ and loved with −−", got)
	}
	p.size(1280, 900)
	p.screenshot("why-sentence")
	p.click("terrible: speaks strongly for it")
	p.waitFor("another answer", label("positive"))
	p.waitText("Left out: 1.")
	p.phone()
	p.colours("dark")
	p.chinese()
	p.checkFits("words")
	eval[bool](p, `(document.querySelector(".why").scrollIntoView(), true)`)
	p.screenshot("why-sentence-phone")
	p.click("全部恢复")
	p.waitFor("the first answer", `document.querySelectorAll(".why-word[aria-pressed=true]").length == 0 &&
		!document.querySelector(".why .notice")`)
	p.click("English")
	p.waitFor("the first answer", label("negative"))
	p.fill("Sentence to classify", "What a lovely day")
	p.waitFor("no words of the one before", `!document.querySelector(".why-word")`)
}

func TestWhyATaughtModel(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.click("Texts")
	p.waitText("Paste many lines")
	for n, m := range mails {
		p.fill("Name of class "+[]string{"1", "2"}[n], m.class)
		p.fill("New example of "+m.class, strings.Join(m.lines, "\n")+"\n")
		p.waitCount(n, len(m.lines))
	}
	p.trained()
	p.fill("Write something new", "may I reserve a table for eight on Tuesday")
	p.waitFor("an answer of booking", `document.querySelector(".try-answer .label")?.innerText == "booking"`)
	p.asked("Why?", "words", `document.querySelectorAll(".try-answer .why-word").length == 9`)
	p.size(1280, 900)
	eval[bool](p, `(document.querySelector(".why").scrollIntoView(), true)`)
	p.screenshot("why-taught")
}
