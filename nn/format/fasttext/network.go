package fasttext

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/format/wordvectors"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/text"
)

// length is how many numbers of a text are read: about three hundred words with their n-grams.
const length = 2048

const labelPrefix = "__label__"

// Outline is the file in the words that all formats share.
func (f *File) Outline() task.Outline {
	o := task.Outline{Format: "fastText word vectors", Producer: "fastText"}
	if f.Model == modelSupervised {
		o.Format = fmt.Sprintf("fastText classifier of %d labels", len(f.Labels))
	}
	for i, m := range []matrix{f.input, f.output} {
		dtype, size := "F32", len(m.data)
		if m.parts != nil {
			dtype, size = "product-quantised", len(m.codes)+len(m.parts.centroids)+len(m.lengths)
		}
		o.Weights = append(o.Weights, task.Value{Name: []string{"input", "output"}[i], DType: dtype,
			Shape: []int{m.rows, m.cols}, Bytes: size})
	}
	return o
}

// Load makes a network of a file.
func Load(file []byte) (*foreign.Network, error) {
	f, err := Inspect(file)
	if err != nil {
		return nil, err
	}
	n, err := f.network()
	if err != nil {
		return nil, say.Errorf("fastText file: %w", err)
	}
	return n, nil
}

func (f *File) network() (*foreign.Network, error) {
	if f.Model != modelSupervised {
		return f.vectors()
	}
	if len(f.Labels) < 2 {
		return nil, fmt.Errorf("has %d labels, expected two or more", len(f.Labels))
	}
	dictionary, err := json.Marshal(f.words())
	if err != nil {
		return nil, err
	}
	n := &foreign.Network{Text: &recipe.Text{FastText: &recipe.FastText{MaxLen: length}}, Tokenizer: dictionary,
		State: graph.State{}}
	for _, l := range f.Labels {
		n.Labels = append(n.Labels, strings.TrimPrefix(l, labelPrefix))
	}
	b := layers.NewFunctional("fasttext", layers.Spec{Shape: tensor.Shape{length}, DType: tensor.Int32})
	words := layers.Embedding(f.input.rows+1, f.Dim)
	words.MaskZero = true
	mean := b.Named("mean", layers.GlobalAveragePooling1D(), b.Named("words", words, layers.InputName))
	n.State["words/embeddings"] = f.table()
	if err := f.answer(b, n, mean); err != nil {
		return nil, err
	}
	n.Layers = b.Model()
	return n, n.Layers.Check()
}

// words is what turns texts into numbers.
func (f *File) words() *text.FastText {
	t := &text.FastText{Words: f.Words, Least: f.Least, Most: f.Most, NGrams: f.NGrams, Buckets: f.Buckets,
		Label: labelPrefix, Pruned: f.pruned}
	var b []byte
	for _, bucket := range f.kept {
		b = binary.LittleEndian.AppendUint32(b, uint32(bucket))
	}
	t.Kept = base64.StdEncoding.EncodeToString(b)
	return t
}

// table is the input with a row of zeros in front, for padding.
func (f *File) table() *tensor.Tensor {
	t := tensor.New(tensor.Float32, f.input.rows+1, f.Dim)
	for i := range f.input.rows {
		f.input.row(t.F()[(i+1)*f.Dim:(i+2)*f.Dim], i)
	}
	return t
}

// answer puts what stands behind the mean of a text's vectors.
func (f *File) answer(b *layers.Functional, n *foreign.Network, mean string) error {
	activation := "softmax"
	switch f.Loss {
	case lossTree:
		f.tree(b, n, mean)
		return nil
	case lossSoftmax:
	case lossNegative, lossOneByOne:
		activation = "sigmoid"
		n.Notes = append(n.Notes, "Its labels were learnt one by one: each has a share of its own.")
	default:
		return fmt.Errorf("has loss %d, expected 1 to 4", f.Loss)
	}
	d := layers.Dense(len(f.Labels), activation)
	d.UseBias = false
	b.Named("output", d, mean)
	kernel := tensor.New(tensor.Float32, f.Dim, len(f.Labels))
	f.columns(kernel, 1, 0)
	n.State["output/kernel"] = kernel
	return nil
}

