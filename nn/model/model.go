// Package model is what a .wafer file holds and does: open it, describe it, classify with it, measure it, export it.
package model

import (
	"encoding/hex"
	"errors"

	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/json"
	"wafer/nn/outside"
	"wafer/nn/preprocess"
	"wafer/nn/say"
	"wafer/nn/task"
	"wafer/nn/tensor"
	"wafer/nn/train"
)

// Model is an open model file. Its methods may be called by one goroutine at a time.
type Model struct {
	doc    Document
	state  graph.State
	file   []byte
	whole  []byte // file and base in one, nil: file names none
	info   task.Model
	encode preprocess.Encoder
	tester *train.Tester
	most   int           // inputs that run together, 0: not known yet
	rule   *outside.Rule // of Document.Outside, nil: none
	levels int           // of Options

	features *train.Tester // of the network without its head, nil: not asked for yet

	encoded map[string]format.Tensor // weights as a file has them, of those that Write was asked for

	hash format.Sum // of Options

	seal func() error // makes the file, nil: there is one
}

// Options say how a model is opened. Zero values are the defaults.
type Options struct {
	Runner graph.Runner // nil: DefaultRunner
	Hash   format.Sum   // of files and weights, nil: Go's SHA-256

	// Room is told what the model will need, as Memory, before its weights are read; an error is the answer.
	// nil: there is room.
	Room  func(bytes int64) error
	Alone bool // inputs come one at a time: Room is told what that takes

	// Find gets the base that a file with a head names; nil: there is none.
	Find document.Finder

	Levels int // from how many earlier levels features are, see recipe.Layer

	// Base is for Write: how its weights are stored is found once for all models that have the very same tensors.
	Base *Model
}

// Document is the header of a model file: everything but the weights.
type Document = document.Document

// Outside is how a model tells inputs that are none of its labels.
type Outside = document.Outside

// CentroidsName is the tensor of a model file that goes with Outside.
const CentroidsName = document.CentroidsName

// Open reads a model file. The error is a sentence that says what was expected and
// what was found.
func Open(file []byte, o Options) (*Model, error) {
	var header json.RawMessage
	var doc Document
	state, err := o.Hash.DecodeIf(file, &header, func(weights int64) (err error) {
		if doc, err = document.Read(header); err != nil {
			return err
		}
		if doc.Info.Needs != "" {
			return errHead
		}
		return fits(doc, int64(len(file))+weights, o)
	})
	if err == errHead {
		return openHead(doc, file, o)
	}
	if err != nil {
		return nil, err
	}
	return open(doc, state, file, o)
}

// errHead ends the reading of a file whose other weights are in another.
var errHead = errors.New("is only the head of a model")

// openHead opens a file together with the base that it names.
func openHead(doc Document, file []byte, o Options) (*Model, error) {
	whole, err := doc.Join(file, o.Hash, o.Find)
	if err != nil {
		return nil, err
	}
	both := o
	if o.Room != nil {
		both.Room = func(bytes int64) error { return o.Room(bytes + int64(len(file))) }
	}
	m, err := Open(whole, both)
	if err != nil {
		return nil, err
	}
	m.info, m.file, m.whole = stamped(described(doc), file, o.Hash), file, whole
	return m, nil
}

// fits asks whether there is room for the model beside so many bytes of file and weights.
func fits(d Document, bytes int64, o Options) (err error) {
	if err := d.Check(); err != nil {
		return say.Errorf("model file: %w", err)
	}
	if o.Room == nil {
		return nil
	}
	defer func() {
		if e := recover(); e != nil {
			err = say.Errorf("model file: has a network that does not take %v: %v", d.Layers.Batch(1), e)
		}
	}()
	m := &Model{doc: d}
	if o.Alone {
		m.most = 1
	}
	return o.Room(bytes + m.running())
}

