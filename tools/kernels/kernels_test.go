package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"wafer/nn/graph"
)

// The program measures and reports, in a browser; how fast the kernels are is not tested.
func TestSmoke(t *testing.T) {
	need(t)
	text, err := report("../..", true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| 4×8 | rows | ", "| Winograd 2×2 | 28×28, 16 → 16 | ", "| **total** | ",
		"| digits | "} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "| 0.000 |"} {
		if strings.Contains(text, bad) {
			t.Errorf("the report has %q", bad)
		}
	}
	t.Log(text)
}

// need skips where there is no browser; make e2e sets WAFER_E2E, and then it fails instead.
func need(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("a test in a browser is not short")
	}
	for _, name := range []string{os.Getenv("CHROME"), "chromium", "chromium-browser", "google-chrome-stable",
		"google-chrome"} {
		if _, err := exec.LookPath(name); err == nil {
			return
		}
	}
	if os.Getenv("WAFER_E2E") != "" {
		t.Fatal("there is no Chromium; install the package \"chromium\" or set CHROME")
	}
	t.Skip("there is no Chromium")
}

// The work of kernels whose arithmetic can be counted by hand.
func TestWork(t *testing.T) {
	for _, c := range []struct {
		op
		flops, direct, bytes float64
	}{
		{conv(8, 4, 16, 3, 1, 1), 2 * 64 * 16 * 36, 2 * 64 * 16 * 36, 4 * (64*4 + 36*16 + 16 + 64*16)},
		{depthwise(8, 16, 2), 2 * 16 * 16 * 9, 2 * 16 * 16 * 9, 4 * (64*16 + 9*16 + 16 + 16*16)},
		{winograd(8, 16, 32, 4), 2 * 4 * 36 * 16 * 32, 2 * 64 * 32 * 9 * 16, 4 * (64*16 + 36*16*32 + 32 + 64*32)},
		{dense(4, 8, 16, false), 2 * 4 * 8 * 16, 2 * 4 * 8 * 16, 4 * (4*8 + 8*16 + 16 + 4*16)},
		{softmax(3, 20), 0, 0, 4 * 2 * 60},
	} {
		p := planned(func(g *graph.Graph) *graph.Node { return c.build(g) })
		list := steps(p)
		if len(list) != 1 {
			t.Errorf("%s has %d steps, expected 1", c.name, len(list))
			continue
		}
		if w := of(p, list[0]); w != (work{c.flops, c.direct, c.bytes}) {
			t.Errorf("%s: the work is %+v, expected %v flops, %v directly, %v bytes", c.name, w, c.flops, c.direct,
				c.bytes)
		}
	}
}

func TestRoofIsTheSlowerOfArithmeticAndMemory(t *testing.T) {
	l := limits{peak: 50, sizes: []int{1000, 2000}, bandwidth: []float64{20, 10}}
	for _, c := range []struct {
		work
		ms float64
	}{{work{flops: 5e7, bytes: 1000}, 1}, {work{flops: 1, bytes: 1000}, 5e-5}, {work{bytes: 2000}, 2e-4},
		{work{bytes: 1e7}, 1}} {
		if got := l.roof(c.work); got != c.ms {
			t.Errorf("the roof of %+v is %v ms, expected %v", c.work, got, c.ms)
		}
	}
}
