package e2e

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"wafer/nn"
	"wafer/nn/task"
	"wafer/static"
)

var shippedModels = []string{"digits", "fashion", "land", "sentiment-lstm", "intents"}

// compiled runs wafer compile on a shipped model and returns what it wrote.
func compiled(t *testing.T, model, weights string) (module, page string) {
	t.Helper()
	need(t)
	bin, err := wafer()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	module, page = filepath.Join(dir, model+".wasm"), filepath.Join(dir, model+".html")
	args := []string{"compile", filepath.Join(root(), "static/models", model+".wafer"), "-o", module, "--html", page}
	if weights != "" {
		args = append(args, "--weights", weights)
	}
	if out, err := exec.Command(bin, args...).CombinedOutput(); err != nil {
		t.Fatalf("wafer %v: %v\n%s", args, err, out)
	}
	return module, page
}

// modelOpen is whether an exported page has opened its model.
const modelOpen = `document.querySelector("#texts:not([hidden]), #pictures:not([hidden])")`

// openFile opens a page from the disk, as a person would who got it by mail.
func openFile(t *testing.T, path string) *tab {
	t.Helper()
	p := open(t, &server{url: "file://"}, path)
	p.expect("request to another host: blob:null/") // the worker, and pictures that are shown
	p.waitFor("the model", modelOpen)
	return p
}

