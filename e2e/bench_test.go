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
			return eval[int](p, `document.querySelectorAll(".results tbody :is(.answered, .error)").length`) == n && !p.has("button", "Stop")
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
