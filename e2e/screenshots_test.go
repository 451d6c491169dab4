package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// keep writes a picture of the window into docs/screenshots.
func (p *tab) keep(name string) {
	p.t.Helper()
	eval[bool](p, "(scrollTo(0, 0), true)")
	time.Sleep(300 * time.Millisecond) // bars have grown, fonts have arrived
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	p.must("taking "+name, err)
	if len(png) < 20_000 || len(png) > 1_000_000 {
		p.t.Errorf("%s has %d bytes, expected 20,000 to 1,000,000", name, len(png))
	}
	dir := filepath.Join(root(), "docs", "screenshots")
	p.must("making docs/screenshots", os.MkdirAll(dir, 0o755))
	p.must("writing "+name, os.WriteFile(filepath.Join(dir, name), png, 0o644))
}

// mails are what a restaurant could have its mail sorted by.
var mails = []struct {
	class string
	lines []string
}{
	{"booking", []string{"a table for two tonight please", "can I book a table for Friday at eight",
		"we would like to reserve for six people",
		"is there a table free on Sunday at noon", "please reserve a table by the window",
		"booking for four, tomorrow at seven",
		"could you keep a table for us on Saturday", "I want to make a reservation for ten",
		"do you have room for three at half past six",
		"a reservation for my birthday, twelve guests", "please book us in for lunch on Monday",
		"table for five next Thursday evening"}},
	{"lost and found", []string{"I left my umbrella at your place", "has anybody found a black wallet",
		"my scarf is still on the chair",
		"I think I lost my keys at the bar", "did you find a pair of glasses", "we forgot a blue jacket yesterday",
		"my phone must be under the sofa", "I cannot find my ring since last night", "somebody left a bag at our table",
		"I am missing a red glove", "was a child's toy handed in", "my hat stayed behind in the hall"}},
}

// rest takes the pointer and the focus away from what was used last.
func (p *tab) rest() {
	p.t.Helper()
	p.do("moving the pointer away", chromedp.MouseClickXY(2, 400))
}

func TestScreenshots(t *testing.T) {
	if os.Getenv("WAFER_SCREENSHOTS") == "" {
		t.Skip("make screenshots takes them")
	}
	s := startServer(t)
	t.Run("classify", func(t *testing.T) {
		p := open(t, s, "/?model=land")
		p.colours("light")
		p.size(1280, 800)
		p.click("Sample picture 7")
		p.waitFor("an answer of River", `document.querySelector(".answer .label")?.innerText == "River"`)
		p.rest()
		p.keep("classify.png")
	})
	t.Run("teach", func(t *testing.T) {
		p := open(t, s, "/teach")
		p.colours("light")
		p.size(1280, 1560) // all three acts
		p.waitFor("what was kept", keptIsHere)
		p.click("Texts")
		p.waitText("Paste many lines")
		for n, m := range mails {
			p.fill(fmt.Sprintf("Name of class %d", n+1), m.class)
			p.fill("New example of "+m.class, strings.Join(m.lines, "\n")+"\n")
			p.waitCount(n, len(m.lines))
		}
		p.trained()
		p.fill("Write something new", "may I reserve a table for eight on Tuesday")
		p.waitFor("an answer of booking", `document.querySelector(".try-answer .label")?.innerText == "booking"`)
		p.rest()
		p.keep("teach.png")
	})
	t.Run("job", func(t *testing.T) {
		s.submitMood(t)
		p := open(t, s, "/jobs")
		p.colours("light")
		p.size(1280, 800)
		p.click("mood")
		p.waitState("succeeded")
		p.rest()
		p.keep("job.png")
	})
	t.Run("phone-dark", func(t *testing.T) {
		p := open(t, s, "/?kind=text&model=sentiment")
		p.colours("dark")
		p.do("a phone", chromedp.EmulateViewport(390, 844, chromedp.EmulateScale(2)))
		p.waitFor("a usable page", usable)
		p.chinese()
		p.fill("要识别的句子", "What a lovely surprise, thank you so much!")
		p.until("an answer", func() bool { return strings.Contains(p.answer(), "正面") })
		p.rest()
		p.keep("phone-dark.png")
	})
}
