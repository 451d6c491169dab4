package native

import (
	"testing"

	"wafer/nn/graph"
	"wafer/nn/nntest"
)

// TestWinogradInSmallBlocks: blocks that begin and end within rows of tiles, on three
// threads.
func TestWinogradInSmallBlocks(t *testing.T) {
	shareEverything(t)
	memory, tiles := winogradMemory, winogradTiles
	defer func() { winogradMemory, winogradTiles = memory, tiles }()
	var cases []nntest.Case
	for _, c := range nntest.Cases() {
		if c.Op == graph.WinogradConv2D && !c.Large {
			cases = append(cases, c)
		}
	}
	for _, winogradTiles = range []int{1, 5} {
		winogradMemory = 0
		nntest.Compare(t, Runner(1), cases)
		nntest.Compare(t, Runner(3), cases)
	}
}
