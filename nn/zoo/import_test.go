package zoo

import (
	"encoding/json"
	"regexp"
	"testing"

	"wafer/nn/graph"
	"wafer/nn/layers"
)

var nodeName = regexp.MustCompile(`  # .*`)

// graphText is the model's graph for a batch, without the names of its parameters.
func graphText(m *layers.Model, batch int) string {
	return nodeName.ReplaceAllString(forBatch(m, batch).String(), "")
}

func forBatch(m *layers.Model, batch int) *graph.Graph {
	g := graph.New()
	for _, out := range m.Build(g, m.Declare(g, batch), layers.Options{}) {
		g.Output("out", out)
	}
	return g
}

// Every architecture taken as a bare graph becomes a model that builds the same graph again,
// for a number of samples that the conversion never saw, also after a trip through a file.
func TestEveryArchitectureAsAnImportedGraph(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			m, err := New(name, Options{})
			if err != nil {
				t.Fatal(err)
			}
			imported, _, err := layers.FromGraph(name, func(batch int) *graph.Graph { return forBatch(m, batch) })
			if err != nil {
				t.Fatal(err)
			}
			file, err := json.Marshal(imported)
			if err != nil {
				t.Fatal(err)
			}
			back := new(layers.Model)
			if err := json.Unmarshal(file, back); err != nil {
				t.Fatal(err)
			}
			if got, want := graphText(back, 5), graphText(m, 5); got != want {
				t.Errorf("the imported model builds\n%s\nwant\n%s", got, want)
			}
			if got, want := back.Params(), m.Params(); got != want {
				t.Errorf("it has %d parameters, want %d", got, want)
			}
			if got, want := back.OutputShape(), m.OutputShape(); !got.Equal(want) {
				t.Errorf("its output has shape %v, want %v", got, want)
			}
		})
	}
}