func shipped(t *testing.T, name string) *nn.Model {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(root(), "static/models", name+".wafer"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := nn.OpenIn(file, nil, static.Model)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// oddTexts are what preparation may fail on: scripts, spaces, cases, marks, control characters, names of JavaScript.
var oddTexts = []string{
	"Hello, World! It's 5 o'clock; don't   panic...\tnew\nline\r\n", "ΑΣ ΑΣΑ ΟΔΥΣΣΕΥΣ Σ Σ. İstanbul Iğdır",
	"東京タワー ひらがな 한국어 ภาษาไทย ຂອງ ខ្មែរ မြန်မာ mixed漢字text", "这部电影太好看了，我非常喜欢！今天天气不错。",
	"naïve café e\u0301 \u200bzero\u00a0width \ufeffbom 𝒳𝒴 😀😃 ½ ² Ⅷ ٣٤٥ _under_score", "a", "the the of of a", "  ",
	"constructor __proto__ toString hasOwnProperty 1 2 10", "\x00\x01 control \u2028 \u2029", "İΣ’Σ aΣ\u0301b", "qqqq",
	strings.Repeat("good bad not ", 60),
}

// exportInputs are JavaScript for what an exported page is asked: odd texts and examples, or the samples of a model as
// PNG, some as WebP and as a JPEG that its EXIF data turns, and a picture without colours of a canvas.
func exportInputs(t *testing.T, m *nn.Model) (list []string) {
	t.Helper()
	if m.Info().Kind == task.Text {
		for _, s := range append(slices.Clone(oddTexts), m.Info().Examples...) {
			b, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, fmt.Sprintf(`{ text: %s }`, b))
		}
		return list
	}
	for i, f := range sampleFiles(t, m.Info().ID) {
		picture := asPNG(t, f)
		list = append(list, fmt.Sprintf(`{ file: %s }`, blob(picture)))
		if i < 2 {
			list = append(list, fmt.Sprintf(`{ file: await webp(%s) }`, blob(picture)),
				fmt.Sprintf(`{ file: %s }`, blob(turned(t, picture))))
		}
	}
	return append(list, `{ width: 2, height: 3, bytes: new Uint8Array(24).map((_, i) => 97 * i) }`)
}

func blob(b []byte) string {
	return fmt.Sprintf(`new Blob([decoded(%q)])`, base64.StdEncoding.EncodeToString(b))
}

func asPNG(t *testing.T, path string) []byte {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	picture, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// turned is a picture as a JPEG that says, in EXIF, that it has to be turned by 90° to be upright (orientation 6).
func turned(t *testing.T, file []byte) []byte {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		t.Fatal(err)
	}
	const exif = "\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08" +
		"\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00\x00\x00\x00\x00"
	return slices.Concat(b.Bytes()[:2], []byte(exif), b.Bytes()[2:])
}

// foreign is what an exported page answered, and the pixels that its browser makes of the picture, for the model
// elsewhere.
type foreign struct {
	Indices       []int
	Probabilities []float64
	Rejected      bool
	Error         string
	Text          *string
	Width, Height int
	RGBA          []byte
}

// question is JavaScript that asks the page and gives a foreign. Pictures are decoded once more, as Wafer's page does.
func question(input string) string {
	return fmt.Sprintf(`(async () => {
		const surface = async (file) => {
			const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
			const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
			canvas.getContext("2d", { willReadFrequently: true }).drawImage(bitmap, 0, 0);
			return canvas;
		};
		const webp = async (file) => {
			const canvas = await surface(file);
			return new Promise((done) => canvas.toBlob(done, "image/webp", 0.9));
		};
		const input = %s, r = await classify(input), seen = { ...input };
		if (input.file) {
			const canvas = await surface(input.file), { width, height } = canvas;
			Object.assign(seen, { width, height, bytes: canvas.getContext("2d").getImageData(0, 0, width, height).data });
		}
		return { Text: seen.text ?? null, Width: seen.width ?? 0, Height: seen.height ?? 0,
			RGBA: seen.bytes ? btoa(Array.from(seen.bytes, (b) => String.fromCharCode(b)).join("")) : null,
			Indices: (r.scores ?? []).map((s) => s.index), Probabilities: (r.scores ?? []).map((s) => Math.fround(s.probability)),
			Rejected: Boolean(r.rejected), Error: r.error ?? "" };
	})()`, input)
}

// input is what was asked.
func (f foreign) input() task.Input {
	if f.Text != nil {
		return task.Input{Text: *f.Text}
	}
	return task.Input{Pixels: &task.Pixels{Width: f.Width, Height: f.Height, RGBA: f.RGBA}}
}

// check compares an answer with the model's own, natively: every score to the last bit.
func (f foreign) check(t *testing.T, what string, m *nn.Model) {
	t.Helper()
	want := m.Classify(f.input())
	if f.Error != want.Error || f.Rejected != want.Rejected || len(f.Indices) != len(want.Scores) {
		t.Fatalf("%s: the page says error %q, rejected %t, %d scores; expected %q, %t, %d",
			what, f.Error, f.Rejected, len(f.Indices), want.Error, want.Rejected, len(want.Scores))
	}
	for i, s := range want.Scores {
		if f.Indices[i] != s.Index || float32(f.Probabilities[i]) != s.Probability {
			t.Errorf("%s: the page's score %d is %v of label %d; expected %v of %d",
				what, i, f.Probabilities[i], f.Indices[i], s.Probability, s.Index)
			return
		}
	}
}

// What a page answers is what the model answers natively, given the pixels that the same browser decodes.
func TestModelPageEqualsTheModel(t *testing.T) {
	for _, name := range shippedModels {
		t.Run(name, func(t *testing.T) {
			_, page := compiled(t, name, "")
			p, m := openFile(t, page), shipped(t, name)
			for i, in := range exportInputs(t, m) {
				eval[foreign](p, question(in)).check(t, fmt.Sprintf("input %d", i), m)
			}
		})
	}
}

// Likewise in Firefox.
func TestModelPageInFirefox(t *testing.T) {
	path := firefox(t)
	for _, name := range shippedModels {
		t.Run(name, func(t *testing.T) {
			_, page := compiled(t, name, "")
			f, m := openFirefox(t, path, "file://"+page), shipped(t, name)
			f.waitFor("the model", modelOpen)
			for i, in := range exportInputs(t, m) {
				foxEval[foreign](f, question(in)).check(t, fmt.Sprintf("input %d", i), m)
			}
		})
	}
}

// answerShown is the label with the sentence below it, "" while there is none.
func (p *tab) answerShown() string {
	return eval[string](p, `[...document.querySelectorAll("#answer h2, #answer h2 + p")].map((e) => e.innerText).join(": ")`)
}

// What the page shows is what the page of Wafer shows: label and probability.
func TestModelPageShowsWhatWaferShows(t *testing.T) {
	s := startServer(t)
	same := func(ours, file *tab, label string) {
		t.Helper()
		ours.until("both pages to say "+label, func() bool {
			a, b := ours.answerShown(), file.answerShown()
			return a == b && strings.HasPrefix(a, label+": ") &&
				(label == "None of these" || strings.Contains(a, "%"))
		})
	}
	_, page := compiled(t, "digits", "")
	ours, file := open(t, s, "/?model=digits"), openFile(t, page)
	picture := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(picture, asPNG(t, sampleFiles(t, "digits")[3]), 0o644); err != nil {
		t.Fatal(err)
	}
	ours.upload(picker, picture)
	file.drop("#pictures", picture)
	same(ours, file, "3")
	for name, texts := range map[string]map[string]string{
		"sentiment-lstm": {"What a lovely surprise, thank you so much!": "positive",
			"This is terrible, I hate it": "negative"},
		"intents": {"please book me a flight to boston for tuesday": "book flight",
			"why did the dinosaurs die out": "None of these"},
	} {
		_, page := compiled(t, name, "")
		ours, file := open(t, s, "/?kind=text&model="+name), openFile(t, page)
		for text, label := range texts {
			ours.fill("Sentence to classify", text)
			file.fill("Text to classify", text)
			same(ours, file, label)
		}
		file.screenshot("model-page-" + name)
	}
}

// With int8 weights a page carries the model with those weights: it answers nearly as before, and is smaller.
func TestModelPageOfFewerBits(t *testing.T) {
	for _, name := range []string{"land", "sentiment-lstm"} {
		_, page := compiled(t, name, "int8")
		_, whole := compiled(t, name, "")
		p, m, few, same := openFile(t, page), shipped(t, name), carried(t, page), 0
		inputs := exportInputs(t, m)
		for i, in := range inputs {
			got := eval[foreign](p, question(in))
			got.check(t, fmt.Sprintf("%s, input %d", name, i), few)
			if before := m.Classify(got.input()); len(before.Scores) == 0 || before.Scores[0].Index == got.Indices[0] {
				same++
			}
		}
		if same < len(inputs)-1 {
			t.Errorf("%s: %d of %d inputs keep their label", name, same, len(inputs))
		}
		a, _ := os.Stat(page)
		b, _ := os.Stat(whole)
		if a.Size() >= b.Size() {
			t.Errorf("%s: the page has %d bytes, as trained %d", name, a.Size(), b.Size())
		}
	}
}

// carried is the model in a page.
func carried(t *testing.T, page string) *nn.Model {
	t.Helper()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), `id="model" data-weights="int8">`)
	text, _, found := strings.Cut(rest, "<")
	file, err := base64.StdEncoding.DecodeString(text)
	if err != nil || !found {
		t.Fatalf("%s holds no model: %v", page, err)
	}
	m, err := nn.OpenIn(file, nil, static.Model)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The page can be used with a keyboard, is read aloud, and speaks Chinese.
