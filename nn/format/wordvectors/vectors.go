// Package wordvectors reads vectors of words, as word2vec (binary and text), GloVe and fastText (.vec) write them, or
// as JSON {"vectors": {word: [numbers]}}, and makes encoders of texts of them: the mean of the known words.
package wordvectors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/inflate"
	"wafer/nn/json"
	"wafer/nn/layers"
	"wafer/nn/order"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// Limits of a file.
const (
	maxWords    = 200_000 // more are left out: the most frequent ones stand in front
	maxWord     = 256     // bytes
	minDim      = 8       // fewer numbers in a line are some other table
	maxDim      = 1 << 12
	maxUnpacked = 2 << 30 // bytes that a compressed file may have
	maxRatio    = 1032    // bytes that a byte of deflate can become
	length      = 512     // words of a text that are read
)

// Vectors are those of words: row i of Values [len(Words) Dim] belongs to Words[i].
type Vectors struct {
	Words  []string
	Dim    int
	Values []float32
	Left   int // how many words were left out
}

// Recognise tells a file by its beginning.
func Recognise(file []byte) bool {
	head := file[:min(len(file), 1<<16)]
	if bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
		head = firstOf(file, 1<<16)
	}
	if isJSON(head) {
		return true
	}
	if _, dim, rest := header(head); dim > 0 {
		line, _, _ := bytes.Cut(rest, []byte{'\n'})
		return looksBinary(rest) || fields(line) == dim
	}
	line, _, more := bytes.Cut(head, []byte{'\n'})
	return more && fields(line) >= minDim
}

// firstOf is the beginning of a compressed file.
func firstOf(file []byte, n int64) []byte {
	z, err := inflate.Gzip(bytes.NewReader(file))
	if err != nil {
		return nil
	}
	head, _ := io.ReadAll(io.LimitReader(z, n))
	return head
}

func isJSON(head []byte) bool {
	s := strings.Join(strings.Fields(string(head[:min(len(head), 64)])), "")
	return strings.HasPrefix(s, `{"vectors":{`)
}

// header is the first line of word2vec: words and width, each 0 where the line is none.
func header(file []byte) (words, dim int, rest []byte) {
	line, rest, ok := bytes.Cut(file, []byte{'\n'})
	parts := strings.Fields(string(line[:min(len(line), 64)]))
	if !ok || len(line) > 64 || len(parts) != 2 {
		return 0, 0, file
	}
	words, err := strconv.Atoi(parts[0])
	dim, err2 := strconv.Atoi(parts[1])
	if err != nil || err2 != nil || words < 1 || dim < 1 || dim > maxDim {
		return 0, 0, file
	}
	return words, dim, rest
}

// fields is how many numbers stand behind the word of a line, 0 where something else does.
func fields(line []byte) int {
	parts := strings.Fields(string(line))
	for _, p := range parts[min(1, len(parts)):] {
		if _, err := strconv.ParseFloat(p, 32); err != nil {
			return 0
		}
	}
	return max(len(parts)-1, 0)
}

// looksBinary tells numbers in bytes from numbers in digits.
func looksBinary(rest []byte) bool {
	at := bytes.IndexByte(rest[:min(len(rest), maxWord+1)], ' ')
	if at < 0 {
		return false
	}
	for _, c := range rest[at:min(len(rest), at+64)] {
		if c < '\t' || c > '\r' && c < ' ' || c > '~' {
			return true
		}
	}
	return false
}

// Read reads a file of any of the forms.
func Read(file []byte) (*Vectors, error) {
	v, err := read(file)
	if err != nil {
		return nil, say.Errorf("word vectors: %w", err)
	}
	return v, nil
}

func read(file []byte) (*Vectors, error) {
	if bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
		plain, err := unpack(file)
		if err != nil {
			return nil, err
		}
		file = plain
	}
	if isJSON(file) {
		return readJSON(file)
	}
	words, dim, rest := header(file)
	if dim > 0 && looksBinary(rest) {
		return readBinary(words, dim, rest)
	}
	return readText(dim, rest)
}

