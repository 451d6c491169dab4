package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// answered waits until the taught model calls what is tried by a name.
func (p *tab) answered(name string) {
	p.t.Helper()
	p.until("an answer of "+name, func() bool {
		return eval[string](p, `document.querySelector(".try-answer .label")?.innerText || ""`) == name
	})
}

// Tables of messages in two languages, but for two messages that are asked afterwards.
func TestALessonFromATableOfMessages(t *testing.T) {
	for _, c := range []struct {
		set, header string
		asked       map[string]string
	}{
		{"mail-en", "topic,message", map[string]string{"may I reserve a table for eight on Tuesday": "booking",
			"I lost my wallet at your restaurant": "lost and found"}},
		{"mail-zh", "主题,内容", map[string]string{"请帮我订一张两个人的桌子": "预订", "我的钱包忘在椅子上了": "失物招领"}},
	} {
		t.Run(c.set, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join(root(), "static", "samples", "texts", c.set+".tsv"))
			if err != nil {
				t.Fatal(err)
			}
			var table strings.Builder
			table.WriteString(c.header + "\n")
			for line := range strings.Lines(string(b)) {
				class, text, _ := strings.Cut(strings.TrimSpace(line), "\t")
				fmt.Fprintf(&table, "%s,%q\n", class, text)
			}
			file := filepath.Join(t.TempDir(), "messages.csv")
			if err := os.WriteFile(file, []byte(table.String()), 0o644); err != nil {
				t.Fatal(err)
			}
			p := open(t, startServer(t), "/teach")
			p.waitFor("what was kept", keptIsHere)
			p.click("Texts")
			p.waitText("Paste many lines")
			p.upload("#teach-table", file)
			p.waitCount(0, 12)
			p.waitCount(1, 12)
			p.trained()
			for text, want := range c.asked {
				p.fill("Write something new", text)
				p.answered(want)
			}
			p.screenshot("lesson-" + c.set)
		})
	}
}

// A newcomer without anything at hand takes a shipped set, and sees a result without having pressed a button for it.
func TestAShippedSetIsLearntAtOnce(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.size(390, 844)
	p.screenshot("first-minute-phone")
	p.click("Pictures from the air")
	p.waitCount(0, 5)
	p.trained()
	p.waitText("Ready: 8 examples of 2 classes learned")
	if top := eval[float64](p, `document.querySelector(".result-bar").getBoundingClientRect().bottom`); top > 844 {
		t.Errorf("the lower edge of the result is at %.0f px, expected it on the screen of 844 px", top)
	}
	p.screenshot("set-phone")

	list := `document.querySelector("[id^=samples-]")`
	if n := eval[int](p, list+`.querySelectorAll("button:not([tabindex='-1'])").length`); n != 1 {
		t.Errorf("the examples of a class are %d stops of Tab, expected one", n)
	}
	eval[bool](p, `(`+list+`.querySelector("button:not([tabindex='-1'])").focus(), true)`)
	at := func() int {
		return eval[int](p, `[...`+list+`.querySelectorAll("button")].indexOf(document.activeElement)`)
	}
	key := func(name string) {
		eval[bool](p, fmt.Sprintf(`(document.activeElement.dispatchEvent(
			new KeyboardEvent("keydown", {key: %q, bubbles: true, cancelable: true})), true)`, name))
	}
	for _, step := range []struct {
		key  string
		want int
	}{{"End", 4}, {"ArrowLeft", 3}, {"Home", 0}, {"ArrowRight", 1}} {
		key(step.key)
		p.until(fmt.Sprintf("the focus on example %d after %s", step.want, step.key), func() bool { return at() == step.want })
	}
	key("Delete")
	p.waitCount(0, 4)
	p.until("the focus on the next example", func() bool { return at() == 1 })
	p.waitText("Ready: 7 examples of 2 classes learned")
}
