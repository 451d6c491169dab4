package view

import (
	"cmp"
	"fmt"
	"html"
	"math"
	"strings"

	"wafer/nn/order"
)

// Curve is one line of a chart: a value per epoch. Values that are not finite
// leave a gap.
type Curve struct {
	Class  string // CSS class that colours it: "curve-train", "curve-held", "curve-0" to "curve-3"
	Label  string // written at its end
	Values []float64
}

// Chart is a small line chart over epochs.
type Chart struct {
	Title   string  // written above
	Summary string  // what a screen reader says instead of the drawing
	Epochs  int     // width of the x axis; at least the number of values
	Axis    string  // name of the x axis
	Percent bool    // y runs from 0 to 100 %
	Curves  []Curve // drawn in this order
	Kept    int     // the epoch whose weights were kept, from 1; 0: it is not marked
	Mark    string  // what is written at it
}

// The drawing's size in its own units, and the margins around the plot.
const (
	chartW, chartH             = 360.0, 148.0
	padLeft, padTop, padBottom = 36.0, 28.0, 22.0
	padRight                   = 76.0 // room for the labels at the ends of the lines
	plotW, plotH               = chartW - padLeft - padRight, chartH - padTop - padBottom
	labelGap                   = 14.0 // least distance of two labels' baselines
)

const ticksX, ticksY = 5, 2

// SVG draws the chart. Colours come from the style sheet; there is no inline style.
func (c Chart) SVG() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 %g %g" role="img" aria-label="%s" preserveAspectRatio="xMidYMid `+
		`meet">`,
		chartW, chartH, html.EscapeString(c.Title+": "+c.Summary))
	fmt.Fprintf(&b, `<text class="chart-title" x="0" y="14">%s</text>`, html.EscapeString(c.Title))
	epochs, top := c.epochs(), c.top()
	c.grid(&b, epochs, top)
	ends := make([]float64, len(c.Curves))
	for i, curve := range c.Curves {
		ends[i] = curve.draw(&b, epochs, top)
	}
	c.mark(&b, epochs)
	c.labels(&b, ends, epochs)
	b.WriteString(`</svg>`)
	return b.String()
}

func (c Chart) epochs() int {
	n := max(c.Epochs, 2)
	for _, curve := range c.Curves {
		n = max(n, len(curve.Values))
	}
	return n
}

// top is the upper end of the y axis: 1 for percent, else the next round
// number above the largest value.
func (c Chart) top() float64 {
	if c.Percent {
		return 1
	}
	largest := 0.0
	for _, curve := range c.Curves {
		for _, v := range curve.Values {
			if finite(v) {
				largest = max(largest, v)
			}
		}
	}
	return roundUp(largest)
}

