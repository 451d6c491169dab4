package tfjs

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wafer/nn/json"
	"wafer/nn/say"
	"wafer/nn/task"
)

// graphDef is a TensorFlow GraphDef as JSON: nodes that name the nodes before them.
type graphDef struct {
	nodes   []*node
	index   map[string]int
	inputs  []string // results, "name" or "name:1"
	outputs []string
}

// maxNodes is how many nodes a graph may have.
const maxNodes = 1 << 17

// node is one operation. An input is "name", "name:1" for another result than the first, or "^name" for what only has
// to run before.
type node struct {
	Name   string          `json:"name"`
	Op     string          `json:"op"`
	Inputs []string        `json:"input"`
	Attrs  map[string]attr `json:"attr"`
}

// attr is a value of one of several kinds. Whole numbers stand as numbers or in quotes.
type attr struct {
	I     *whole `json:"i"`
	F     real   `json:"f"`
	B     bool   `json:"b"`
	S     text   `json:"s"`
	Type  kind   `json:"type"`
	Shape *shape `json:"shape"`
	List  struct {
		I []whole `json:"i"`
		S []text  `json:"s"`
	} `json:"list"`
}

type shape struct {
	Dim []struct {
		Size whole `json:"size"`
	} `json:"dim"`
	Unknown bool `json:"unknownRank"`
}

// lengths has −1 for what is open.
func (s *shape) lengths() []int {
	out := make([]int, len(s.Dim))
	for i, d := range s.Dim {
		out[i] = int(d.Size)
	}
	return out
}

// whole is a whole number, within 32 bits.
type whole int

// UnmarshalJSON takes 3, "3" and 3.0. Protocol Buffers write numbers of 64 bits in quotes; what lies beyond 32 bits, as
// the largest number for "to the end", is brought within.
func (w *whole) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	if err != nil {
		return say.Errorf("a whole number is %.40q", b)
	}
	*w = whole(max(-1<<31, min(1<<31-1, n)))
	return nil
}

// real is a number; those that JSON does not have stand in quotes.
type real float32

// UnmarshalJSON takes 0.5, "0.5", "NaN" and "Infinity". A number beyond float32 is an error.
func (r *real) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 32)
	*r = real(n)
	if err != nil {
		return say.Errorf("a number is %.40q", b)
	}
	return nil
}

// text is Base64 in JSON.
type text string

// UnmarshalJSON undoes the Base64 in which Protocol Buffers write bytes.
func (t *text) UnmarshalJSON(b []byte) error {
	s, err := base64.StdEncoding.DecodeString(strings.Trim(string(b), `"`))
	*t = text(s)
	return err
}

// kind is the name of a type, which may stand as its number.
type kind string

// UnmarshalJSON takes "DT_FLOAT" and 1; the numbers are of tensorflow/core/framework/types.proto. Types that are not
// met keep their number.
func (k *kind) UnmarshalJSON(b []byte) error {
	switch *k = kind(strings.Trim(string(b), `"`)); *k {
	case "1":
		*k = "DT_FLOAT"
	case "3":
		*k = "DT_INT32"
	case "9":
		*k = "DT_INT64"
	case "10":
		*k = "DT_BOOL"
	}
	return nil
}

// whole tells types of whole numbers.
func (k kind) whole() bool {
	return strings.HasPrefix(string(k), "DT_INT") || strings.HasPrefix(string(k), "DT_UINT")
}

// parseGraph reads the nodes; signature, which may be nil, says which are inputs and outputs. No node, more than
// maxNodes, a node without a name and a name twice are errors. Whether inputs lead anywhere shows in order, whether
// operators are known in build.
func parseGraph(nodes, signature json.RawMessage) (*graphDef, error) {
	g := &graphDef{index: map[string]int{}}
	if err := json.Unmarshal(nodes, &g.nodes); err != nil {
		return nil, say.Errorf("its graph cannot be read: %w", err)
	}
	if len(g.nodes) == 0 || len(g.nodes) > maxNodes {
		return nil, say.Errorf("its graph has %d nodes, must have 1 to %d", len(g.nodes), maxNodes)
	}
	for i, n := range g.nodes {
		if n == nil || n.Name == "" {
			return nil, say.Errorf("node %d of its graph has no name", i)
		}
		if _, twice := g.index[n.Name]; twice {
			return nil, say.Errorf("node %.80q of its graph comes twice", n.Name)
		}
		g.index[n.Name] = i
	}
	if err := g.ends(signature); err != nil {
		return nil, err
	}
	return g, nil
}

// ends finds inputs and outputs: those of the signature, else placeholders, and nodes that no other takes. Outputs of a
// signature are sorted by name, since JSON's order of keys means nothing.
func (g *graphDef) ends(signature json.RawMessage) error {
	var s struct {
		Outputs map[string]struct {
			Name string `json:"name"`
		} `json:"outputs"`
	}
	if signature != nil {
		if err := json.Unmarshal(signature, &s); err != nil {
			return say.Errorf("its signature cannot be read: %w", err)
		}
	}
	for _, o := range s.Outputs {
		if o.Name != "" {
			g.outputs = append(g.outputs, strings.TrimSuffix(o.Name, ":0"))
		}
	}
	slices.Sort(g.outputs)
	taken := map[string]bool{}
	for _, n := range g.nodes {
		for _, in := range n.Inputs {
			name, _, _ := reference(in)
			taken[name] = true
		}
	}
	known := len(g.outputs) > 0
	for _, n := range g.nodes {
		if n.Op == "Placeholder" {
			g.inputs = append(g.inputs, n.Name)
		}
		if !known && !taken[n.Name] && n.Op != "Const" && n.Op != "NoOp" && n.Op != "Placeholder" {
			g.outputs = append(g.outputs, n.Name)
		}
	}
	return nil
}

// reference takes an input of a node apart: the node and which of its results; control tells an order only.
func reference(in string) (name string, result int, control bool) {
	if after, ok := strings.CutPrefix(in, "^"); ok {
		return after, 0, true
	}
	if at := strings.LastIndexByte(in, ':'); at >= 0 {
		if n, err := strconv.Atoi(in[at+1:]); err == nil && n >= 0 {
			return in[:at], n, false
		}
	}
	return in, 0, false
}

// outline is the graph in the words that all formats share.
func (g *graphDef) outline() (o task.Outline) {
	missing := map[string]bool{}
	for _, n := range g.nodes {
		if n.Op == "Placeholder" {
			o.Inputs = append(o.Inputs, task.Value{Name: n.Name, DType: string(n.Attrs["dtype"].Type),
				Shape: n.placeholder()})
		}
		if n.Op == "Const" {
			continue
		}
		o.Nodes = append(o.Nodes, task.Node{Name: n.Name, Op: n.Op, Inputs: n.Inputs, Outputs: []string{n.Name}})
		if operators[n.Op] == nil && n.Op != "Placeholder" && !missing[n.Op] {
			missing[n.Op] = true
			o.Notes = append(o.Notes, fmt.Sprintf("node %q: operator %s is not supported", n.Name, n.Op))
		}
	}
	for _, name := range g.outputs {
		o.Outputs = append(o.Outputs, task.Value{Name: name, DType: "DT_FLOAT"})
	}
	return o
}

// placeholder is the shape of an input, nil where it is open altogether.
func (n *node) placeholder() []int {
	if s := n.Attrs["shape"].Shape; s != nil && !s.Unknown {
		return s.lengths()
	}
	return nil
}
