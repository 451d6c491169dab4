package e2e

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wafer/nn/sharedtest"
)

const benchSentences = `tell me a joke
set an alarm for seven tomorrow morning
What a wonderful film, I loved every minute.
please book me a flight to boston for tuesday, one seat by the window if there is one left
The battery died after two days and nobody answered my mails.
I waited forty minutes for a cold soup, and when I said so the waiter shrugged and took it away without a word.
it works
`

const (
	benchWarm  = 20 // inputs before those that count: V8 replaces its first code while it runs
	benchCount = 50
)

// TestClassifyTimes gives the page pictures and sentences as files and prints, as lines
// of a benchmark, what its worker says each took: to decode, prepare and run. It is for
// make bench; it fails for wrong answers, never for slow ones.
func TestClassifyTimes(t *testing.T) {
	if os.Getenv("WAFER_BENCH") == "" {
		t.Skip("times are measured by make bench")
	}
	s := startServer(t)
	for _, model := range []string{"digits", "fashion", "land"} {
		open(t, s, "/?model="+model).measure(model, func(n int) (files []string) {
			samples := sampleFiles(t, model)
			for i := range n {
				b, err := os.ReadFile(samples[i%len(samples)])
				if err != nil {
					t.Fatal(err)
				}
				files = append(files, write(t, fmt.Sprintf("%02d-%s", i, filepath.Base(samples[i%len(samples)])), b))
			}
			return files
		})
	}
	for _, model := range []string{"sentiment", "intents"} {
		open(t, s, "/?kind=text&model="+model).measure(model, func(n int) []string {
			lines := strings.SplitAfter(strings.Repeat(benchSentences, n), "\n")
			return []string{write(t, "sentences.txt", []byte(strings.Join(lines[:n], "")))}
		})
	}
}

// measure prints median and 90th percentile of one model's times.
func (p *tab) measure(model string, files func(n int) []string) {
	p.waitFor("a usable page", usable)
	for _, n := range []int{benchWarm, benchCount} {
		p.upload(picker, files(n)...)
		p.untilWithin(10*time.Minute, fmt.Sprintf("%d answers", n), func() bool {
			return eval[int](p, `document.querySelectorAll(".results tbody :is(.answered, .error)").length`) == n &&
				!p.has("button", "Stop")
		})
	}
	b, err := os.ReadFile(p.download(func() { p.click("Download CSV") }))
	p.must("reading the CSV", err)
	rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
	p.must("reading the CSV", err)
	var ms []float64
	for _, row := range rows[1:] {
		took, err := strconv.ParseFloat(row[slices.Index(rows[0], "ms")], 64)
		p.must(fmt.Sprintf("the time in %q", row), err)
		ms = append(ms, took)
	}
	slices.Sort(ms)
	n := len(ms)
	fmt.Printf("BenchmarkClassify/%s\t%d\t%.2f ms/median\t%.2f ms/p90\n", model, n, (ms[(n-1)/2]+ms[n/2])/2, ms[n*9/10])
}

// TestTeachTimes drops photographs and a table of sentences on the page and prints, as lines of a benchmark, how long
// it takes to the first answer, networks fetched and compiled with it, and how long an example that is taken away takes
// to be learnt, the pause of 0.3 s after an edit with it. It is for make bench; it fails for wrong answers, never for
// slow ones.
func TestTeachTimes(t *testing.T) {
	if os.Getenv("WAFER_BENCH") == "" {
		t.Skip("times are measured by make bench")
	}
	s := startServer(t)
	archive, others := trash(t, 50)
	p := open(t, s, "/teach")
	p.waitFor("what was kept", keptIsHere)
	began := time.Now()
	p.upload("#teach-zip", archive)
	p.learnt(151)
	p.upload("#teach-try-file", others["cardboard"][0])
	p.waitFor("an answer", `document.querySelector(".try-answer .label")`)
	p.taught("photos", 151, time.Since(began))

	p = open(t, s, "/teach")
	p.waitFor("what was kept", keptIsHere)
	p.click("Texts")
	p.waitText("Paste many lines")
	table, question := questions(t, 1000)
	began = time.Now()
	p.upload("#teach-table", table)
	p.learnt(1000)
	p.fill("Write something new", question)
	p.waitFor("an answer", `document.querySelector(".try-answer .label")`)
	p.taught("sentences", 1000, time.Since(began))
}

// learnt waits, on busy machines for long, until so many examples are.
func (p *tab) learnt(n int) {
	p.untilWithin(10*time.Minute, fmt.Sprintf("%d examples to be learnt", n), func() bool {
		return eval[bool](p, fmt.Sprintf(`Boolean(document.querySelector("#teach-judge")?.textContent.replaceAll(",", "").includes("of %d examples"))`, n))
	})
}

// taught prints how long n examples took, and the median of three edits.
func (p *tab) taught(what string, n int, took time.Duration) {
	var edits []float64
	for i := range 3 {
		edits = append(edits, eval[float64](p, fmt.Sprintf(`(() => {
			const began = performance.now();
			const first = document.querySelector("[id^=samples-] button:not([tabindex='-1'])");
			first.focus();
			first.dispatchEvent(new KeyboardEvent("keydown", {key: "Delete", bubbles: true, cancelable: true}));
			return new Promise(done => {
				const look = () => document.querySelector("#teach-judge")?.textContent.replaceAll(",", "").includes("of %d examples") ?
					done(performance.now() - began) : setTimeout(look, 5);
				look();
			});
		})()`, n-1-i)))
	}
	slices.Sort(edits)
	fmt.Printf("BenchmarkTeach/%s\t%d\t%.0f ms/first\t%.0f ms/edit\n", what, n, float64(took.Milliseconds()), edits[1])
}

// questions is a table of so many different questions of TREC with their kinds, and one more question.
func questions(t *testing.T, n int) (file, other string) {
	t.Helper()
	b, err := os.ReadFile(sharedtest.Path(t, "data/trec-questions/TREC.train"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	var table strings.Builder
	table.WriteString("label,text\n")
	seen := map[string]bool{} // the page takes a question once
	for _, line := range lines {
		kind, question, _ := strings.Cut(line, " ")
		kind, _, _ = strings.Cut(kind, ":")
		question = strings.ReplaceAll(question, `"`, "'")
		switch {
		case seen[question]:
			continue
		case len(seen) == n:
			return write(t, "questions.csv", []byte(table.String())), question
		}
		seen[question] = true
		fmt.Fprintf(&table, "%s,\"%s\"\n", kind, question)
	}
	t.Fatalf("there are %d different questions, expected more than %d", len(seen), n)
	return "", ""
}