func unpack(file []byte) ([]byte, error) {
	z, err := inflate.Gzip(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	most := min(int64(maxUnpacked), maxRatio*int64(len(file)))
	plain, err := io.ReadAll(io.LimitReader(z, most+1))
	if err == nil && int64(len(plain)) > most {
		err = fmt.Errorf("unpack to more than %d bytes", most)
	}
	return plain, err
}

// add keeps a word unless it is there.
func (v *Vectors) add(seen map[string]bool, word string, row []float32) error {
	for _, f := range row {
		if f != f || math.IsInf(float64(f), 0) {
			return fmt.Errorf("the vector of %.60q has a number that is none", word)
		}
	}
	switch {
	case word == "" || len(word) > maxWord || !utf8.ValidString(word) || seen[word] || len(v.Words) == maxWords:
		v.Left++
	default:
		seen[word] = true
		v.Words, v.Values = append(v.Words, word), append(v.Values, row...)
	}
	return nil
}

// readBinary reads word, space, float32 numbers, and perhaps an end of line.
func readBinary(words, dim int, b []byte) (*Vectors, error) {
	if words > len(b)/(4*dim+1) {
		return nil, fmt.Errorf("claim %d words of %d numbers, but %d bytes follow", words, dim, len(b))
	}
	v, seen, row := &Vectors{Dim: dim}, map[string]bool{}, make([]float32, dim)
	for i := range words {
		b = bytes.TrimLeft(b, "\n")
		at := bytes.IndexByte(b[:min(len(b), 1<<12)], ' ')
		if at < 0 || len(b)-at-1 < 4*dim {
			return nil, fmt.Errorf("end in word %d of %d", i+1, words)
		}
		for j := range row {
			row[j] = math.Float32frombits(binary.LittleEndian.Uint32(b[at+1+4*j:]))
		}
		if err := v.add(seen, string(b[:at]), row); err != nil {
			return nil, err
		}
		b = b[at+1+4*dim:]
	}
	return v, v.some()
}

// readText reads a word and its numbers per line; a word may have spaces, and dim is 0 where no header says it.
func readText(dim int, b []byte) (*Vectors, error) {
	v, seen := &Vectors{Dim: dim}, map[string]bool{}
	var row []float32
	for n := 1; len(b) > 0; n++ {
		line, rest, _ := bytes.Cut(b, []byte{'\n'})
		if b = rest; len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if len(line) > 32*maxDim {
			return nil, fmt.Errorf("have a line %d of %d bytes", n, len(line))
		}
		parts := strings.Fields(string(line))
		if v.Dim == 0 {
			v.Dim = len(parts) - 1
		}
		if len(parts) <= v.Dim || v.Dim < 1 || v.Dim > maxDim {
			return nil, fmt.Errorf("have %d numbers in line %d, expected %d", len(parts)-1, n, v.Dim)
		}
		row = row[:0]
		for _, p := range parts[len(parts)-v.Dim:] {
			f, err := strconv.ParseFloat(p, 32)
			if err != nil {
				return nil, fmt.Errorf("have %.40q for a number in line %d", p, n)
			}
			row = append(row, float32(f))
		}
		if err := v.add(seen, strings.Join(parts[:len(parts)-v.Dim], " "), row); err != nil {
			return nil, err
		}
	}
	return v, v.some()
}

func readJSON(b []byte) (*Vectors, error) {
	var doc struct {
		Vectors map[string][]float32 `json:"vectors"`
	}
	if err := json.Unmarshal(b, &doc); err != nil {
		return nil, err
	}
	var words []string
	for w := range doc.Vectors {
		words = append(words, w)
	}
	order.Sort(words)
	v, seen := &Vectors{}, map[string]bool{}
	for _, w := range words {
		row := doc.Vectors[w]
		if v.Dim == 0 {
			v.Dim = len(row)
		}
		if len(row) != v.Dim || len(row) == 0 || len(row) > maxDim {
			return nil, fmt.Errorf("have %d numbers for %.60q, expected %d", len(row), w, v.Dim)
		}
		if err := v.add(seen, w, row); err != nil {
			return nil, err
		}
	}
	return v, v.some()
}

func (v *Vectors) some() error {
	if len(v.Words) == 0 {
		return errors.New("have no words")
	}
	return nil
}

// Outline is the file in the words that all formats share.
func (v *Vectors) Outline() task.Outline {
	return task.Outline{Format: "word vectors", Weights: []task.Value{{Name: "vectors", DType: "F32",
		Shape: []int{len(v.Words) + v.Left, v.Dim}, Bytes: 4 * (len(v.Words) + v.Left) * v.Dim}}}
}

// Network is an encoder: the mean of the vectors of a text's known words. Punctuation stands alone; capital letters
// count only where a word of the file has them.
func (v *Vectors) Network() (*foreign.Network, error) {
	index, capitals := make(map[string]int, len(v.Words)), false
	for i, w := range v.Words {
		index[w] = i
		capitals = capitals || strings.ToLower(w) != w
	}
	doc := map[string]any{"pre_tokenizer": map[string]any{"type": "BertPreTokenizer"},
		"model": map[string]any{"type": "WordLevel", "vocab": index}}
	if !capitals {
		doc["normalizer"] = map[string]any{"type": "Lowercase"}
	}
	tokenizer, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	b := layers.NewFunctional("word_vectors", layers.Spec{Shape: tensor.Shape{length}, DType: tensor.Int32})
	table := layers.Embedding(len(v.Words)+1, v.Dim)
	table.MaskZero = true
	b.Named("mean", layers.GlobalAveragePooling1D(), b.Named("words", table, layers.InputName))
	rows := tensor.New(tensor.Float32, len(v.Words)+1, v.Dim)
	copy(rows.F()[v.Dim:], v.Values)
	n := &foreign.Network{Encoder: true, Text: &recipe.Text{Tokens: &recipe.Tokens{MaxLen: length, Plain: true}},
		Tokenizer: tokenizer, Layers: b.Model(), State: graph.State{"words/embeddings": rows}}
	if v.Left > 0 {
		n.Notes = append(n.Notes, fmt.Sprintf("Of its words %d were left out: the first %d are kept.", v.Left,
			len(v.Words)))
	}
	return n, n.Layers.Check()
}
