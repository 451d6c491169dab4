// Package fasttext reads models of fastText (github.com/facebookresearch/fastText): .bin and the quantised .ftz.
// Classifiers become networks of layers; word vectors become encoders of texts.
package fasttext

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"wafer/nn/say"
)

const (
	magic   = 793712314
	version = 12
)

// Kinds of models and losses, as the file has them.
const (
	modelSupervised = 3

	lossTree     = 1 // hierarchical softmax
	lossNegative = 2
	lossSoftmax  = 3
	lossOneByOne = 4 // one versus all
)

// Limits of a file.
const (
	maxWords = 1 << 23
	maxName  = 1 << 12 // bytes
	maxDim   = 1 << 13
	maxTable = 1 << 30 // bytes of a table as float32
	maxWidth = 32      // numbers that a code stands for: 2 is fastText's own
)

// File is an open file. Its matrices lie in the bytes that it was read from.
type File struct {
	Dim, NGrams, Buckets, Least, Most int
	Loss, Model                       int
	Words, Labels                     []string
	counts                            []int64 // of the labels
	kept                              []int32 // buckets that were kept, by their row behind the words; nil: all
	pruned                            bool
	input, output                     matrix
}

// matrix is [rows cols] of float32 in the file, or product-quantised (Jégou et al. 2011).
type matrix struct {
	rows, cols int
	data       []byte     // dense: float32, little endian
	codes      []byte     // else: a byte per row and part
	parts      *quantiser //
	lengths    []byte     // of the rows, a code each; nil: 1
	length     *quantiser
}

// quantiser has 256 centroids for each part of a vector.
type quantiser struct {
	parts, width, last int // width: numbers of a part, last: of the last one
	centroids          []byte
}

// Recognise tells a file by its content.
func Recognise(file []byte) bool {
	return len(file) >= 8 && binary.LittleEndian.Uint32(file) == magic
}

