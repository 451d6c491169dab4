package layers

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wafer/nn/tensor"
)

// Summary prints the model as Keras 3's model.summary() does: a row per layer with
// output shape and number of parameters, then the totals.
func (m *Model) Summary() string {
	o := m.outline()
	weights := o.weights
	t := table{heads: []string{"Layer (type)", "Output Shape", "Param #"}, widths: []int{31, 22, 13},
		kind: "sequential"}
	if !m.sequential() {
		t = table{heads: []string{"Layer (type)", "Output Shape", "Param #", "Connected to"},
			widths: []int{19, 17, 10, 17}, kind: "functional"}
		for _, s := range m.Inputs {
			t.add(s.name()+" (InputLayer)", kerasShape(s.Shape, true), "0", "-")
		}
	}
	for _, e := range m.Entries {
		n := count(weights, func(w Weight) bool { return w.Layer == e.Name })
		shape := kerasShape(o.perSample(e.Name))
		row := []string{e.Name + " (" + e.Layer.Class() + ")", shape, commas(n), strings.Join(e.Inputs, ", ")}
		t.add(row[:len(t.heads)]...)
	}
	all := count(weights, func(Weight) bool { return true })
	trained := count(weights, func(w Weight) bool { return w.Trainable })
	return fmt.Sprintf("Model: %q\n%s Total params: %s (%s)\n Trainable params: %s (%s)\n"+
		" Non-trainable params: %s (%s)\n",
		m.Name, t.String(), commas(all), memory(all), commas(trained), memory(trained), commas(all-trained),
		memory(all-trained))
}

// Params is the number of parameters, trainable and not.
func (m *Model) Params() int { return count(m.Weights(), func(Weight) bool { return true }) }

func (m *Model) sequential() bool {
	if len(m.Inputs) != 1 || len(m.Outputs) > 1 {
		return false
	}
	before := m.Inputs[0].name()
	for _, e := range m.Entries {
		if !slices.Equal(e.Inputs, []string{before}) {
			return false
		}
		before = e.Name
	}
	return true
}

func count(weights []Weight, want func(Weight) bool) (n int) {
	for _, w := range weights {
		if want(w) {
			n += w.Shape.Size()
		}
	}
	return n
}

// kerasShape prints the shape of a sample, "(None, 28, 28)", or of what is the same for all,
// "(28, 28)".
func kerasShape(s tensor.Shape, perSample bool) string {
	var axes []string
	if perSample {
		axes = append(axes, "None")
	}
	for _, d := range s {
		axes = append(axes, strconv.Itoa(d))
	}
	return "(" + strings.Join(axes, ", ") + ")"
}

// commas groups digits by three: 1,329,473.
func commas(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// memory is the size of n float32 numbers: "5.07 MB".
func memory(n int) string {
	size, unit := float64(4*n), 0
	units := []string{"B", "KB", "MB", "GB", "TB"}
	for size >= 1024 && unit < len(units)-1 {
		size, unit = size/1024, unit+1
	}
	return fmt.Sprintf("%.2f %s", size, units[unit])
}

// table draws Keras' box. Columns are widened where a cell needs it.
type table struct {
	heads  []string
	widths []int
	rows   [][]string
	kind   string
}

func (t *table) add(cells ...string) {
	for i, c := range cells {
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(c))
	}
	t.rows = append(t.rows, cells)
}

func (t *table) String() string {
	var b strings.Builder
	t.rule(&b, "┏━┳┓")
	t.line(&b, "┃", t.heads)
	t.rule(&b, "┡━╇┩")
	for i, row := range t.rows {
		if i > 0 {
			t.rule(&b, "├─┼┤")
		}
		t.line(&b, "│", row)
	}
	t.rule(&b, "└─┴┘")
	return b.String()
}

// rule draws a horizontal line from four characters: left, fill, join, right.
func (t *table) rule(b *strings.Builder, chars string) {
	c := []rune(chars)
	for i, w := range t.widths {
		b.WriteRune(c[min(i, 1)*2])
		b.WriteString(strings.Repeat(string(c[1]), w+2))
	}
	b.WriteString(string(c[3]) + "\n")
}

func (t *table) line(b *strings.Builder, bar string, cells []string) {
	for i, cell := range cells {
		gap := strings.Repeat(" ", t.widths[i]-utf8.RuneCountInString(cell))
		if t.heads[i] == "Param #" {
			cell = gap + cell
		} else {
			cell += gap
		}
		b.WriteString(bar + " " + cell + " ")
	}
	b.WriteString(bar + "\n")
}
