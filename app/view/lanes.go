package view

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Lane is what a connection that passes over nodes does beside one node of a list.
type Lane string

const (
	LaneEmpty Lane = ""
	LaneFrom  Lane = "from" // it begins at this node
	LanePast  Lane = "past"
	LaneTo    Lane = "to" // it ends here
)

// maxLanes are drawn beside each other; connections beyond that are told in words only.
const maxLanes = 6

// Lanes puts the connections of nodes in a list side by side: inputs are, for every node, the places of the nodes that
// it takes from; that of the node right before needs no lane. The result has, for every node, as many lanes as the
// list needs.
func Lanes(inputs [][]int) [][]Lane {
	last := make([]int, len(inputs)) // of each node, the last one that takes from it
	for i, in := range inputs {
		for _, from := range in {
			if from >= 0 && from < i-1 {
				last[from] = i
			}
		}
	}
	var ends []int // of each lane, the node at which it becomes free
	place := make([]int, len(inputs))
	for i := range inputs {
		if place[i] = -1; last[i] == 0 {
			continue
		}
		k := 0
		for k < len(ends) && ends[k] > i {
			k++
		}
		if k == maxLanes {
			continue
		}
		if k == len(ends) {
			ends = append(ends, 0)
		}
		ends[k], place[i] = last[i], k
	}
	rows := make([][]Lane, len(inputs))
	for i := range rows {
		rows[i] = make([]Lane, len(ends))
	}
	for from, k := range place {
		if k < 0 {
			continue
		}
		rows[from][k] = join(rows[from][k], LaneFrom)
		for i := from + 1; i < last[from]; i++ {
			rows[i][k] = LanePast
		}
		rows[last[from]][k] = LaneTo
	}
	for i, in := range inputs { // those that leave a lane before its end
		for _, from := range in {
			if from >= 0 && from < i-1 && place[from] >= 0 && i < last[from] {
				rows[i][place[from]] = LanePast + " " + LaneTo
			}
		}
	}
	return rows
}

// join is a lane that ends at a node where the next one in its place begins.
func join(before, next Lane) Lane {
	if before == LaneEmpty {
		return next
	}
	return before + " " + next
}

// LaneCells draws the lanes beside one node; they say nothing, the node names its inputs in words.
func LaneCells(row []Lane) app.UI {
	cells := make([]app.UI, len(row))
	for i, l := range row {
		cells[i] = app.Span().Class(append([]string{"lane"}, strings.Fields(string(l))...)...)
	}
	return app.Div().Class("lanes").Aria("hidden", "true").Body(cells...)
}
