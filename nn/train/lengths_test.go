package train

import (
	"fmt"
	"slices"
	"testing"

	"wafer/nn/context"
	"wafer/nn/eval"
	"wafer/nn/graph"
	"wafer/nn/layers"
	"wafer/nn/tensor"
)

// Rows that are trimmed run in the order of their lengths, with the results of rows that are not.
func TestEvenBatchesGiveTheSameRows(t *testing.T) {
	const length, words = 512, 9
	b := layers.NewFunctional("sum", layers.Spec{Shape: tensor.Shape{length}, DType: tensor.Int32})
	vectors := b.Named("words", layers.Embedding(words, 2), layers.InputName)
	b.Add(layers.Op(graph.ReduceSum, graph.Axes{Axes: []int{1}}), vectors)
	m := b.Model()
	table := tensor.New(tensor.Float32, words, 2)
	for i := 2; i < table.Size(); i++ {
		table.F()[i] = float32(i) / 3
	}
	long := []int{1, 64, 2, 200, 3, 64, 4, 5, 60, 61, 1, 62, 63, 64, 64, 59}
	rows := Rows{X: tensor.New(tensor.Int32, len(long), length), Y: make([]int, len(long))}
	for i, n := range long {
		for j := range n {
			rows.X.I()[i*length+j] = int32(1 + (i+j)%(words-1))
		}
	}
	var shapes []string
	plain := &Tester{Model: m, State: graph.State{"words/embeddings": table}, Runner: eval.Runner}
	even := *plain
	even.Even = true
	even.Runner = func(g *graph.Graph, s graph.State) (graph.Program, error) {
		for _, n := range g.Leaves(graph.Input) {
			shapes = append(shapes, n.Shape.String())
		}
		return eval.Runner(g, s)
	}
	even.Trim = func(rows *tensor.Tensor) *tensor.Tensor { return firstOf(rows, []int{4, 64, length}) }
	var done []int
	even.Done = func(n int) { done = append(done, n) }
	want, err := plain.Predict(context.Background(), rows)
	if err != nil {
		t.Fatal(err)
	}
	got, err := even.Predict(context.Background(), rows)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.F(), want.F()) {
		t.Errorf("expected the rows %v, got %v", want.F(), got.F())
	}
	// 5 rows of 4 tokens, where 128 run at once; 10 of 64, where 8 do; one of 512
	if got, want := fmt.Sprint(shapes), "[[1 4] [8 64] [1 64] [1 512]]"; got != want {
		t.Errorf("expected programs for %s, got %s", want, got)
	}
	if got, want := fmt.Sprint(done), "[1 2 3 4 5 13 14 15 16]"; got != want {
		t.Errorf("expected to be told %s, got %s", want, got)
	}
}

// firstOf shortens rows to the first of some lengths that has all their numbers.
func firstOf(rows *tensor.Tensor, lengths []int) *tensor.Tensor {
	n, from := rows.Shape()[0], rows.Shape()[1]
	for _, to := range lengths {
		short, whole := tensor.New(tensor.Int32, n, to), true
		for i, v := range rows.I() {
			if i%from < to {
				short.I()[i/from*to+i%from] = v
			} else if v != 0 {
				whole = false
			}
		}
		if whole {
			return short
		}
	}
	return rows
}

func TestWholeOrSingle(t *testing.T) {
	for n, want := range map[int]string{0: "[]", 1: "[[0]]", 3: "[[0] [1] [2]]", 4: "[[0 1 2 3 3 3 3 3]]",
		8: "[[0 1 2 3 4 5 6 7]]", 9: "[[0 1 2 3 4 5 6 7] [8]]", 13: "[[0 1 2 3 4 5 6 7] [8 9 10 11 12 12 12 12]]"} {
		if got := fmt.Sprint(wholeOrSingle(ascending(n), 8)); got != want {
			t.Errorf("%d samples: expected the batches %s, got %s", n, want, got)
		}
	}
}
