package fit

import (
	"math"

	"wafer/nn/context"
	"wafer/nn/data"
	"wafer/nn/document"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/preprocess"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/solve"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
	"wafer/nn/train"
)

// Layers of a model that answers from n-grams, beside those of recipe's head and of package document.
const (
	gramRow   = "ngram_row" // the part of the input that has numbers of n-grams
	gramBias  = "ngram_bias"
	restOfRow = "rest_of_row" // the part of the input that the base takes
)

const (
	mostGramNumbers = 1 << 20 // of the table: 2 MB of a model file
	leastGramRow    = 64      // numbers of a row
	mostGramRow     = 2048
)

// ngrams are what a solver has learnt of n-grams.
type ngrams struct {
	text.NGrams
	length int // of a row
	dense  bool
	scale  []float32      // of columns, that dense features were brought to a length near 1 by
	front  *layers.Model  // from the rows of the stage to dense features
	head   *solve.Head    // nil: not chosen
	own    solve.Features // n-grams of the training texts
}

// fitNGrams learns the n-grams of the training texts.
func (f *fitter) fitNGrams(o *recipe.TFIDF) *ngrams {
	g := &ngrams{NGrams: text.NGrams{Words: o.Words, CharMin: o.CharMin, CharMax: o.CharMax,
		WordWeight: float32(o.WordWeight)}}
	list := make([]string, len(f.data.Train))
	for i, s := range f.data.Train {
		list[i] = s.Input.Text
	}
	rows, longest := g.Fit(list, min(o.Most, mostGramNumbers/len(f.data.Labels))), 0
	for _, row := range rows {
		longest = max(longest, len(row))
	}
	g.length = min(max(2*longest, leastGramRow), mostGramRow) // new texts may be longer
	for i, v := range g.IDF {                                 // as the model file has them
		g.IDF[i] = float32(math.Sqrt(float64(half(v * v))))
	}
	g.own = g.sparse(rows)
	return g
}

func (g *ngrams) numbers(samples []data.Sample) [][]int32 {
	rows := make([][]int32, len(samples))
	for i, s := range samples {
		rows[i] = g.Numbers(s.Input.Text)
	}
	return rows
}

// sparse makes features of numbers, which it takes over.
func (g *ngrams) sparse(rows [][]int32) solve.Features {
	x := solve.Features{Rows: len(rows), Words: len(g.Hashes), Sparse: make([]solve.Sparse, len(rows))}
	for i, row := range rows {
		row = row[:min(len(row), g.length)]
		values := g.Values(row)
		for k := range row {
			row[k]--
		}
		x.Sparse[i] = solve.Sparse{Index: row, Value: values}
	}
	return x
}

// sets are what the solver of a stage chooses from: dense features with their columns in one proportion or another, or
// dense features, or n-grams, or both.
func (f *fitter) sets(p *part, x solve.Features, columns [][]float32) (sets []solve.Set) {
	if f.grams == nil {
		for _, factors := range columns {
			sets = append(sets, solve.Set{Name: p.Name, X: x.Times(factors)})
		}
		return sets
	}
	grams := solve.Set{Name: task.NGramFeatures, X: f.grams.own.Kept()}
	if x.Width == 0 {
		return []solve.Set{grams}
	}
	x = x.Times(columns[0]).Kept()
	return []solve.Set{{Name: task.BothFeatures, X: solve.Join(x, grams.X)}, {Name: f.network.model.Info().ID, X: x},
		grams}
}

// choices are the sets with what each got right, the chosen one first.
func choices(sets []solve.Set, l *solve.Learnt) []task.Choice {
	list := []task.Choice{{Name: sets[l.Set].Name, Accuracy: l.Accuracy[l.Set]}}
	for i, s := range sets {
		if i != l.Set {
			list = append(list, task.Choice{Name: s.Name, Accuracy: l.Accuracy[i]})
		}
	}
	return list
}

// answerFromNGrams makes the network, its weights and its preprocessing anew, with the n-grams that were chosen, and
// the part that measures it: from logits on, which are computed from features that are there already.
func (f *fitter) answerFromNGrams(ctx context.Context, p *part, l *solve.Learnt, scale []float32) error {
	g := f.grams
	g.head, g.dense, g.scale = l.Head, len(l.Dense) > 0, scale
	for i, v := range g.head.Sparse {
		idf := g.IDF[i/l.Classes]
		g.head.Sparse[i] = half(v*idf) / idf
	}
	for i, s := range f.samples() {
		x := g.own
		if i > 0 {
			x = g.sparse(g.numbers(s))
		}
		rows, err := f.logits(ctx, p.rows[i], s, x)
		if err != nil {
			return err
		}
		p.rows[i] = rows
	}
	in := layers.Spec{Shape: tensor.Shape{l.Classes}}
	p.trained = layers.Sequential(f.r.Name, in, layers.Activation("softmax"))
	return f.rebuild()
}

// logits are the scores of samples before softmax; rows are what the base makes of them, x their n-grams.
func (f *fitter) logits(ctx context.Context, rows train.Source, samples []data.Sample, x solve.Features) (train.Rows,
	error) {
	g := f.grams
	if g.dense && len(samples) > 0 {
		z, err := f.dense(ctx, g.front, rows)
		if err != nil {
			return train.Rows{}, err
		}
		x = solve.Join(z.Times(g.scale), x)
	}
	y := make([]int, len(samples))
	for i, s := range samples {
		y[i] = s.Label
	}
	return train.Rows{X: tensor.Floats(g.head.Logits(x), len(samples), g.head.Classes), Y: y}, nil
}

