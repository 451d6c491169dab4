package state

import (
	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/nn/task"
)

// Step is how far an item has come.
type Step int

const (
	Waiting Step = iota
	Working
	Answered // Item.Result is there, with scores or with an error
)

// Item is one input and its answer.
type Item struct {
	ID     int
	Name   string   // file name, "" for typed text and drawings
	Text   string   // of a text
	Image  string   // address of the picture for <img>
	Cells  []string // of a row of a table, all of them
	Truth  string   // the right label, as the table has it, "" for none
	Step   Step
	Result task.Result

	file   browser.File
	pixels []byte // a drawing, bridge.PadSide squared RGBA
	size   int64
}

// Batch is what is being classified together. One item is shown large, several
// in a table.
type Batch struct {
	Model   string // ID of the model that answers
	Items   []Item
	Drawing bool   // the one item is what is on the pad
	Typed   bool   // the one item is what is in the text field
	Table   *Table // that the texts come from, nil for none
	Live    bool   // the one item is the camera's newest frame
	Running bool
	Why     Why    // what spoke for the answer to the one item
	Error   string // why the whole batch has no answers: the model could not be loaded
}

// Done counts the items that have an answer.
func (b Batch) Done() int {
	n := 0
	for _, it := range b.Items {
		if it.Step == Answered {
			n++
		}
	}
	return n
}

// input returns the item as it goes to the worker; its buffer, if it has one,
// will be number buffer.
func (it Item) input(buffer int) (bridge.Input, []browser.Buffer) {
	in := bridge.Input{Name: it.Name, Text: it.Text, Buffer: buffer}
	switch {
	case it.pixels != nil:
		in.Width, in.Height = browser.PadSide, browser.PadSide
		return in, []browser.Buffer{browser.Bytes(it.pixels)}
	case it.Image != "" || it.Text == "":
		return in, []browser.Buffer{it.file.Buffer()}
	}
	in.Buffer = -1
	return in, nil
}

// answered returns the items with the answer to number i filled in.
func answered(items []Item, i int, r task.Result) []Item {
	if i < 0 || i >= len(items) {
		return items
	}
	c := append([]Item(nil), items...)
	c[i].Step, c[i].Result = Answered, r
	return c
}
