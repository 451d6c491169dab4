package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// phone makes the window as wide as a common phone.
func (p *tab) phone() { p.t.Helper(); p.size(390, 844) }

// chinese switches the page to Chinese.
func (p *tab) chinese() {
	p.t.Helper()
	p.click("中文")
	p.waitFor("a Chinese page", `document.documentElement.lang.startsWith("zh")`)
	p.waitText("识别")
}

func TestPagesFitAPhone(t *testing.T) {
	s := startServer(t)
	for _, language := range []string{"English", "中文"} {
		t.Run(language, func(t *testing.T) {
			p := open(t, s, "/")
			p.phone()
			p.waitFor("a usable page", usable)
			if language == "中文" {
				p.chinese()
			}
			for _, path := range []string{"/", "/?model=digits", "/?model=land", "/?kind=text&model=sentiment",
				"/?kind=text&model=intents", "/teach", "/models"} {
				p.navigate(path)
				p.waitFor("a usable page", usable)
				p.checkFits(path)
				p.checkBar(path)
			}
			p.navigate("/?model=digits")
			p.waitFor("a usable page", usable)
			p.upload(picker, sampleFiles(t, "digits")...)
			p.waitRows(len(picturesOf["digits"]))
			p.checkFits("a table")
		})
	}
}

// checkFits complains of a page that scrolls sideways and names what is too wide.
func (p *tab) checkFits(where string) {
	p.t.Helper()
	wide := eval[[]string](p, `document.documentElement.scrollWidth <= innerWidth ? [] :
		[...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility()).slice(0, 5)
			.map(e => e.tagName + "." + e.className + " ends at " + Math.round(e.getBoundingClientRect().right)).concat("the page is " + document.documentElement.scrollWidth + " wide")`)
	if len(wide) > 0 {
		p.t.Errorf("%s scrolls sideways at a width of 390: %s", where, strings.Join(wide, ", "))
	}
}

// checkBar complains of a bar of destinations that is not at the bottom, or is too
// small for a thumb.
func (p *tab) checkBar(where string) {
	p.t.Helper()
	for i, d := range eval[[]rectangle](p, `[...document.querySelectorAll(".destination")].map(e => {
		const b = e.getBoundingClientRect();
		return { X: b.x, Y: b.y, Width: b.width, Height: b.height };
	})`) {
		if d.Height < 40 || d.Width < 40 || d.Y < 700 || d.Y+d.Height > 844 {
			p.t.Errorf("%s: destination %d is %.0f×%.0f at %.0f, expected at least 40×40 at the bottom of 844", where,
				i+1, d.Width, d.Height, d.Y)
		}
	}
	for _, b := range eval[[]string](p, `[...document.querySelectorAll(".switches button")].filter(e => e.getBoundingClientRect().height < 40)
		.map(e => e.id + ": " + e.getBoundingClientRect().height)`) {
		p.t.Errorf("%s: the height of the button %s is below 40", where, b)
	}
}

func TestChineseIsKept(t *testing.T) {
	p := open(t, startServer(t), "/")
	p.waitFor("a usable page", usable)
	p.chinese()
	for path, want := range map[string]string{"/": "把图片拖到这里", "/?kind=text": "要识别的句子", "/teach": "训练",
		"/models": "模型"} {
		p.navigate(path) // loads the page again
		p.waitFor("a usable page", usable)
		p.until(want+" on "+path, func() bool {
			return strings.Contains(eval[string](p,
				`document.body.innerText + [...document.querySelectorAll("[aria-label]")].map(e => e.getAttribute("aria-label"))`), want)
		})
		if english := regexp.MustCompile(`(?m)^(Classify|Teach|Models|Train|Examples|Drop pictures here|Sample)\b.*`).
			FindString(p.text()); english != "" {
			t.Errorf("%s in Chinese still says %q", path, english)
		}
		if lang := eval[string](p, "document.documentElement.lang"); !strings.HasPrefix(lang, "zh") {
			t.Errorf("%s says that its language is %q, expected zh", path, lang)
		}
	}
}

func TestColoursAreKept(t *testing.T) {
	p := open(t, startServer(t), "/")
	p.waitFor("a usable page", usable)
	p.colours("light")
	ground := func() string { return eval[string](p, "getComputedStyle(document.body).backgroundColor") }
	light := ground()
	for _, now := range []string{"as the system", "light"} {
		p.click("Colours: " + now)
	}
	p.until("a switch that says dark", func() bool { return p.has("button", "Colours: dark") })
	dark := ground()
	if dark == light {
		t.Fatalf("the ground is %s in light and in dark", light)
	}
	p.reload()
	p.waitFor("a usable page", usable)
	p.until("a dark page after reload", func() bool { return ground() == dark })
	p.click("Colours: dark")
	p.until("the system's colours", func() bool { return ground() == light })
	p.colours("dark")
	p.until("the system's dark colours", func() bool { return ground() == dark })
	if got := eval[string](p, fmt.Sprintf("localStorage.getItem(%q) || ''", "wafer.theme")); got == "dark" {
		t.Errorf("the browser keeps %q, expected the system's choice", got)
	}
}