// rebuild puts the network with n-grams in the place of the one that was solved.
func (f *fitter) rebuild() error {
	g, r := f.grams, *f.r
	t := recipe.Text{}
	rest := 0
	vocabulary := preprocess.NGramVocabulary{NGrams: g.ToJSON()}
	if g.dense {
		t = *f.r.Preprocess.Text
		rest, vocabulary.Rest = t.Length(), f.tokenizer
	}
	t.TFIDF = &recipe.TFIDF{Words: g.Words, CharMin: g.CharMin, CharMax: g.CharMax, Most: max(len(g.Hashes), 1),
		MaxLen: g.length}
	r.Preprocess.Text = &t
	var err error
	if f.tokenizer, err = json.Marshal(vocabulary); err != nil {
		return err
	}
	f.r = &r
	old := f.network
	f.network = &network{frozen: map[string]bool{}}
	if g.dense {
		f.network.model, f.network.base = old.model, old.base
	}
	f.network.Model = g.model(old, f.r.Name, rest)
	f.state = g.state(f.state)
	return f.network.Check()
}

// model is the network whose input is the numbers of n-grams, and behind them what the base takes.
func (g *ngrams) model(old *network, name string, rest int) *layers.Model {
	b := layers.NewFunctional(name, layers.Spec{Shape: tensor.Shape{g.length + rest}, DType: tensor.Int32})
	at := layers.InputName
	if g.dense {
		at = b.Named(gramRow, layers.Op(graph.Slice, graph.Range{Begin: []int{0, 0}, End: []int{-1, g.length}}), at)
	}
	sum := b.Add(layers.Op(graph.ReduceSum, graph.Axes{Axes: []int{1}}),
		b.Named(document.NGramTable, layers.Embedding(1+len(g.Hashes), g.head.Classes), at))
	squares := b.Add(layers.Op(graph.ReduceSum, graph.Axes{Axes: []int{1}}),
		b.Named(document.NGramSquares, layers.Embedding(1+len(g.Hashes), 1), at))
	least := b.Add(layers.Constant(tensor.Floats([]float32{1e-6}, 1))) // of a text without any
	length := b.Add(layers.Op(graph.Sqrt, nil), b.Add(layers.Op(graph.Max, nil), squares, least))
	logits := b.Add(layers.Op(graph.Div, nil), sum, length)
	other := ""
	if g.dense {
		other = g.addBase(b, old)
	} else {
		other = b.Named(gramBias, &layers.ParameterLayer{Shape: []int{g.head.Classes}, Trainable: true})
	}
	b.Add(layers.Activation("softmax"), b.Add(layers.Op(graph.Add, nil), logits, other))
	return b.Model()
}

// addBase adds base and head, without softmax, on the rest of the row.
func (g *ngrams) addBase(b *layers.Functional, old *network) (logits string) {
	column := b.Add(layers.Cropping1D(g.length, 0), b.Add(layers.Reshape(-1, 1), layers.InputName))
	rest := b.Named(restOfRow, layers.Reshape(-1), column)
	input := old.Input().Name
	for _, e := range old.Entries {
		inputs := make([]string, len(e.Inputs))
		for i, in := range e.Inputs {
			if inputs[i] = in; in == input || in == layers.InputName {
				inputs[i] = rest
			}
		}
		if e.Name == old.Last().Name {
			return b.Named(e.Name, layers.Dense(g.head.Classes, ""), inputs...)
		}
		b.Named(e.Name, e.Layer, inputs...)
	}
	return ""
}

// state are the weights of model; from has those of the base.
func (g *ngrams) state(from graph.State) graph.State {
	k, n := g.head.Classes, len(g.Hashes)
	state := graph.State{}
	table, squares := tensor.New(tensor.Float32, 1+n, k), tensor.New(tensor.Float32, 1+n, 1)
	for i, v := range g.head.Sparse {
		table.F()[k+i] = half(v * g.IDF[i/k])
	}
	for i, v := range g.IDF {
		squares.F()[1+i] = half(v * v)
	}
	state[document.NGramTable+"/embeddings"], state[document.NGramSquares+"/embeddings"] = table, squares
	if !g.dense {
		state[gramBias+"/value"] = tensor.Floats(g.head.Bias, k)
		return state
	}
	for name, v := range from {
		state[name] = v
	}
	return state
}

// errOfNGrams is the error of teaching from a model that answers from n-grams.
var errOfNGrams = say.New("base: answers from the n-grams of its own texts, which no other model can be taught from")

// half is the nearest float16.
func half(v float32) float32 { return tensor.FromHalf(tensor.Half(v)) }

// prepareTexts checks the data of a recipe that solves n-grams alone.
func (f *fitter) prepareTexts() error {
	for i, samples := range f.samples() {
		for k, s := range samples {
			if err := text.Check(s.Input.Text); err != nil {
				return say.Errorf("%s sample %d cannot be used: %w", [3]string{"training", "validation", "test"}[i],
					k+1, err)
			}
		}
	}
	return nil
}
