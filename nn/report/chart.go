package report

import (
	"html"
	"strconv"
	"strings"
)

// A chart is lines and bars over the unit square, as SVG of fixed size with presentation attributes only, so that it is
// drawn under a policy that allows no styles.
type chart struct {
	title, x, y string
	said        string // for who cannot see it
	lines       []line
	bars        []bar
	mark        *[2]float64 // a point that was chosen, nil for none
	diagonal    bool        // from (0, 0) to (1, 1)
}

// line is a curve through points; stepped: it stays on a height until the next point.
type line struct {
	name    string
	points  [][2]float64
	stepped bool
}

// bar stands from left to right on the x axis.
type bar struct{ left, right, height float64 }

const (
	chartWidth, chartHeight = 340, 300
	plotLeft, plotTop       = 46, 30
	plotSide                = 220
)

// hues are Okabe and Ito's colours, as far as they show on white and on black.
var hues = [...]string{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"}

// MostLines is how many curves of classes a chart has: more cannot be told apart.
const MostLines = len(hues)

func px(v float64) string     { return strconv.FormatFloat(v, 'f', 1, 64) }
func across(v float64) string { return px(plotLeft + plotSide*v) }
func down(v float64) string   { return px(plotTop + plotSide*(1-v)) }

// svg is the chart as an SVG element, whole as a file, too.
func (c chart) svg() string {
	var b strings.Builder
	w := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
	}
	text := func(x, y, anchor, s string) {
		w(`<text x="`, x, `" y="`, y, `" text-anchor="`, anchor, `" fill="currentColor">`, html.EscapeString(s),
			`</text>`)
	}
	w(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `, strconv.Itoa(chartWidth), " ", strconv.Itoa(chartHeight),
		`" width="`, strconv.Itoa(chartWidth), `" height="`, strconv.Itoa(chartHeight),
		`" role="img" font-family="system-ui, sans-serif" font-size="11" aria-label="`,
		html.EscapeString(c.title+". "+c.said), `">`)
	text(px(plotLeft), "16", "start", c.title)
	for _, v := range []float64{0, 0.25, 0.5, 0.75, 1} {
		w(`<path d="M`, across(0), " ", down(v), "H", across(1), `" stroke="currentColor" stroke-opacity="0.15"/>`)
		text(px(plotLeft-6), px(plotTop+plotSide*(1-v)+4), "end", strconv.Itoa(int(100*v)))
		text(across(v), px(plotTop+plotSide+16), "middle", strconv.Itoa(int(100*v)))
	}
	text(across(0.5), px(plotTop+plotSide+36), "middle", c.x)
	w(`<text transform="translate(12 `, down(0.5), `) rotate(-90)" text-anchor="middle" fill="currentColor">`,
		html.EscapeString(c.y), `</text>`)
	for _, r := range c.bars {
		w(`<path d="M`, across(r.left), " ", down(0), "V", down(r.height), "H", across(r.right), "V", down(0),
			`Z" fill="`, hues[0], `" fill-opacity="0.5"/>`)
	}
	if c.diagonal {
		w(`<path d="M`, across(0), " ", down(0), "L", across(1), " ", down(1),
			`" stroke="currentColor" stroke-dasharray="3 3" stroke-opacity="0.5"/>`)
	}
	for i, l := range c.lines {
		hue := hues[i%len(hues)]
		w(`<path fill="none" stroke-width="2" stroke="`, hue, `" d="`, l.path(), `"/>`)
		if len(c.lines) > 1 {
			y := plotTop + 12 + 15*float64(i)
			w(`<path stroke-width="3" stroke="`, hue, `" d="M`, across(1.03), " ", px(y-4), `h10"/>`)
			text(px(plotLeft+plotSide*1.09), px(y), "start", short(l.name))
		}
	}
	if c.mark != nil {
		w(`<circle r="5" fill="`, hues[1], `" cx="`, across(c.mark[0]), `" cy="`, down(c.mark[1]), `"/>`)
	}
	w(`</svg>`)
	return b.String()
}

func (l line) path() string {
	var d strings.Builder
	for i, p := range l.points {
		switch {
		case i == 0:
			d.WriteString("M" + across(p[0]) + " " + down(p[1]))
		case l.stepped:
			d.WriteString("H" + across(p[0]) + "V" + down(p[1]))
		default:
			d.WriteString("L" + across(p[0]) + " " + down(p[1]))
		}
	}
	return d.String()
}

// short is a name that fits beside the plot.
func short(name string) string {
	if r := []rune(name); len(r) > 10 {
		return string(r[:9]) + "…"
	}
	return name
}
