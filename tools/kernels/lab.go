package main

import (
	"errors"
	"fmt"
	"os"

	"wafer/nn/compile"
	"wafer/nn/kernel"
	"wafer/tools/figures"
)

// lab measures and keeps what every report needs: the machine's limits and its load.
type lab struct {
	*browser
	limits
	loads []string // load of the machine at the beginning and after each job
	jobs  []string // in a few words: how much the machine was disturbed
}

func newLab(root string) (*lab, error) {
	b, err := openBrowser(root)
	if err != nil {
		return nil, err
	}
	return &lab{browser: b, loads: []string{figures.Load()}}, nil
}

// measure is browser.measure with the peak measured among the calls.
func (l *lab) measure(title string, modules []*module, calls []call, rounds int, seconds float64) ([]timing, error) {
	fmt.Fprintf(os.Stderr, "%s …\n", title)
	all := append(calls[:len(calls):len(calls)], peakCalls(len(modules))...)
	t, err := l.browser.measure(append(modules[:len(modules):len(modules)], peakModule()), all, rounds, seconds)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", title, err)
	}
	peak := peakOf(t[len(calls):])
	l.peak = max(l.peak, peak)
	l.loads = append(l.loads, figures.Load())
	l.jobs = append(l.jobs, fmt.Sprintf("| %s | %d | %.1f | %.2f | %s |", title, t[0].samples, peak, unrest(t),
		figures.Load()))
	return t[:len(calls)], nil
}

// unrest is the mean over calls of the median time over the best.
func unrest(t []timing) float64 {
	sum := 0.0
	for _, one := range t {
		sum += one.median / one.best
	}
	return sum / float64(len(t))
}

// findLimits measures copying; the peak is measured all the time.
func (l *lab) findLimits(sizes []int, seconds float64) error {
	t, err := l.measure("copying", []*module{copyModule(sizes)}, copyCalls(0, sizes), 200, seconds)
	if err != nil {
		return err
	}
	l.sizes = sizes
	for i, size := range sizes {
		l.bandwidth = append(l.bandwidth, float64(size)/min(t[2*i].best, t[2*i+1].best)/1e6)
	}
	return nil
}

// tiles times every inner kernel on every product: rows as tiles, columns as shapes; nil
// where they do not fit. Tiles that give different results are an error.
func (l *lab) tiles(tiles []kernel.Tile, shapes []product, seconds float64) ([][]*timing, error) {
	var modules []*module
	var calls []call
	for i, p := range shapes {
		m, c := tileModule(tiles, p)
		for _, one := range c {
			one.Module = i
			calls = append(calls, one)
		}
		modules = append(modules, m)
	}
	t, err := l.measure("tiles", modules, calls, 200, seconds)
	if err != nil {
		return nil, err
	}
	table := make([][]*timing, len(tiles))
	for _, p := range shapes {
		first := t[0].check
		for i, tile := range tiles {
			if !fits(tile, p) {
				table[i] = append(table[i], nil)
				continue
			}
			if t[0].check != first || first == 0 {
				return nil, fmt.Errorf("the product %v by %v has other bits than by %v", p, tile, tiles[0])
			}
			table[i] = append(table[i], &t[0])
			t = t[1:]
		}
	}
	return table, nil
}

// opResult is an op with its work and times on one and two threads.
type opResult struct {
	op
	work
	one, two timing
}

// ops times a group of kernels.
func (l *lab) ops(group opGroup, seconds float64) ([]opResult, error) {
	var modules []*module
	var calls []call
	var out []opResult
	for _, o := range group.ops {
		p := planned(o.build)
		r := opResult{op: o}
		for _, s := range steps(p) {
			r.work = r.plus(of(p, s))
		}
		for _, threads := range []int{1, 2} {
			calls = append(calls, call{Module: len(modules), Least: 1})
			modules = append(modules, compiled(p, compile.Options{Threads: threads}))
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, errors.New("no ops in group " + group.title)
	}
	t, err := l.measure("kernels of "+group.title, modules, calls, 200, seconds)
	if err != nil {
		return nil, err
	}
	for i := range out {
		out[i].one, out[i].two = t[2*i], t[2*i+1]
	}
	return out, nil
}
