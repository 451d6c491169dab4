package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"wafer/nn/kernel"
	"wafer/tools/figures"
)

// The report: Markdown of what was measured.

// number writes three digits, and a dash for what was not measured.
func number(v float64) string {
	switch {
	case v == 0:
		return "–"
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v < 0.001:
		return fmt.Sprintf("%.5f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// rate is GFLOP/s or GB/s of work done in ms.
func rate(work, ms float64) string { return number(work / ms / 1e6) }

// percent is a share of a whole, without decimals.
func percent(part, whole float64) string { return fmt.Sprintf("%.0f %%", 100*part/whole) }

// row writes a line of a table.
func row(b *strings.Builder, cells ...string) { b.WriteString(figures.Row(cells...)) }

// text is the whole report. It comes when all is measured: shares are of the best peak.
func (l *lab) text(a agenda, r results) string {
	b := &strings.Builder{}
	b.WriteString("# Compiled kernels in Chromium\n\nWritten by `make bench-kernels` (`tools/kernels`). " + l.about())
	l.writeLimits(b)
	l.writeTiles(b, a.tiles, a.products, r.tiles)
	b.WriteString("\n## Kernels\n\nOne step each, its operands hot. In brackets: " +
		"the flops of the direct convolution. The work of GB/s and roof is that of the step, " +
		"not of what it copies on the way.\n")
	for i, group := range a.groups {
		l.writeOps(b, group.title, r.ops[i])
	}
	b.WriteString("\n## Layers of networks\n\nOne thread, an image at a time; every step on its own, those below 0.4 " +
		"ms several times in a row.\n")
	for _, n := range r.nets {
		l.writeLayers(b, n)
	}
	writeScaling(b, r.scaling)
	l.writeJobs(b)
	return b.String()
}

func (l *lab) writeLimits(b *strings.Builder) {
	fmt.Fprintf(b, "\n## What the machine can do\n\nMultiplications and additions of 128-bit vectors in registers, "+
		"without loads: **%.1f GFLOP/s** on one thread, the best of all jobs. Copying, bytes read and "+
		"written:\n\n", l.peak)
	b.WriteString(figures.Head(1, "bytes", "GB/s"))
	for i, size := range l.sizes {
		unit := fmt.Sprintf("%d KB", size>>10)
		if size >= 1<<20 {
			unit = fmt.Sprintf("%d MB", size>>20)
		}
		row(b, unit, number(l.bandwidth[i]))
	}
	b.WriteString("\nThe *roof* of a kernel is the longer of two times: that of its arithmetic at this peak and that " +
		"of its bytes, operands and results each once, at the bandwidth of the smallest copy that is as large. Only " +
		"products count as arithmetic, so an " +
		"exponential stays far below its roof; reading is faster than copying, and what lies nearer than its size " +
		"suggests is " +
		"faster still, so memory-bound kernels may exceed theirs.\n")
}

func (l *lab) writeTiles(b *strings.Builder, tiles []kernel.Tile, shapes []product, table [][]*timing) {
	b.WriteString("\n## Inner kernels of matrix products\n\nGFLOP/s of one thread by tile, " +
		"and the share of the peak. Operands are hot and packed; a shape is " +
		"rows × summed × columns.\n\n")
	titles := []string{"tile", "A"}
	for _, p := range shapes {
		titles = append(titles, p.String())
	}
	b.WriteString(figures.Head(2, titles...))
	for i, t := range tiles {
		cells := []string{fmt.Sprintf("%d×%d", t.Height, t.Panels*t.Columns),
			[...]string{"rows", "pixels", "columns"}[t.Side]}
		for j, p := range shapes {
			if one := table[i][j]; one == nil {
				cells = append(cells, "–")
			} else {
				gflops := p.flops() / one.best / 1e6
				cells = append(cells, fmt.Sprintf("%.1f (%s)", gflops, percent(gflops, l.peak)))
			}
		}
		row(b, cells...)
	}
}

func (l *lab) writeOps(b *strings.Builder, title string, list []opResult) {
	fmt.Fprintf(b, "\n### %s\n\n", title)
	b.WriteString(figures.Head(2, "kernel", "shape", "ms", "GFLOP/s", "GB/s", "of the roof", "two threads, ms", "gain"))
	for _, r := range list {
		row(b, r.name, r.shape, number(r.one.best), flops(r.work, r.one.best), rate(r.bytes, r.one.best),
			percent(l.roof(r.work), r.one.best),
			number(r.two.best), fmt.Sprintf("%.2f", r.one.best/r.two.best))
	}
}

func (l *lab) writeLayers(b *strings.Builder, n profiled) {
	fmt.Fprintf(b, "\n### %s\n\n", n.title)
	b.WriteString(figures.Head(3, "layer", "kernel", "result", "ms", "share", "GFLOP/s", "GB/s", "of the roof"))
	total, kinds := &sum{}, map[string]*sum{}
	for _, s := range n.list {
		if kinds[s.kind] == nil {
			kinds[s.kind] = &sum{}
		}
		total.add(l, s)
		kinds[s.kind].add(l, s)
	}
	line := func(name, kernel, shape string, s *sum) {
		row(b, name, kernel, shape, number(s.ms), percent(s.ms, total.ms), flops(s.work, s.ms), rate(s.bytes, s.ms),
			percent(s.roof, s.ms))
	}
	for _, s := range n.list {
		one := &sum{}
		one.add(l, s)
		line(s.name, s.kind, s.shape, one)
	}
	byTime := slices.SortedFunc(maps.Keys(kinds), func(a, b string) int {
		return cmp.Compare(kinds[b].ms, kinds[a].ms)
	})
	for _, kind := range byTime {
		line("**all**", kind, "", kinds[kind])
	}
	line("**total**", "", "", total)
	fmt.Fprintf(b, "\nThe whole network at once: %s ms, median %s; %s GFLOP/s, counting Winograd's convolutions as "+
		"direct ones.\n",
		number(n.whole.best), number(n.whole.median), rate(total.direct, n.whole.best))
}

// sum is the time, roof and work of several layers.
type sum struct {
	ms, roof float64
	work
}

func (s *sum) add(l *lab, one layer) {
	s.ms, s.roof = s.ms+one.best, s.roof+l.roof(one.work)
	s.work = s.plus(one.work)
}

// flops is the rate of those done, and of those of the direct convolution where they are more.
func flops(w work, ms float64) string {
	if w.direct != w.flops {
		return rate(w.flops, ms) + " (" + rate(w.direct, ms) + ")"
	}
	return rate(w.flops, ms)
}

func writeScaling(b *strings.Builder, list []scaling) {
	b.WriteString("\n## Networks on one and two threads\n\n")
	b.WriteString(figures.Head(1, "network", "one thread, ms", "median", "two threads, ms", "median", "gain",
		"of medians"))
	for _, s := range list {
		row(b, s.title, number(s.one.best), number(s.one.median), number(s.two.best), number(s.two.median),
			fmt.Sprintf("%.2f", s.one.best/s.two.best), fmt.Sprintf("%.2f", s.one.median/s.two.median))
	}
}

// about says what the figures depend on.
func (l *lab) about() string {
	return fmt.Sprintf("Measured on %s; load %s before and %s after; %s; clock of %.0f µs.\n", figures.Machine(),
		l.loads[0], l.loads[len(l.loads)-1], figures.Said(os.Getenv("CHROME"), "--version"), 1000*l.clock)
}

// writeJobs says how far the figures can be trusted.
func (l *lab) writeJobs(b *strings.Builder) {
	b.WriteString("\n## How quiet it was\n\nThe peak is measured in every job, between the others' samples. The last " +
		"but one column is the mean of median time over best: " +
		"1.00 on a machine that does nothing else.\n\n")
	b.WriteString(figures.Head(1, "job", "samples of each", "peak, GFLOP/s", "median over best", "load"))
	b.WriteString(strings.Join(l.jobs, "\n") + "\n")
}