// open checks that all parts of a file fit.
func open(doc Document, state graph.State, file []byte, o Options) (*Model, error) {
	m := &Model{doc: doc, state: state, file: file, levels: o.Levels}
	var err error
	if err = doc.Check(); err == nil {
		err = m.checkWeights(o.Base)
	}
	if err != nil {
		return nil, say.Errorf("model file: %w", err)
	}
	if m.encode, err = preprocess.New(m.doc.Preprocess, m.doc.Tokenizer); err != nil {
		return nil, say.Errorf("model file: %w", err)
	}
	if !m.encode.Shape().Equal(m.doc.Layers.Input().Shape) || m.encode.DType() != m.doc.Layers.Input().DType {
		return nil, say.Errorf("model file: makes inputs of shape %v, but its network takes %v", m.encode.Shape(),
			m.doc.Layers.Input().Shape)
	}
	if err := m.checkTrimmed(); err != nil {
		return nil, say.Errorf("model file: %w", err)
	}
	if m.info = described(m.doc); file != nil {
		m.info = stamped(m.info, file, o.Hash)
	}
	m.hash = o.Hash
	if o.Runner == nil {
		o.Runner = DefaultRunner()
	}
	m.tester = m.tests(o.Runner)
	return m, nil
}

// Describe reads the header of a model file only.
func Describe(file []byte, o Options) (task.Model, error) {
	var doc struct {
		Info task.Model `json:"info"`
		Sure float64    `json:"sure"`
	}
	if err := format.Meta(file, &doc); err != nil {
		return task.Model{}, err
	}
	if err := document.CheckInfo(doc.Info); err != nil {
		return task.Model{}, say.Errorf("model file: %w", err)
	}
	return stamped(described(Document{Info: doc.Info, Sure: doc.Sure}), file, o.Hash), nil
}

// stamped adds what only the finished file can tell.
func stamped(info task.Model, file []byte, hash format.Sum) task.Model {
	sum := hash.Of(file)
	info.SHA256, info.Bytes = hex.EncodeToString(sum[:]), int64(len(file))
	return info
}

// Info describes the model.
func (m *Model) Info() task.Model { return m.info }

// Bytes is the model file, without the base that it may name, nil before Seal; the caller must not change it.
func (m *Model) Bytes() []byte { return m.file }

// Whole is the model file with all of its weights, also where Bytes names a base.
func (m *Model) Whole() ([]byte, error) {
	switch {
	case m.whole != nil:
		return m.whole, nil
	case m.info.Needs == "":
		return m.file, nil
	}
	return document.Encode(m.doc, m.state, nil, nil)
}

// Prepare makes ready for the first input, which is else done when that comes, and tells
// how much memory the network runs in, weights included: bytes, 0 where it is not compiled.
func (m *Model) Prepare() (memory int, err error) {
	if _, err := m.tester.Program(m.single()); err != nil {
		return 0, err
	}
	if p := m.compiled(); p != nil {
		return p.MemoryBytes(), p.Sync()
	}
	return 0, nil
}

// compiled is the program for one input where that is a compiled module, which package nn
// knows by its methods only: natively it would bring a host for modules along.
func (m *Model) compiled() compiled {
	p, err := m.tester.Program(m.single())
	if err != nil {
		return nil
	}
	c, _ := p.(compiled)
	return c
}

// checkTrimmed sees that the network takes shorter rows, where it will get them.
func (m *Model) checkTrimmed() (err error) {
	defer func() {
		if e := recover(); e != nil {
			err = say.Errorf("has a network that does not take %v: %v", m.single(), e)
		}
	}()
	if one := m.single(); !one.Equal(m.doc.Layers.Batch(1)) {
		train.TestGraph(m.doc.Layers, nil, one)
	}
	return nil
}

// single is the shape of one input that was trimmed as far as can be.
func (m *Model) single() tensor.Shape {
	return m.encode.Trim(tensor.New(m.encode.DType(), m.doc.Layers.Batch(1)...)).Shape()
}

type compiled interface {
	Threads() int
	MemoryBytes() int
	Sync() error
}

// Close gives back the memory that the model runs in; it may be used again.
func (m *Model) Close() {
	m.tester.Close()
	if m.features != nil {
		m.features.Close()
	}
}

