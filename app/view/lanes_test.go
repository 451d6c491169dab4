package view

import (
	"reflect"
	"testing"
)

// A residual block: node 3 adds node 0 to node 2; a second one begins where the first ends.
func TestLanesOfResidualBlocks(t *testing.T) {
	got := Lanes([][]int{{-1}, {0}, {1}, {2, 0}, {3}, {4, 3}})
	want := [][]Lane{{"from"}, {"past"}, {"past"}, {"to from"}, {"past"}, {"to"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, expected %q", got, want)
	}
	if got := Lanes([][]int{{-1}, {0}, {1}}); len(got[0]) != 0 {
		t.Errorf("a chain has the lanes %q, expected none", got)
	}
}

// One node goes to two later ones, beside another connection that is open meanwhile.
func TestLanesSideBySide(t *testing.T) {
	got := Lanes([][]int{{}, {0}, {1, 0}, {2, 1}, {3, 0}})
	want := [][]Lane{{"from", ""}, {"past", "from"}, {"past to", "past"}, {"past", "to"}, {"to", ""}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, expected %q", got, want)
	}
}
