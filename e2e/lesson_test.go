package e2e

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
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

// thing is a picture of one colour with a white square at a place of its own.
func thing(c color.RGBA, place int) image.Image {
	c.G = uint8(30 + place*7%40)
	m := plain(c).(*image.RGBA)
	at := image.Pt(place*37%500, place*23%340)
	draw.Draw(m, image.Rectangle{Min: at, Max: at.Add(image.Pt(120, 120))}, image.White, image.Point{}, draw.Src)
	return m
}

// things is a film that shows one thing for two seconds and then the other.
func things(colours ...color.RGBA) (frames []image.Image) {
	for _, c := range colours {
		for i := range 60 {
			frames = append(frames, thing(c, i))
		}
	}
	return frames
}

// A teacher holds two things before the camera, one after the other; nothing is pressed but the button that records.
func TestALessonWithTheCamera(t *testing.T) {
	red, blue := color.RGBA{210, 40, 30, 255}, color.RGBA{30, 40, 210, 255}
	p := open(t, startServer(t), "/teach", film(t, things(red, blue)...)...)
	p.waitFor("what was kept", keptIsHere)
	// The colour that the camera shows now.
	shows := func(channel int) bool {
		return eval[bool](p, fmt.Sprintf(`(() => {
			const v = document.querySelector("video"), c = document.createElement("canvas").getContext("2d");
			c.drawImage(v, 0, 0, 8, 8);
			const d = c.getImageData(7, 7, 1, 1).data;
			return d[%d] > 2 * d[%d];
		})()`, channel, 2-channel))
	}
	for n, channel := range []int{0, 2} {
		p.fill(fmt.Sprintf("Name of class %d", n+1), []string{"red", "blue"}[n])
		eval[bool](p, fmt.Sprintf(`(document.querySelectorAll("[id^=film-]")[%d].click(), true)`, n))
		p.waitFor("the camera", `document.querySelector("[id^=record-]:not(:disabled)")`)
		p.until("the other thing before the camera", func() bool { return !shows(channel) })
		p.until("the thing before the camera", func() bool { return shows(channel) })
		hold := func(event string) {
			eval[bool](p, fmt.Sprintf(`(document.querySelector("[id^=record-]").dispatchEvent(
				new KeyboardEvent(%q, {key: " ", bubbles: true, cancelable: true})), true)`, event))
		}
		hold("keydown")
		p.waitFor("six pictures", fmt.Sprintf(`parseInt(document.querySelectorAll(".card-count")[%d].innerText) >= 6`,
			n))
		hold("keyup")
		p.waitText("added")
		p.click("Close camera")
	}
	p.trained()
	p.waitText("estimated on examples it had not seen")
	for name, c := range map[string]color.RGBA{"red": red, "blue": blue} {
		p.upload("#teach-try-file", picture(t, thing(c, 5)))
		p.answered(name)
	}
	p.screenshot("lesson-camera")
}

// picture writes a picture into a file.
func picture(t *testing.T, m image.Image) string {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "new.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// cut is a part of a shipped photograph, number 0 to 3.
func cut(t *testing.T, photo string, number int) image.Image {
	t.Helper()
	f, err := os.Open(filepath.Join(root(), "static", "samples", "photos", photo+".jpg"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := jpeg.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	b := m.Bounds()
	shift := image.Pt(number%2*b.Dx()/6, number/2*b.Dy()/6)
	out := image.NewRGBA(image.Rect(0, 0, b.Dx()*5/6, b.Dy()*5/6))
	draw.Draw(out, out.Bounds(), m, b.Min.Add(shift), draw.Src)
	return out
}

func TestALessonFromAFolderOfPhotographs(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "pictures")
	for _, class := range []string{"bird", "cat"} {
		if err := os.MkdirAll(filepath.Join(folder, class), 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			to := filepath.Join(folder, class, fmt.Sprint(i, ".png"))
			if err := os.Rename(picture(t, cut(t, class, i)), to); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "cat", "broken.png"), []byte("\x89PNG\r\n\x1a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.upload("#teach-folders", folder)
	p.waitText("cannot be learned from: broken.png")
	p.waitCount(0, 3)
	p.waitCount(1, 3)
	p.trained()
	for _, class := range []string{"bird", "cat"} {
		p.upload("#teach-try-file", picture(t, cut(t, class, 3)))
		p.answered(class)
	}
	p.screenshot("lesson-folder")
}

// Tables of messages in two languages, but for two messages that are asked afterwards.
func TestALessonFromATableOfMessages(t *testing.T) {
	for _, c := range []struct {
		set, header string
		networks    int // that are fetched: texts in Chinese need no encoder of sentences
		asked       map[string]string
	}{
		{"mail-en", "topic,message", 1, map[string]string{"may I reserve a table for eight on Tuesday": "booking",
			"I lost my wallet at your restaurant": "lost and found"}},
		{"mail-zh", "主题,内容", 0, map[string]string{"请帮我订一张两个人的桌子": "预订", "我的钱包忘在椅子上了": "失物招领"}},
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
			kept := 0
			p.until(fmt.Sprintf("%d encoders of sentences kept of those that were fetched", c.networks), func() bool {
				kept = eval[int](p, fmt.Sprintf(`caches.open("wafer-weights").then(c => c.keys()).then(
					k => k.filter(r => r.url.includes(%q)).length)`, shipped(t, "sentences").Info().SHA256))
				return kept >= c.networks
			})
			if kept != c.networks {
				t.Errorf("%d encoders were fetched, expected %d", kept, c.networks)
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
		return eval[int](p, `[...`+list+`.querySelectorAll(".pick-one")].indexOf(document.activeElement)`)
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
		p.until(fmt.Sprintf("the focus on example %d after %s", step.want, step.key),
			func() bool { return at() == step.want })
	}
	key("Delete")
	p.waitCount(0, 4)
	p.until("the focus on the next example", func() bool { return at() == 1 })
	p.waitText("Ready: 7 examples of 2 classes learned")
}