// roundUp returns the least of 1, 2, 4, 6, 8 × 10ⁿ that is not below v, so
// that the steps of the axis are round too; 1 for nothing.
func roundUp(v float64) float64 {
	if v <= 0 {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 4, 6, 8} {
		if v <= m*unit*(1+1e-9) {
			return m * unit
		}
	}
	return 10 * unit
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// x of an epoch, which counts from 1, and y of a value.
func plotX(epoch, epochs int) float64 { return padLeft + plotW*float64(epoch-1)/float64(epochs-1) }
func plotY(v, top float64) float64    { return padTop + plotH*(1-min(max(v/top, 0), 1)) }

func (c Chart) grid(b *strings.Builder, epochs int, top float64) {
	for i := 0; i <= ticksY; i++ {
		v := top * float64(i) / float64(ticksY)
		y := plotY(v, top)
		class := "chart-grid"
		if i == 0 {
			class = "chart-axis"
		}
		fmt.Fprintf(b, `<line class="%s" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/>`, class, padLeft, padLeft+plotW, y, y)
		fmt.Fprintf(b, `<text class="chart-tick chart-tick-y" x="%g" y="%.1f">%s</text>`, padLeft-6, y+4,
			c.tick(v, top))
	}
	step := epochStep(epochs)
	for e := step; e <= epochs; e += step {
		fmt.Fprintf(b, `<text class="chart-tick chart-tick-x" x="%.1f" y="%g">%d</text>`, plotX(e, epochs),
			padTop+plotH+16, e)
	}
	fmt.Fprintf(b, `<text class="chart-tick" x="%g" y="%g">%s</text>`, padLeft+plotW+16, padTop+plotH+16,
		html.EscapeString(c.Axis))
}

// epochStep is a round step that gives at most ticksX ticks.
func epochStep(epochs int) int {
	for unit := 1; ; unit *= 10 {
		for _, m := range []int{1, 2, 5} {
			if epochs/(m*unit) <= ticksX {
				return m * unit
			}
		}
	}
}

func (c Chart) tick(v, top float64) string {
	if c.Percent {
		return fmt.Sprintf("%.0f%%", 100*v)
	}
	digits, step := 0, top/ticksY
	for ; digits < 6 && math.Abs(step-math.Round(step)) > 1e-6; digits++ {
		step *= 10
	}
	return fmt.Sprintf("%.*f", digits, v)
}

// mark draws an upright line at the epoch that was kept, with its name on the side that has room.
func (c Chart) mark(b *strings.Builder, epochs int) {
	if c.Kept < 1 || c.Kept > epochs {
		return
	}
	x, anchor, beside := plotX(c.Kept, epochs), "start", 4.0
	if x > padLeft+plotW/2 {
		anchor, beside = "end", -4
	}
	fmt.Fprintf(b, `<line class="chart-kept" x1="%.1f" x2="%.1f" y1="%g" y2="%g"/>`, x, x, padTop, padTop+plotH)
	fmt.Fprintf(b, `<text class="chart-tick chart-kept-name" text-anchor="%s" x="%.1f" y="%g">%s</text>`, anchor,
		x+beside, padTop+plotH-4, html.EscapeString(c.Mark))
}

// mostPoints is about how many points of a curve are drawn: two a unit of the drawing.
const mostPoints = 2 * plotW

// draw writes a curve and returns the y of its last point, NaN without one.
func (curve Curve) draw(b *strings.Builder, epochs int, top float64) float64 {
	var path strings.Builder
	pen, lastX, lastY := "M", 0.0, math.NaN()
	step := max(len(curve.Values)/int(mostPoints), 1)
	for i, v := range curve.Values {
		if i%step != 0 && i != len(curve.Values)-1 {
			continue
		}
		if !finite(v) {
			pen = "M"
			continue
		}
		lastX, lastY = plotX(i+1, epochs), plotY(v, top)
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, lastX, lastY)
		pen = "L"
	}
	if !finite(lastY) {
		return lastY
	}
	fmt.Fprintf(b, `<path class="curve %s" d="%s"/>`, curve.Class, path.String())
	fmt.Fprintf(b, `<circle class="curve-end %s" cx="%.1f" cy="%.1f" r="3"/>`, curve.Class, lastX, lastY)
	return lastY
}

// labels writes each curve's label to the right of the plot, at the height of
// its last point, moved apart where two would overlap.
func (c Chart) labels(b *strings.Builder, ends []float64, epochs int) {
	at := spread(ends, labelGap, padTop+4, padTop+plotH)
	for i, curve := range c.Curves {
		if finite(ends[i]) {
			fmt.Fprintf(b, `<text class="curve-label %s" x="%g" y="%.1f">%s</text>`,
				curve.Class, padLeft+plotW+8, at[i], html.EscapeString(curve.Label))
		}
	}
}

// spread moves heights so that they are gap apart within low…high, as little as it takes: from the top down, and
// then, where that runs over the lower end, from there up. Baselines lie 4 units below the points they belong to.
// Heights that are not finite stay.
func spread(ends []float64, gap, low, high float64) []float64 {
	at := make([]float64, len(ends))
	var rising []int
	for i, y := range ends {
		if at[i] = min(y+4, high); finite(y) {
			rising = append(rising, i)
		}
	}
	order.Stable(rising, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
	if len(rising) == 2 && at[rising[1]]-at[rising[0]] < gap { // both give way
		middle := min(max((at[rising[0]]+at[rising[1]])/2, low+gap/2), high-gap/2)
		at[rising[0]], at[rising[1]] = middle-gap/2, middle+gap/2
		return at
	}
	for k := 1; k < len(rising); k++ {
		at[rising[k]] = max(at[rising[k]], at[rising[k-1]]+gap)
	}
	for k, limit := len(rising)-1, high; k >= 0; k-- {
		at[rising[k]] = min(at[rising[k]], limit)
		limit = at[rising[k]] - gap
	}
	return at
}