func TestModelPageByKeyboardAndInChinese(t *testing.T) {
	_, page := compiled(t, "sentiment-lstm", "int8")
	p := openFile(t, page)
	p.fill("Text to classify", "What a lovely surprise, thank you so much!")
	p.waitFor("the answer to be said", `document.querySelector("[role=status]").textContent.startsWith("positive: ")`)
	p.fill("Text to classify", "zzzz qqqq")
	p.waitText("knows none of these words")
	p.fill("Text to classify", " ")
	p.waitText("The answer appears here")
	p.press(kb.Tab) // to the button for files
	p.press(kb.Tab) // to the first example
	p.press(kb.Enter)
	p.waitFor("the first example to be answered", `document.querySelector("#answer .label")?.innerText === "positive"`)
	source, err := os.ReadFile(filepath.Join(root(), axeFile))
	if err == nil {
		p.axe(string(source), "model.html")
	}
	p.screenshot("model-page")
	p.click("中文")
	p.waitFor("Chinese", `document.documentElement.lang === "zh" && document.querySelector("h1").innerText === "情感（LSTM）" && document.querySelector("#answer .label")?.innerText === "正面"`)
	p.colours("dark")
	if err == nil {
		p.axe(string(source), "model.html in dark and Chinese")
	}
	p.size(360, 740)
	if over := eval[float64](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
		t.Errorf("on a phone the page is %v pixels too wide", over)
	}
	p.screenshot("model-page-phone")
}

