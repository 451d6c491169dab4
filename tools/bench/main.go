// Command bench measures Wafer natively, in Chromium and under Node, and prints the
// figures as Markdown, to be pasted into README.md; build/bench.md gets a copy. The
// Makefile runs it from the root of the repository.
package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"

	"wafer/tools/figures"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	about := about() // first: the load is that before the work
	r := results{}
	for _, place := range []string{"native", "Chromium", "Node"} {
		if place == "Node" && figures.Said("node", "--version") == "" {
			continue
		}
		for _, b := range [][]string{{"^BenchmarkGemm512$", "./nn/native"},
			{"^BenchmarkStep$/^(fashion_cnn|text_lstm)$", "./nn/train"}} {
			if err := r.goTest(place, "-run", "^$", "-bench", b[0], "-benchtime", "5s", b[1]); err != nil {
				return err
			}
		}
	}
	if err := r.goTest("page", "-v", "-timeout", "1h", "-run", "^Test(Classify|Teach)Times$", "./e2e"); err != nil {
		return err
	}
	table := about + "\n" + r.speeds() + "\n" + r.answers()
	fmt.Print("\n", table)
	return os.WriteFile("build/bench.md", []byte(table), 0o644)
}

// results are figures by place, name and unit: "native Gemm512 GFLOP/s".
type results map[string]float64

// environment says where go test runs, besides natively.
var environment = map[string][]string{
	"Chromium": {"GOOS=js", "GOARCH=wasm", "BROWSER=chromium"},
	"Node":     {"GOOS=js", "GOARCH=wasm", "BROWSER="},
	"page":     {"WAFER_BENCH=1"},
}

// goTest shows what go test prints and keeps the figures in it.
func (r results) goTest(place string, args ...string) error {
	fmt.Fprintf(os.Stderr, "\n%s: go test %s\n", place, strings.Join(args, " "))
	cmd := exec.Command("go", append([]string{"test", "-count=1"}, args...)...)
	if place == "Chromium" || place == "Node" {
		here, _ := os.Getwd() // go test runs it in another folder
		cmd.Args = append(cmd.Args[:2:2], append([]string{"-exec", here + "/build/wasmexec"}, args...)...)
	}
	var out strings.Builder
	cmd.Env = append(os.Environ(), environment[place]...)
	cmd.Stdout, cmd.Stderr = io.MultiWriter(os.Stderr, &out), os.Stderr
	err := cmd.Run()
	if err == nil && r.read(place, out.String()) == 0 {
		err = fmt.Errorf("expected lines of benchmarks, found none")
	}
	if err != nil {
		return fmt.Errorf("%s: go test %s: %w", place, strings.Join(args, " "), err)
	}
	return nil
}

// line is a result of a benchmark: name, processors, runs, figures with their units.
var line = regexp.MustCompile(`(?m)^Benchmark(\S+?)(?:-\d+)?\s+(\d+)\t(.*)$`)

// read keeps the figures, and the number of runs with the unit "n".
func (r results) read(place, text string) int {
	found := line.FindAllStringSubmatch(text, -1)
	for _, f := range found {
		fields := append(strings.Fields(f[3]), f[2], "n")
		for i := 0; i+1 < len(fields); i += 2 {
			r[place+" "+f[1]+" "+fields[i+1]], _ = strconv.ParseFloat(fields[i], 64)
		}
	}
	return len(found)
}

// cell is a figure, "–" where there is none.
func (r results) cell(place, name, unit string) string {
	v, ok := r[place+" "+name+" "+unit]
	switch {
	case !ok:
		return "–"
	case v >= 100 || unit == "n":
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func (r results) speeds() string {
	out := figures.Head(1, "", "native, 1 thread", "native, 2 threads", "Chromium", "Node")
	for _, w := range [][4]string{
		{"product of 512 × 512 matrices, GFLOP/s", "GFLOP/s", "Gemm512", ""},
		{"training `fashion` (batch 128), samples/s", "samples/s", "Step/fashion_cnn/batch=128/threads=1",
			"Step/fashion_cnn/batch=128/threads=2"},
		{"training seed program 1 (LSTM, batch 32, 100 words), samples/s", "samples/s",
			"Step/text_lstm/batch=32/threads=1", "Step/text_lstm/batch=32/threads=2"},
	} {
		out += figures.Row(w[0], r.cell("native", w[2], w[1]), r.cell("native", w[3], w[1]),
			r.cell("Chromium", w[2], w[1]), r.cell("Node", w[2], w[1]))
	}
	return out
}

func (r results) answers() string {
	out := figures.Head(1, "an answer on the page in Chromium, ms", "median", "90th percentile", "n")
	for _, w := range []string{"digits, a picture", "fashion, a picture", "land, a picture", "sentiment, a sentence",
		"intents, a sentence"} {
		model, _, _ := strings.Cut(w, ",")
		name := "Classify/" + model
		out += figures.Row(w, r.cell("page", name, "ms/median"), r.cell("page", name, "ms/p90"),
			r.cell("page", name, "n"))
	}
	out += "\n" + figures.Head(1, "taught in Chromium, s", "drop to first answer", "an edit, with its pause of 0.3 s",
		"examples")
	for _, w := range []string{"photos", "sentences"} {
		out += figures.Row(w, r.seconds("Teach/"+w, "ms/first"), r.seconds("Teach/"+w, "ms/edit"),
			r.cell("page", "Teach/"+w, "n"))
	}
	return out
}

// seconds is a figure of the page in ms, "–" where there is none.
func (r results) seconds(name, unit string) string {
	v, ok := r["page "+name+" "+unit]
	if !ok {
		return "–"
	}
	return strconv.FormatFloat(v/1000, 'f', 2, 64)
}

// about says what the figures depend on.
func about() string {
	return fmt.Sprintf("Measured by `make bench` on %s, load before %s; %s %s; %s; Node %s.\n", figures.Machine(),
		figures.Load(), figures.Said("go", "env", "GOVERSION"), os.Getenv("GOEXPERIMENT"),
		figures.Said(os.Getenv("CHROME"), "--version"), cmp.Or(figures.Said("node", "--version"), "absent"))
}
