package graph

import (
	"testing"

	"wafer/nn/tensor"
)

func TestWinogradTile(t *testing.T) {
	same := Winograd{Pad: [4]int{1, 1, 1, 1}}.Window()
	strided, dilated, pointwise := same, same, same
	strided.Stride, dilated.Dilation, pointwise.Kernel = [2]int{2, 2}, [2]int{1, 2}, [2]int{1, 1}
	for _, c := range []struct {
		side, ci, co int
		w            Window
		want         int
	}{
		// ResNet-18.
		{56, 64, 64, same, 4}, {28, 128, 128, same, 4}, {14, 256, 256, same, 4}, {7, 512, 512, same, 2},
		// VGG16; its first layer has 3 channels.
		{224, 3, 64, same, 0}, {224, 64, 64, same, 4}, {112, 64, 128, same, 4}, {112, 128, 128, same, 4},
		{56, 256, 256, same, 4}, {28, 512, 512, same, 4}, {14, 512, 512, same, 4},
		// Few channels, few results, and what Winograd is not for.
		{32, 16, 16, same, 4}, {32, 16, 8, same, 0}, {4, 64, 64, same, 0}, {2, 512, 512, same, 0}, {1, 64, 64, same, 0},
		{56, 64, 64, strided, 0}, {56, 64, 64, dilated, 0}, {56, 64, 64, pointwise, 0},
	} {
		k := tensor.Shape{c.w.Kernel[0], c.w.Kernel[1], c.ci, c.co}
		for _, n := range []int{1, 64} {
			if got := WinogradTile(tensor.Shape{n, c.side, c.side, c.ci}, k, c.w); got != c.want {
				t.Errorf("%d images of side %d, %d to %d channels, %v: tile %d, want %d", n, c.side, c.ci, c.co, c.w,
					got, c.want)
			}
		}
	}
}

func TestWinogradRefusesWhatDoesNotFit(t *testing.T) {
	for name, build := range map[string]func(g *Graph){
		"tile of 3":  func(g *Graph) { g.WinogradFilter(g.Param("k", 3, 3, 4, 5), Winograd{Tile: 3}) },
		"5x5 kernel": func(g *Graph) { g.WinogradFilter(g.Param("k", 5, 5, 4, 5), Winograd{Tile: 2}) },
		"other tile": func(g *Graph) {
			g.WinogradConv2D(g.Param("x", 1, 8, 8, 4), g.Param("u", 36, 4, 5), Winograd{Tile: 2})
		},
		"other channels": func(g *Graph) {
			g.WinogradConv2D(g.Param("x", 1, 8, 8, 3), g.Param("u", 36, 4, 5), Winograd{Tile: 4})
		},
		"too small image": func(g *Graph) {
			g.WinogradConv2D(g.Param("x", 1, 2, 8, 4), g.Param("u", 36, 4, 5), Winograd{Tile: 4})
		},
	} {
		func() {
			defer func() {
				if _, ok := recover().(*Error); !ok {
					t.Errorf("%s: want a panic with *Error", name)
				}
			}()
			build(New())
		}()
	}
}