// Document is the header of the file; the caller must not change it.
func (m *Model) Document() *Document { return &m.doc }

// State are the weights; the caller must not change them.
func (m *Model) State() graph.State { return m.state }

// Prepared is an input as the network sees it, see preprocess.Encoder.
func (m *Model) Prepared(in task.Input) (task.Input, error) { return m.encode.Prepared(in) }

// Summary is the network as Keras' model.summary() prints it.
func (m *Model) Summary() string { return m.doc.Layers.Summary() }

// Hashes identify the recipe and the data that the model was trained by, "" where unknown.
func (m *Model) Hashes() (recipeHash, dataHash string) { return m.doc.RecipeHash, m.doc.DataHash }

// Write makes a model file and opens it. A weight that float16 or 8 bits hold exactly is stored so.
func Write(doc Document, state graph.State, o Options) (*Model, error) {
	m, err := Later(doc, state, o, func() Document { return doc })
	if err != nil {
		return nil, err
	}
	return m, m.Seal()
}

// Later is the model that Write makes, before it has a file: it answers, and Seal makes the file, with the header that
// describe gives then. Until then Info is without the file's length and hash.
func Later(doc Document, state graph.State, o Options, describe func() Document) (*Model, error) {
	m, err := open(doc, state, nil, o)
	if err != nil {
		return nil, err
	}
	m.seal = func() (err error) {
		sure := m.doc.Sure
		m.doc = describe()
		m.doc.Sure = sure
		if m.file, err = document.Encode(m.doc, o.Base.without(m.doc, state), o.Hash, o.Base.smallest); err == nil {
			m.info, m.seal = stamped(described(m.doc), m.file, o.Hash), nil
			m.doc.Info.Needs = "" // all of it is here
		}
		return err
	}
	return m, nil
}

// Seal makes the file of a model that has none yet.
func (m *Model) Seal() error {
	if m.seal == nil {
		return nil
	}
	return m.seal()
}

// without are the weights that a file of doc holds: of one that names this model, those that this one lacks.
func (m *Model) without(doc Document, state graph.State) graph.State {
	if doc.Info.Needs == "" {
		return state
	}
	own := graph.State{}
	for name, v := range state {
		if m.state[name] != v {
			own[name] = v
		}
	}
	return own
}

// smallest is format.Smallest, remembered for a weight of this model.
func (m *Model) smallest(name string, v *tensor.Tensor) format.Tensor {
	if m == nil || m.state[name] != v {
		return format.Smallest(name, v)
	}
	if m.encoded == nil {
		m.encoded = map[string]format.Tensor{}
	}
	t, found := m.encoded[name]
	if !found {
		t = format.Smallest(name, v)
		m.encoded[name] = t
	}
	return t
}

// RoundToHalf replaces every weight by the nearest float16.
func RoundToHalf(state graph.State) {
	for _, t := range state {
		f := t.F()
		for i, v := range f {
			f[i] = tensor.FromHalf(tensor.Half(v))
		}
	}
}

// checkWeights compares the network with the weights; those of base were looked at when that was opened.
func (m *Model) checkWeights(base *Model) error {
	weights := m.doc.Layers.Weights()
	for _, w := range weights {
		switch t := m.state[w.Name]; {
		case t == nil:
			return say.Errorf("lacks the weight %s", w.Name)
		case t.DType() != tensor.Float32 || !t.Shape().Equal(w.Shape):
			return say.Errorf("has the weight %s as %v, the network needs f32%v", w.Name, t, w.Shape)
		case (base == nil || base.state[w.Name] != t) && hasNaN(t.F()):
			return say.Errorf("has the weight %s with values that are no numbers: no answer could come of it", w.Name)
		}
	}
	needed := len(weights)
	if m.doc.Outside.Rows() {
		needed++
	}
	if needed != len(m.state) {
		return say.Errorf("has %d tensors, the network needs %d", len(m.state), needed)
	}
	return m.readRule()
}

func hasNaN(f []float32) bool {
	for _, v := range f {
		if v != v {
			return true
		}
	}
	return false
}
