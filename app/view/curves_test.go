package view

import (
	"encoding/xml"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func example() Chart {
	return Chart{
		Title: "Loss", Summary: "after epoch 4, training 0.4, held-out examples 0.6.", Epochs: 8, Axis: "epoch",
		Curves: []Curve{
			{Class: "curve-train", Label: "training", Values: []float64{1.4, 0.9, 0.6, 0.4}},
			{Class: "curve-held", Label: "held out", Values: []float64{1.5, math.NaN(), 0.7, 0.6}},
		},
	}
}

// The epoch that was kept is marked where it stands.
func TestTheKeptEpochIsMarked(t *testing.T) {
	c := example()
	c.Kept, c.Mark = 3, "kept"
	svg := c.SVG()
	if x := fmt.Sprintf(`x1="%.1f"`, plotX(3, 8)); !strings.Contains(svg, `<line class="chart-kept" `+x) ||
		!strings.Contains(svg, ">kept<") {
		t.Errorf("%s: expected a line at %s with its name", svg, x)
	}
	for _, none := range []int{0, -1, 9} {
		if c.Kept = none; strings.Contains(c.SVG(), "chart-kept") {
			t.Errorf("epoch %d of 8 is marked", none)
		}
	}
}

func TestChartGolden(t *testing.T) {
	empty := Chart{Title: "Accuracy", Summary: "no epoch is finished yet.", Axis: "epoch", Percent: true}
	hostile := Chart{Title: `<b>"&`, Summary: "<script>", Epochs: 2, Percent: true,
		Curves: []Curve{{Class: "curve-train", Label: "</svg>", Values: []float64{-1, 2}}}}
	for name, chart := range map[string]Chart{"loss": example(), "empty": empty, "hostile": hostile} {
		got := strings.ReplaceAll(chart.SVG(), "><", ">\n<") + "\n"
		file := filepath.Join("testdata", "chart_"+name+".svg")
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: the drawing changed; look at it, then run go test -update\ngot:\n%s", name, got)
		}
	}
}

// A page with a strict policy cannot have inline styles, and a drawing that is
// not well-formed would swallow what follows it.
func TestChartIsWellFormedWithoutInlineStyle(t *testing.T) {
	for _, values := range [][]float64{nil, {1}, {math.Inf(1)}, {0, 0}, {1e-9, 1e12}, make([]float64, 500)} {
		c := example()
		c.Curves[0].Values = values
		svg := c.SVG()
		if strings.Contains(svg, "style=") || strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Errorf("%v: the drawing has an inline style or a number that is none:\n%s", values, svg)
		}
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v: not well-formed: %v", values, err)
			}
		}
	}
}

func TestRoundUp(t *testing.T) {
	for v, want := range map[float64]float64{0: 1, 0.3: 0.4, 1: 1, 1.01: 2, 5: 6, 8.5: 10, 0.011: 0.02, 61: 80} {
		if got := roundUp(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("roundUp(%g) = %g, want %g", v, got, want)
		}
	}
}

func TestEpochStep(t *testing.T) {
	for epochs, want := range map[int]int{2: 1, 5: 1, 8: 2, 20: 5, 30: 10, 200: 50, 500: 100} {
		if got := epochStep(epochs); got != want {
			t.Errorf("epochStep(%d) = %d, want %d", epochs, got, want)
		}
	}
}

func TestSpreadKeepsLabelsApart(t *testing.T) {
	for _, ends := range [][]float64{{50, 52}, {52, 50}, {28, 28}, {126, 126}} {
		at := spread(ends, 14, 32, 130)
		if d := math.Abs(at[0] - at[1]); d < 14-1e-9 {
			t.Errorf("%v: labels are %g apart, want 14", ends, d)
		}
		if min(at[0], at[1]) < 32-1e-9 || max(at[0], at[1]) > 130+1e-9 {
			t.Errorf("%v: labels at %v leave the drawing", ends, at)
		}
		if (at[0] < at[1]) != (ends[0] < ends[1]) && ends[0] != ends[1] {
			t.Errorf("%v: labels at %v changed places", ends, at)
		}
	}
}