// reader reads fields; after the first error it gives zeros.
type reader struct {
	b   []byte
	at  int
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

// take is the next n bytes.
func (r *reader) take(n int, what string) []byte {
	if r.err == nil && (n < 0 || n > len(r.b)-r.at) {
		r.fail("%s needs %d bytes at %d, but %d follow", what, n, r.at, len(r.b)-r.at)
	}
	if r.err != nil {
		return nil
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

func (r *reader) int32(what string) int {
	b := r.take(4, what)
	if b == nil {
		return 0
	}
	return int(int32(binary.LittleEndian.Uint32(b)))
}

func (r *reader) int64(what string) int64 {
	b := r.take(8, what)
	if b == nil {
		return 0
	}
	return int64(binary.LittleEndian.Uint64(b))
}

func (r *reader) bool(what string) bool {
	b := r.take(1, what)
	return b != nil && b[0] != 0
}

// size is a number of things, from 0 to most.
func (r *reader) size(v int64, what string, most int) int {
	if v < 0 || v > int64(most) {
		r.fail("%s is %d, expected 0 to %d", what, v, most)
		return 0
	}
	return int(v)
}

// Inspect reads a file and checks it; it takes no memory for matrices.
func Inspect(file []byte) (*File, error) {
	f, err := inspect(file)
	if err != nil {
		return nil, say.Errorf("fastText file: %w", err)
	}
	return f, nil
}

func inspect(file []byte) (*File, error) {
	r := &reader{b: file}
	if m := r.int32("its mark"); r.err == nil && m != magic {
		return nil, fmt.Errorf("begins with %d, expected %d", m, magic)
	}
	if v := r.int32("its version"); r.err == nil && v != version {
		return nil, fmt.Errorf("has version %d, expected %d", v, version)
	}
	f := &File{}
	f.arguments(r)
	if r.err != nil {
		return nil, r.err
	}
	f.dictionary(r)
	quantised := r.bool("its mark of quantisation")
	f.input = r.matrix(quantised, f.Dim, "the table of words")
	f.output = r.matrix(r.bool("its mark of quantisation") && quantised, f.Dim, "the output")
	if r.err != nil {
		return nil, r.err
	}
	if rest := len(file) - r.at; rest > 0 {
		return nil, fmt.Errorf("has %d bytes behind its end", rest)
	}
	return f, f.check()
}

func (f *File) arguments(r *reader) {
	var a [12]int
	for i := range a {
		a[i] = r.int32("its arguments")
	}
	r.take(8, "its arguments") // t, for training
	f.Dim = r.size(int64(a[0]), "the width", maxDim)
	f.NGrams, f.Loss, f.Model = r.size(int64(a[5]), "the longest n-gram of words", 16), a[6], a[7]
	f.Buckets = r.size(int64(a[8]), "the number of buckets", 1<<30)
	f.Least, f.Most = r.size(int64(a[9]), "the shortest n-gram", 64), r.size(int64(a[10]), "the longest n-gram", 64)
	if r.err == nil && f.Dim == 0 {
		r.fail("has vectors of width 0")
	}
}

func (f *File) dictionary(r *reader) {
	entries := r.size(int64(r.int32("its dictionary")), "the number of entries", maxWords)
	words, labels := r.int32("its dictionary"), r.int32("its dictionary")
	r.int64("its dictionary") // tokens seen
	pruned := r.int64("its dictionary")
	if r.err == nil && (words < 0 || labels < 0 || words+labels != entries || entries > (len(r.b)-r.at)/10) {
		r.fail("has %d entries, %d words and %d labels in %d bytes", entries, words, labels, len(r.b))
	}
	for i := 0; i < entries && r.err == nil; i++ {
		f.entry(r, i < words)
	}
	if f.pruned = pruned >= 0; !f.pruned || r.err != nil {
		return
	}
	n := r.size(pruned, "the number of kept buckets", (len(r.b)-r.at)/8)
	f.kept = make([]int32, n)
	for range n {
		bucket, row := r.int32("a kept bucket"), r.int32("a kept bucket")
		if r.err == nil && (row < 0 || row >= n) {
			r.fail("bucket %d has row %d, expected one below %d", bucket, row, n)
			return
		}
		if r.err == nil {
			f.kept[row] = int32(bucket)
		}
	}
}

func (f *File) entry(r *reader, word bool) {
	n := bytes.IndexByte(r.b[r.at:min(len(r.b), r.at+maxName)], 0)
	if n < 0 {
		r.fail("a word at %d has no end", r.at)
		return
	}
	name := string(r.take(n+1, "a word")[:n])
	count := r.int64("a word")
	kind := r.take(1, "a word")
	switch {
	case r.err != nil:
	case word && kind[0] == 0:
		f.Words = append(f.Words, name)
	case !word && kind[0] == 1:
		f.Labels, f.counts = append(f.Labels, name), append(f.counts, count)
	default:
		r.fail("entry %.60q is of kind %d, expected words and then labels", name, kind[0])
	}
}

func (r *reader) matrix(quantised bool, dim int, what string) (m matrix) {
	normed := quantised && r.bool(what)
	m.rows = r.size(r.int64(what), "the rows of "+what, math.MaxInt32)
	m.cols = r.size(r.int64(what), "the columns of "+what, maxDim)
	if r.err == nil && m.cols != dim {
		r.fail("%s has %d columns, expected %d", what, m.cols, dim)
	}
	if !quantised {
		m.data = r.take(4*m.rows*m.cols, what)
		return m
	}
	m.codes = r.take(r.int32(what), what)
	m.parts = r.quantiser(m.cols, what)
	if r.err == nil && len(m.codes) != m.rows*m.parts.parts {
		r.fail("%s has %d codes, expected %d", what, len(m.codes), m.rows*m.parts.parts)
	}
	if normed {
		m.lengths = r.take(m.rows, what)
		m.length = r.quantiser(1, what)
	}
	return m
}

func (r *reader) quantiser(dim int, what string) *quantiser {
	d := r.int32(what)
	q := &quantiser{parts: r.int32(what), width: r.int32(what), last: r.int32(what)}
	if r.err == nil && (d != dim || q.parts < 1 || q.width < 1 || q.last < 1 || q.last > q.width || q.parts > dim ||
		q.width > maxWidth || (q.parts-1)*q.width+q.last != dim) {
		r.fail("%s is cut into %d parts of %d and %d numbers, expected %d in all", what, q.parts, q.width, q.last, dim)
	}
	q.centroids = r.take(4*256*dim, what)
	return q
}

// check compares the parts.
func (f *File) check() error {
	rows := len(f.Words) + f.Buckets
	if f.pruned {
		rows = len(f.Words) + len(f.kept)
	}
	switch {
	case f.input.rows != rows:
		return fmt.Errorf("its table has %d rows, expected %d", f.input.rows, rows)
	case 4*(rows+1)*f.Dim > maxTable:
		return fmt.Errorf("its table of %d rows takes %d bytes, at most %d are read", rows, 4*rows*f.Dim, maxTable)
	case f.Buckets == 0 && (f.Most > 0 || f.NGrams > 1):
		return errors.New("has n-grams, but no buckets for them")
	case f.Model == modelSupervised && f.output.rows != len(f.Labels):
		return fmt.Errorf("its output has %d rows, expected one for each of %d labels", f.output.rows, len(f.Labels))
	}
	return nil
}

// row adds a row to v.
func (m *matrix) row(v []float32, i int) {
	if m.parts == nil {
		for j := range v {
			v[j] += number(m.data, i*m.cols+j)
		}
		return
	}
	length := float32(1)
	if m.length != nil {
		length = number(m.length.centroids, int(m.lengths[i]))
	}
	q := m.parts
	for p := range q.parts {
		width := q.width
		if p == q.parts-1 {
			width = q.last
		}
		from := p*256*q.width + int(m.codes[i*q.parts+p])*width
		for j := range width {
			v[p*q.width+j] += float32(length * number(q.centroids, from+j))
		}
	}
}

func number(b []byte, i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
}
