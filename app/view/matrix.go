package view

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Matrix is a confusion matrix: a row for what inputs are, a column for the answers. Cells are shaded by their share
// of the row.
type Matrix struct {
	Caption string
	Labels  []string
	Counts  [][]int                      // [row][column]
	Write   func(n int) string           // a number as people read it
	Say     func(row, column int) string // what a cell means, in words
	Open    func(row, column int)        // shows what is behind a cell that counts something, nil: nothing can be shown
}

// UI returns the table, which scrolls on its own where it is wide.
func (m Matrix) UI() app.UI {
	head := []app.UI{app.Td()}
	for _, l := range m.Labels {
		head = append(head, app.Th().Scope("col").Text(l))
	}
	return app.Div().Class("scroll").TabIndex(0).Role("region").Aria("label", m.Caption).Body(
		app.Table().Class("matrix").Body(
			app.Caption().Text(m.Caption),
			app.THead().Body(app.Tr().Body(head...)),
			app.TBody().Body(app.Range(m.Counts).Slice(m.row)),
		))
}

func (m Matrix) row(i int) app.UI {
	total := 0
	for _, n := range m.Counts[i] {
		total += n
	}
	cells := []app.UI{app.Th().Scope("row").Text(m.Labels[i])}
	for k, n := range m.Counts[i] {
		cell := app.Td().Class("right number", "shade-"+strconv.Itoa(shade(n, total))).Title(m.Say(i, k))
		if m.Open == nil || n == 0 {
			cell = cell.Text(m.Write(n))
		} else {
			cell = cell.Body(Button("cell").Aria("label", m.Say(i, k)).Text(m.Write(n)).
				OnClick(func(app.Context, app.Event) { m.Open(i, k) }, i, k))
		}
		if i == k {
			cell = cell.Class("hit")
		}
		cells = append(cells, cell)
	}
	return app.Tr().Body(cells...)
}

// shade is how dark a cell is: 0 for none, then 1…4 for the quarters of its row.
func shade(n, total int) int {
	if n == 0 || total == 0 {
		return 0
	}
	return 1 + min(3, 4*n/total)
}