// What is no picture is a sentence, not a crash.
func TestModelPageRefusesWhatIsNoPicture(t *testing.T) {
	_, page := compiled(t, "digits", "int8")
	p := openFile(t, page)
	bad := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(bad, []byte("hello"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.upload("#file", bad)
	p.waitText("this is not a picture that can be read: expected JPEG, PNG, GIF or WebP")
	p.click("中文")
	p.waitText("这不是可以读取的图片：应为 JPEG、PNG、GIF 或 WebP")
	p.click("English")
	p.waitText("No answer")
	p.upload("#file", sampleFiles(t, "digits")[3])
	p.waitFor("an answer of 3", `document.querySelector("#answer .label")?.innerText === "3"`)
	for _, asked := range p.requests { // blobs are parts of the page itself
		if asked != "file://"+page && !strings.HasPrefix(asked, "blob:null/") {
			t.Errorf("the page asked for %q", asked)
		}
	}
}

// Many pictures and the lines of a file give a table that leaves as CSV, and a drawing is answered.
func TestModelPageTakesManyAndDrawings(t *testing.T) {
	_, page := compiled(t, "digits", "")
	p := openFile(t, page)
	p.drop("#pictures", sampleFiles(t, "digits")...)
	p.waitFor("a table of all", `document.querySelector("#done").hidden && document.querySelectorAll("#rows .label").length === 10`)
	b, err := os.ReadFile(p.download(func() { p.click("Download CSV") }))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(b), "\r\n"); lines[0] != "\ufeffinput,label,probability,rejected,error" ||
		len(lines) != 12 {
		t.Errorf("the CSV is\n%s", b)
	}
	p.screenshot("model-page-table")
	p.draw("#pad", at{0.5, 0.15}, at{0.5, 0.85})
	p.waitFor("a one", `document.querySelector("#answer .label")?.innerText === "1" && document.querySelector("#results").hidden`)
	p.click("Undo")
	p.waitText("The answer appears here")

	_, page = compiled(t, "sentiment-lstm", "")
	p = openFile(t, page)
	lines := filepath.Join(t.TempDir(), "lines.txt")
	if err := os.WriteFile(lines, []byte("I love it\r\n\n=1+1 is terrible\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	p.upload("#file", lines)
	p.waitFor("two answers", `document.querySelectorAll("#rows .label").length === 2`)
	if b, _ := os.ReadFile(p.download(func() {
		p.click("Download CSV")
	})); !strings.Contains(string(b), "\r\n'=1+1 is terrible,negative,") {
		t.Errorf("the CSV is\n%s", b)
	}
}

// The buttons of the page make what wafer compile makes, byte for byte.
func TestPageExportsWhatTheCommandDoes(t *testing.T) {
	p := open(t, startServer(t), "/models")
	same := func(got, want string) {
		t.Helper()
		a, err := os.ReadFile(got)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := os.ReadFile(want); !bytes.Equal(a, b) {
			t.Errorf("%s has %d bytes, %s has %d; expected the same", filepath.Base(got), len(a), want, len(b))
		}
		os.Remove(got) // the next file may have its name
	}
	for name, title := range map[string]string{"land": "Land from above", "sentiment-lstm": "Sentiment, by an LSTM"} {
		module, page := compiled(t, name, "")
		p.waitFor("the card", fmt.Sprintf(`document.querySelector("#export-%s")`, name))
		eval[bool](p, fmt.Sprintf(`(document.querySelector("#export-%s").closest("details").querySelector("summary").click(), true)`, name))
		same(p.download(func() { p.click("Export " + title + " as a module") }), module)
		p.waitText(name + ".wasm is ready")
		same(p.download(func() { p.click("Export " + title + " as a page") }), page)
		p.waitText(name + ".html is ready")
		eval[bool](p, fmt.Sprintf(`(() => { const s = document.querySelector("#export-%s"); s.value = "int8"; s.dispatchEvent(new Event("change", { bubbles: true })); return true; })()`, name))
		module, _ = compiled(t, name, "int8")
		same(p.download(func() { p.click("Export " + title + " as a module") }), module)
	}
	p.screenshot("models-export")
	if source, err := os.ReadFile(filepath.Join(root(), axeFile)); err == nil {
		p.axe(string(source), "Models with exports")
	}
}

// A taught model leaves as a page that answers as it does in the tab.
func TestTaughtModelLeavesAsAPage(t *testing.T) {
	p := open(t, startServer(t), "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.fillTextClasses()
	p.trained()
	p.fill("Name of the model", "Guests & food")
	p.press(kb.Tab)
	const text = "what a lovely evening"
	p.fill("Write something new", text)
	var label string
	p.until("an answer", func() bool {
		label = eval[string](p, `document.querySelector(".try-answer .label")?.innerText ?? ""`)
		return label != ""
	})
	eval[bool](p, `(document.querySelector(".export summary").click(), true)`)
	var page string
	p.until("the new name", func() bool { return p.has("button", "Export Guests & food as a page") })
	page = p.download(func() { p.click("Export Guests & food as a page") })
	if name := filepath.Base(page); name != "Guests-&-food.html" {
		t.Errorf("the file is called %s", name)
	}
	file := openFile(t, page)
	file.fill("Text to classify", text)
	file.waitFor("the same label", fmt.Sprintf(`document.querySelector("#answer .label")?.innerText === %q && document.title === "Guests & food"`, label))
}
