package e2e

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image"
	_ "image/jpeg"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/tetratelabs/wazero"

	"wafer/nn"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/vision"
)

var shippedModels = []string{"digits", "fashion", "land", "sentiment", "intents"}

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

// openFile opens a page from the disk, as a person would who got it by mail.
func openFile(t *testing.T, path string) *tab {
	t.Helper()
	p := open(t, &server{url: "file://"}, path)
	p.expect("request to another host: blob:null/") // the picture that is shown
	p.waitFor("the model", `document.querySelector("h1").textContent && !document.querySelector("#module")`)
	return p
}

func shipped(t *testing.T, name string) *nn.Model {
	t.Helper()
	file, err := os.ReadFile(filepath.Join(root(), "static/models", name+".wafer"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := nn.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// exportInputs are the samples of a model, pictures as PNG: browsers decode JPEG each in their own way.
func exportInputs(t *testing.T, m *nn.Model) (list []task.Input) {
	t.Helper()
	if m.Info().Kind == task.Text {
		for _, s := range append([]string{"Zürich 東京タワー — it's ΣΑΣ o'clock!", "qqqq", strings.Repeat("good bad not ", 60)}, m.Info().Examples...) {
			list = append(list, task.Input{Text: s})
		}
		return list
	}
	for _, f := range sampleFiles(t, m.Info().ID) {
		list = append(list, task.Input{Name: filepath.Base(f), File: asPNG(t, f)})
	}
	return list
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

// toBase64 is a JavaScript function for the bytes of a typed array.
const toBase64 = `(a) => btoa(Array.from(new Uint8Array(a.buffer, a.byteOffset, a.byteLength), (b) => String.fromCharCode(b)).join(""))`

// foreign is what the page made of an input and what its module answered.
type foreign struct {
	Row, Output, Label, Percent string
	Rejected                    bool
}

// question is JavaScript that asks the page and gives a foreign.
func question(in task.Input) string {
	given := fmt.Sprintf("%q", in.Text)
	switch {
	case in.Pixels != nil:
		given = fmt.Sprintf(`{ width: %d, height: %d, rgba: decoded(%q) }`, in.Pixels.Width, in.Pixels.Height, base64.StdEncoding.EncodeToString(in.Pixels.RGBA))
	case in.File != nil:
		given = fmt.Sprintf(`new Blob([decoded(%q)])`, base64.StdEncoding.EncodeToString(in.File))
	}
	return fmt.Sprintf(`(async () => {
		const text = %s, a = await classify(%s), { manifest } = await model;
		return { Row: text(a.row), Output: text(a.output), Rejected: a.rejected,
			Label: labelOf(manifest.model, a.scores[0].index), Percent: percent(a.scores[0].probability) };
	})()`, toBase64, given)
}

// bits are the elements of a tensor as the page returns them.
func bits(x *tensor.Tensor) string {
	var b []byte
	for i := range x.Size() {
		if x.DType() == tensor.Int32 {
			b = binary.LittleEndian.AppendUint32(b, uint32(x.I()[i]))
		} else {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x.F()[i]))
		}
	}
	return base64.StdEncoding.EncodeToString(b)
}

// What a page prepares, computes and shows is what the model does natively: the input and
// the output of the network to the last bit.
func TestModelPageEqualsTheModel(t *testing.T) {
	for _, name := range shippedModels {
		t.Run(name, func(t *testing.T) {
			_, page := compiled(t, name, "")
			p, m := openFile(t, page), shipped(t, name)
			for i, in := range exportInputs(t, m) {
				x, _, err := m.Encode(in)
				if err != nil {
					t.Fatal(err)
				}
				y, err := m.Predict(x)
				if err != nil {
					t.Fatal(err)
				}
				got, want := eval[foreign](p, question(in)), m.Classify(in)
				if got.Row != bits(x) {
					t.Errorf("input %d %s: prepared otherwise", i, in.Name)
				}
				if got.Output != bits(y) {
					t.Errorf("input %d %s: the outputs differ", i, in.Name)
				}
				if label := want.Scores[0].Label; got.Label != label || got.Rejected != want.Rejected {
					t.Errorf("input %d %s: the page says %s, rejected %t; expected %s, %t", i, in.Name, got.Label, got.Rejected, label, want.Rejected)
				}
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
			return a == b && strings.HasPrefix(a, label+": ") && strings.Contains(a, "%")
		})
	}
	for _, name := range []string{"digits", "fashion", "land"} {
		_, page := compiled(t, name, "")
		ours, file := open(t, s, "/?model="+name), openFile(t, page)
		picture := filepath.Join(t.TempDir(), "a.png")
		if err := os.WriteFile(picture, asPNG(t, sampleFiles(t, name)[3]), 0o644); err != nil {
			t.Fatal(err)
		}
		ours.upload(picker, picture)
		file.drop("#picture", picture)
		same(ours, file, map[string]string{"digits": "3", "fashion": "Pullover", "land": "Industrial"}[name])
	}
	for name, texts := range map[string]map[string]string{
		"sentiment": {"What a lovely surprise, thank you so much!": "positive", "This is terrible, I hate it": "negative"},
		"intents":   {"please book me a flight to boston for tuesday": "book flight", "why did the dinosaurs die out": "None of these"},
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

// With int8 weights a page answers nearly as before, and is smaller. Chromium and wazero
// run the same module, so its outputs are the same bits.
func TestModelPageOfFewerBits(t *testing.T) {
	for _, name := range shippedModels {
		m := shipped(t, name)
		module, page := compiled(t, name, "int8")
		_, whole := compiled(t, name, "")
		p, run, inputs, same := openFile(t, page), hosted(t, module), exportInputs(t, m), 0
		for i, in := range inputs {
			got := eval[foreign](p, question(in))
			if got.Label == m.Classify(in).Scores[0].Label {
				same++
			}
			if got.Output != run(got.Row) {
				t.Errorf("%s, input %d: the outputs differ between Chromium and wazero", name, i)
			}
		}
		if same < len(inputs)-1 {
			t.Errorf("%s: %d of %d inputs keep their label", name, same, len(inputs))
		}
		a, _ := os.Stat(page)
		b, _ := os.Stat(whole)
		t.Logf("%s: %d of %d inputs keep their label; the page has %d bytes, as trained %d", name, same, len(inputs), a.Size(), b.Size())
	}
}

// hosted runs a module in wazero on rows as the page returns them.
func hosted(t *testing.T, module string) func(row string) string {
	t.Helper()
	code, err := os.ReadFile(module)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	t.Cleanup(func() { r.Close(ctx) })
	mod, err := r.Instantiate(ctx, code)
	if err != nil {
		t.Fatal(err)
	}
	call := func(name string, args ...uint64) uint32 {
		out, err := mod.ExportedFunction(name).Call(ctx, args...)
		if err != nil {
			t.Fatal(err)
		}
		return uint32(out[0])
	}
	return func(row string) string {
		b, _ := base64.StdEncoding.DecodeString(row)
		in := call("wafer_input")
		mod.Memory().Write(in, b)
		out, _ := mod.Memory().Read(call("wafer_run", uint64(in)), call("wafer_output_bytes"))
		return base64.StdEncoding.EncodeToString(out)
	}
}

// decodedInput is a picture as pixels.
func decodedInput(t *testing.T, in task.Input) task.Input {
	t.Helper()
	m, err := vision.Decode(in.File, vision.White)
	if err != nil {
		t.Fatal(err)
	}
	m = m.Convert(3)
	p := &task.Pixels{Width: m.Width, Height: m.Height}
	for i := 0; i < len(m.Pix); i += 3 {
		p.RGBA = append(p.RGBA, m.Pix[i], m.Pix[i+1], m.Pix[i+2], 255)
	}
	return task.Input{Name: in.Name, Pixels: p}
}

// In Firefox a page prepares and computes the same bits. It gets pixels: Firefox manages
// the colours of the pictures that it decodes, PNG too, and some come out one level off.
func TestModelPageInFirefox(t *testing.T) {
	path := firefox(t)
	for _, name := range shippedModels {
		_, page := compiled(t, name, "")
		f, m := openFirefox(t, path, "file://"+page), shipped(t, name)
		f.waitFor("the model", `document.querySelector("h1").textContent && !document.querySelector("#module")`)
		for i, in := range exportInputs(t, m) {
			if in.File != nil {
				in = decodedInput(t, in)
			}
			x, _, err := m.Encode(in)
			if err != nil {
				t.Fatal(err)
			}
			y, err := m.Predict(x)
			if err != nil {
				t.Fatal(err)
			}
			if got := foxEval[foreign](f, question(in)); got.Row != bits(x) || got.Output != bits(y) {
				t.Errorf("%s, input %d: the bits differ (input the same: %t)", name, i, got.Row == bits(x))
			}
		}
	}
}

// The page can be used with a keyboard, is read aloud, and speaks Chinese.
func TestModelPageByKeyboardAndInChinese(t *testing.T) {
	_, page := compiled(t, "sentiment", "int8")
	p := openFile(t, page)
	p.fill("Text to classify", "What a lovely surprise, thank you so much!")
	p.waitFor("the answer to be said", `document.querySelector("[role=status]").textContent.startsWith("positive: ")`)
	p.fill("Text to classify", "zzzz qqqq")
	p.waitText("knows none of these words")
	p.fill("Text to classify", " ")
	p.waitFor("the answer to go", `document.querySelector("#answer").hidden`)
	p.press(kb.Tab) // to the first example
	p.press(kb.Enter)
	p.waitFor("the first example to be answered", `document.querySelector("#label").innerText === "positive"`)
	source, err := os.ReadFile(filepath.Join(root(), axeFile))
	if err == nil {
		p.axe(string(source), "model.html")
	}
	p.screenshot("model-page")
	p.click("中文")
	p.waitFor("Chinese", `document.documentElement.lang === "zh" && document.querySelector("h1").innerText === "情感" && document.querySelector("#label").innerText === "正面"`)
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
	p.waitText("not a picture that this browser can read")
	p.upload("#file", sampleFiles(t, "digits")[3])
	p.waitFor("an answer of 3", `document.querySelector("#label").innerText === "3"`)
	if !slices.Contains(p.requests, "file://"+page) || len(p.requests) > 6 {
		t.Errorf("the page asked for %q", p.requests)
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
	for name, title := range map[string]string{"land": "Land from above", "sentiment": "Sentiment"} {
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
	p.clickRole("button", "Train")
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
	file.waitFor("the same label", fmt.Sprintf(`document.querySelector("#label").innerText === %q && document.title === "Guests & food"`, label))
}
