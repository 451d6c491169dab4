package view

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// Histogram draws counts of bins of equal width as bars; said is what a screen reader hears instead.
func Histogram(bins []int, said string) string {
	const width, height = 240, 48
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="histogram" viewBox="0 0 %d %d" role="img" aria-label="%s">`, width, height,
		html.EscapeString(said))
	step, most := float64(width)/float64(max(len(bins), 1)), max(slices.Max(append(bins, 0)), 1)
	for i, n := range bins {
		tall := float64(n) / float64(most) * height
		fmt.Fprintf(&b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, float64(i)*step, height-tall, step-1,
			tall)
	}
	b.WriteString(`</svg>`)
	return b.String()
}
