package tfjs

import (
	"encoding/binary"
	"math"
	"path"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/say"
	"wafer/nn/tensor"
)

// Limits of a manifest.
const (
	maxWeights = 1 << 16
	maxRank    = 8
)

// group is a list of weights that lie one after the other in files.
type group struct {
	Paths   []string   `json:"paths"`
	Weights []manifest `json:"weights"`
}

// manifest is an entry of the weights' list; Quantization is nil where they are stored as they are.
type manifest struct {
	Name         string        `json:"name"`
	Shape        []int         `json:"shape"`
	DType        string        `json:"dtype"`
	Quantization *quantisation `json:"quantization"`
}

// quantisation says what whole numbers stand for: float16, or number·scale + min.
type quantisation struct {
	DType string  `json:"dtype"` // "uint8", "uint16", "float16"
	Scale float64 `json:"scale"`
	Min   float64 `json:"min"`
}

// Weight is a weight of the manifest, and where its bytes are.
type Weight struct {
	Name   string
	Shape  tensor.Shape
	DType  string // what it is: "float32", "float16", "int32", "bool", "uint8"; "string" is not read
	Stored string // how it is stored: as DType, or quantised as "uint8", "uint16", "float16"
	Bytes  int

	scale, min float64
	shards     [][]byte
	at         int // in the shards as if they were one
}

// widths are the bytes of an element as stored.
var widths = map[string]int{"float32": 4, "float16": 2, "int32": 4, "bool": 1, "uint8": 1, "uint16": 2}

// manifest finds the bytes of every weight in the files. Weights lie in the order of the list without gaps, and the
// files of a group must end where its last weight does.
func (m *Model) manifest(groups []group, files foreign.Files, folder string) error {
	for _, g := range groups {
		shards, err := g.shards(files, folder)
		if err != nil {
			return err
		}
		total, at := 0, 0
		for _, s := range shards {
			total += len(s)
		}
		for _, entry := range g.Weights {
			w, err := entry.weight()
			if err != nil {
				return say.Errorf("weight %.80q: %w", entry.Name, err)
			}
			w.shards, w.at = shards, at
			if w.DType == "string" {
				w.Bytes = w.strings(total)
			}
			if w.Bytes > total-at {
				return say.Errorf("weight %.80q: needs %d bytes, its files have %d left", w.Name, w.Bytes, total-at)
			}
			at += w.Bytes
			if err := m.add(w); err != nil {
				return err
			}
		}
		if at != total {
			return say.Errorf("the files %.200q have %d bytes, its weights need %d", strings.Join(g.Paths, " "), total,
				at)
		}
	}
	return nil
}

// add keeps a weight under its name, which must be its own.
func (m *Model) add(w *Weight) error {
	if m.byName[w.Name] != nil {
		return say.Errorf("weight %.80q comes twice", w.Name)
	}
	if len(m.Weights) == maxWeights {
		return say.Errorf("has more than %d weights", maxWeights)
	}
	m.byName[w.Name] = w
	m.Weights = append(m.Weights, w)
	return nil
}

// shards are the files of a group, which must have been given together with model.json and are found by their plain
// names alone.
func (g group) shards(files foreign.Files, folder string) (list [][]byte, err error) {
	for _, p := range g.Paths {
		name := strings.TrimPrefix(p, "./")
		if name == "" || name != path.Base(name) || name == ".." || name == "." ||
			strings.ContainsAny(name, "\\:\x00") {
			return nil, say.Errorf("weights lie in the file %.80q: only plain names of files beside model.json are "+
				"followed", p)
		}
		data, ok := beside(files, folder, name)
		if !ok {
			return nil, say.Errorf("weights lie in the file %.80q, which has to be given together with model.json",
				name)
		}
		list = append(list, data)
	}
	return list, nil
}

// weight checks what the manifest says of a weight.
func (e manifest) weight() (*Weight, error) {
	w := &Weight{Name: e.Name, Shape: e.Shape, DType: e.DType, Stored: e.DType, scale: 1}
	if q := e.Quantization; q != nil {
		if w.Stored = q.DType; q.DType != "float16" {
			w.scale, w.min = q.Scale, q.Min
		}
		if w.Stored != "uint8" && w.Stored != "uint16" && w.Stored != "float16" || math.IsNaN(w.scale+w.min) {
			return nil, say.Errorf("is quantised as %.40q, which is not read", w.Stored)
		}
	}
	if w.Name == "" || len(e.Shape) > maxRank {
		return nil, say.Errorf("has a shape of %d axes or no name", len(e.Shape))
	}
	size := 1.0
	for _, d := range e.Shape {
		if d < 0 {
			return nil, say.Errorf("has shape %v", e.Shape)
		}
		size *= float64(d)
	}
	if w.DType == "string" {
		return w, nil
	}
	width := widths[w.Stored]
	if width == 0 || widths[w.DType] == 0 || size*float64(width) > 1<<40 {
		return nil, say.Errorf("has elements of %.40q in shape %v, which are not read", w.DType, e.Shape)
	}
	w.Bytes = int(size) * width
	return w, nil
}

// strings is the bytes that texts take: each has its length before it. What is too long is more than total.
func (w *Weight) strings(total int) int {
	at := w.at
	for range w.Shape.Size() {
		if at > total-4 {
			return total + 1
		}
		n := int(binary.LittleEndian.Uint32(w.slice(at, 4)))
		if at += 4; n > total-at {
			return total + 1
		}
		at += n
	}
	return at - w.at
}

// slice is n bytes of the shards from a place on; a copy where they lie in several.
func (w *Weight) slice(at, n int) []byte {
	for i, s := range w.shards {
		if at >= len(s) && (n > 0 || i < len(w.shards)-1) {
			at -= len(s)
			continue
		}
		if n <= len(s)-at {
			return s[at : at+n]
		}
		out := append(make([]byte, 0, n), s[at:]...)
		for _, s := range w.shards[i+1:] {
			out = append(out, s[:min(len(s), n-len(out))]...)
		}
		return out
	}
	return nil
}

// load widens a weight to float32, as TensorFlow.js does: whole numbers become number·scale + min in float64, rounded
// once. bool and uint8 become 0, 1, … 255; int32 beyond 2²⁴ is rounded.
func (w *Weight) load() (*tensor.Tensor, error) {
	if w.DType == "string" {
		return nil, say.Errorf("weight %.80q holds texts, which are not read", w.Name)
	}
	b, le := w.slice(w.at, w.Bytes), binary.LittleEndian
	out := tensor.New(tensor.Float32, w.Shape...)
	f := out.F()
	if w.Stored == "float16" {
		tensor.Widen(f, b)
		return out, nil
	}
	quantised := w.Stored != w.DType
	for i := range f {
		switch w.Stored {
		case "float32":
			f[i] = math.Float32frombits(le.Uint32(b[4*i:]))
			continue
		case "int32":
			f[i] = float32(int32(le.Uint32(b[4*i:])))
			continue
		case "uint16":
			f[i] = float32(le.Uint16(b[2*i:]))
		default:
			f[i] = float32(b[i])
		}
		if v := float64(float64(f[i])*w.scale) + w.min; quantised && w.DType == "int32" {
			f[i] = float32(math.Floor(v + 0.5))
		} else if quantised {
			f[i] = float32(v)
		}
	}
	return out, nil
}
