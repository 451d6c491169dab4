package native

import (
	"fmt"
	"testing"

	"wafer/nn/graph"
)

// BenchmarkWinograd compares both tiles with the direct convolution (tile=0) on
// layers of ResNet-18 and VGG16; GFLOP/s count what the direct one does.
func BenchmarkWinograd(b *testing.B) {
	for _, s := range [][3]int{{56, 64, 64}, {28, 128, 128}, {14, 256, 256}, {7, 512, 512}, {224, 64, 64},
		{112, 64, 128}, {56, 256, 256}, {28, 512, 512}, {14, 512, 512}, {32, 16, 16}} {
		g := same(1, s[0], s[1], s[2], 3, 1)
		x, y, k := sequence(g.H*g.W*g.CI), sequence(g.OH*g.OW*g.CO), sequence(9*g.CI*g.CO)
		for _, m := range []int{0, 2, 4} {
			a := graph.Winograd{Tile: m, Pad: g.Pad}
			w := workFor(max(g.Work(graph.Conv2D), g.WinogradWork(a)))
			u := sequence(a.Side() * a.Side() * g.CI * g.CO)
			b.Run(fmt.Sprintf("%dx%dx%d-%d/tile=%d", s[0], s[0], s[1], s[2], m), func(b *testing.B) {
				benchProduct(b, g.OH*g.OW*g.CO*9*g.CI, func() {
					if m == 0 {
						w.conv2d(y, x, k, g, epilogue{}, 0, g.OH, 0, g.CO)
					} else {
						w.winogradConv2d(y, x, filters{data: u}, g, m, epilogue{}, 0, a.Tiles(g.OH), 0, g.CO)
					}
				})
			})
		}
	}
}