// columns writes the rows of the output as columns from one on, times a sign.
func (f *File) columns(kernel *tensor.Tensor, sign float32, from int) {
	width := kernel.Shape()[1]
	row := make([]float32, f.Dim)
	for i := range min(f.output.rows, width-from) {
		clear(row)
		f.output.row(row, i)
		for j, v := range row {
			kernel.F()[j*width+from+i] = sign * v
		}
	}
}

// tree is hierarchical softmax: each inner node of a Huffman tree over the labels gives the shares of its two branches,
// and a label's share is the product along its path. As fastText does, 10⁻⁵ is added before the logarithm.
func (f *File) tree(b *layers.Functional, n *foreign.Network, mean string) {
	inner := len(f.Labels) - 1
	branches := layers.Dense(2*inner, "sigmoid") // left of each node, then right
	branches.UseBias = false
	kernel := tensor.New(tensor.Float32, f.Dim, 2*inner)
	half := tensor.New(tensor.Float32, f.Dim, inner)
	f.columns(half, 1, 0)
	for j := range f.Dim {
		for i := range inner {
			v := half.F()[j*inner+i]
			kernel.F()[j*2*inner+i], kernel.F()[j*2*inner+inner+i] = -v, v
		}
	}
	n.State["branches/kernel"] = kernel
	at := b.Named("branches", branches, mean)
	plus := layers.Rescaling(1, 1e-5)
	at = b.Named("branches.log", layers.Op(graph.Log, nil), b.Named("branches.plus", plus, at))
	paths := layers.Dense(len(f.Labels), "softmax")
	paths.UseBias = false
	b.Named("paths", paths, at)
	n.State["paths/kernel"] = f.paths()
}

// paths is [2·inner labels]: 1 where a label's path takes a branch.
func (f *File) paths() *tensor.Tensor {
	labels := len(f.Labels)
	inner := labels - 1
	parent, right := huffman(f.counts)
	t := tensor.New(tensor.Float32, 2*inner, labels)
	for l := range labels {
		for node := l; parent[node] >= 0; node = parent[node] {
			branch := parent[node] - labels
			if right[node] {
				branch += inner
			}
			t.F()[branch*labels+l] = 1
		}
	}
	return t
}

// huffman is the tree that fastText builds of counts, which descend: of every node its parent (−1: the root), and
// whether it is that one's right branch.
func huffman(counts []int64) (parent []int, right []bool) {
	n := len(counts)
	parent, right = make([]int, 2*n-1), make([]bool, 2*n-1)
	count := make([]int64, 2*n-1)
	for i := range parent {
		parent[i], count[i] = -1, 1e15
	}
	copy(count, counts)
	leaf, node := n-1, n
	for i := n; i < 2*n-1; i++ {
		count[i] = 0
		var two [2]int
		for j := range two {
			if leaf >= 0 && (node >= i || count[leaf] < count[node]) {
				two[j] = leaf
				leaf--
			} else {
				two[j] = node
				node++
			}
			count[i] += count[two[j]]
			parent[two[j]] = i
		}
		right[two[1]] = true
	}
	return parent, right
}

// vectors are those of whole words: the mean of a word's own vector and those of its n-grams.
func (f *File) vectors() (*foreign.Network, error) {
	if len(f.Words) == 0 {
		return nil, errors.New("has no words")
	}
	words := f.words()
	if err := words.Open(); err != nil {
		return nil, err
	}
	v := &wordvectors.Vectors{Words: f.Words, Dim: f.Dim, Values: make([]float32, len(f.Words)*f.Dim)}
	for i, w := range f.Words {
		row, rows := v.Values[i*f.Dim:(i+1)*f.Dim], words.Word(w)
		for _, r := range rows {
			f.input.row(row, int(r))
		}
		for j := range row {
			row[j] /= float32(len(rows))
		}
	}
	return v.Network()
}
