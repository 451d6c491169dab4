package e2e

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const picker = "#picker"

// picturesOf are the sample pictures of a model with the label each must get. The
// names are those of the files in static/samples.
var picturesOf = map[string]map[string]string{
	"photos": {"bird": "chickadee", "cat": "Egyptian cat", "dragonfly": "dragonfly", "hot-dog": "hot dog",
		"uniform": "military uniform"},
	"digits": {"0": "0", "1": "1", "2": "2", "3": "3", "4": "4", "5": "5", "6": "6", "7": "7", "8": "8", "9": "9"},
	"fashion": {"t-shirt": "T-shirt/top", "trouser": "Trouser", "pullover": "Pullover", "dress": "Dress",
		"sandal": "Sandal", "sneaker": "Sneaker", "bag": "Bag", "ankle-boot": "Ankle boot"},
	"land": {"annual-crop": "Annual crop", "forest": "Forest", "highway": "Highway", "industrial": "Industrial",
		"pasture": "Pasture", "residential": "Residential", "river": "River", "sea-lake": "Sea or lake"},
}

// sampleFiles lists the sample pictures of a model, from the root of the repository.
func sampleFiles(t *testing.T, model string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root(), "static/samples", model, "*.*"))
	if err != nil || len(found) != len(picturesOf[model]) {
		t.Fatalf("static/samples/%s has %d pictures (%v), expected %d", model, len(found), err, len(picturesOf[model]))
	}
	return found
}

// rows are name and label (or error) of the table of results.
func (p *tab) rows() [][]string {
	p.t.Helper()
	return eval[[][]string](p, `[...document.querySelectorAll(".results tbody tr")].map(r =>
		[r.querySelector(".name").innerText, (r.querySelector(".label, .error") || {innerText: ""}).innerText])`)
}

func (p *tab) waitRows(n int) [][]string {
	p.t.Helper()
	p.untilWithin(2*patience, "every row of the table to be answered", func() bool {
		rows := p.rows()
		for _, r := range rows {
			if r[1] == "" {
				return false
			}
		}
		return len(rows) == n
	})
	return p.rows()
}

func TestSamplePicturesGetTheirLabelsAndACSV(t *testing.T) {
	s := startServer(t)
	for model, want := range picturesOf {
		t.Run(model, func(t *testing.T) {
			p := open(t, s, "/?model="+model)
			p.waitFor("a usable page", usable)
			p.upload(picker, sampleFiles(t, model)...)
			for _, row := range p.waitRows(len(want)) {
				name := strings.TrimSuffix(row[0], filepath.Ext(row[0]))
				if row[1] != want[name] {
					t.Errorf("%s got %q, expected %q", row[0], row[1], want[name])
				}
			}
			p.screenshot("table-" + model)
			checkCSV(t, p.download(func() { p.click("Download CSV") }), len(want))
		})
	}
}

func checkCSV(t *testing.T, path string, n int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil || len(lines) != n+1 {
		t.Errorf("the CSV has %d lines (%v), expected a head and %d", len(lines), err, n)
	}
}

func TestASampleChipIsAnsweredAtOnce(t *testing.T) {
	p := open(t, startServer(t), "/?model=digits")
	p.click("Sample picture 8") // the seven: samples stand in the order of their names
	p.waitFor("an answer of 7", `document.querySelector(".answer .label")?.innerText == "7"`)
	took := eval[string](p, `document.querySelector(".answer").innerText`)
	if !strings.Contains(took, "ms in this tab") {
		t.Errorf("the answer does not say how long it took:\n%s", took)
	}
	p.screenshot("classify")
}

func TestADrawnDigitIsRead(t *testing.T) {
	p := open(t, startServer(t), "/?model=digits")
	p.waitFor("a drawing pad", `document.querySelector("#pad")`)
	p.draw("#pad", at{0.5, 0.15}, at{0.5, 0.85})
	p.waitFor("an answer of 1", `document.querySelector(".answer .label")?.innerText == "1"`)
	p.click("Clear")
	p.draw("#pad", at{0.25, 0.2}, at{0.75, 0.2}, at{0.45, 0.85})
	p.waitFor("an answer of 7", `document.querySelector(".answer .label")?.innerText == "7"`)
}

func TestSentencesGetTheirLabels(t *testing.T) {
	p := open(t, startServer(t), "/?kind=text&model=sentiment")
	for text, want := range map[string]string{
		"What a lovely surprise, thank you so much!":   "positive",
		"This is terrible, I hate it and I feel awful": "negative",
	} {
		p.fill("Sentence to classify", text)
		p.until(want, func() bool { return strings.Contains(p.answer(), want) })
		if bars := eval[int](p, `document.querySelectorAll(".answer .bar, .answer meter, .answer progress").length`); bars > 2 {
			t.Errorf("a model of two classes shows %d bars, expected one for each", bars)
		}
	}
	p.screenshot("sentiment")
	p.navigate("/?kind=text&model=intents")
	p.fill("Sentence to classify", "please book me a flight to boston for tuesday")
	p.until("book flight", func() bool { return strings.Contains(strings.ToLower(p.answer()), "book flight") })
	p.fill("Sentence to classify", "why did the dinosaurs die out")
	p.until("none of these", func() bool { return strings.Contains(p.answer(), "None of these") })
}

func (p *tab) answer() string {
	return eval[string](p, `document.querySelector(".answer")?.innerText || ""`)
}

func TestItAnswersWithoutAServerOnceLoaded(t *testing.T) {
	s := startServer(t)
	p := open(t, s, "/?model=digits")
	p.click("Sample picture 8")
	p.waitFor("an answer of 7", `document.querySelector(".answer .label")?.innerText == "7"`)
	p.waitFor("the service worker in charge", `navigator.serviceWorker.controller`)
	s.stop()
	p.expect("Failed to load resource")
	p.expect("net::ERR_CONNECTION_REFUSED")
	p.expect("Failed to fetch")
	p.reload()
	p.click("Sample picture 4")
	p.waitFor("an answer of 3 without a server", `document.querySelector(".answer .label")?.innerText == "3"`)
}
