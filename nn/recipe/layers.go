package recipe

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// Layer is one element of define.layers where that is a list, as Keras' Sequential takes
// it: a layer by class, or, first in the list, an architecture of the zoo as the base.
type Layer struct {
	Class     string          `json:"class,omitempty"`
	Name      string          `json:"name,omitempty"`   // "": Keras' automatic name
	Config    json.RawMessage `json:"config,omitempty"` // Keras' config of the class
	Trainable *bool           `json:"trainable,omitempty"`

	Zoo        string          `json:"zoo,omitempty"`     // a base: name in the zoo
	Options    json.RawMessage `json:"options,omitempty"` // of the zoo; the size of the input is that of preprocess
	IncludeTop *bool           `json:"include_top,omitempty"`
	Weights    string          `json:"weights,omitempty"` // a file below the data folder; "": random
}

// Frozen reports whether training leaves the layer as it is. Keras' default is
// trainable=True.
func (l Layer) Frozen() bool { return l.Trainable != nil && !*l.Trainable }

// Top reports whether a base keeps its classifier. Keras' default is include_top=True.
func (l Layer) Top() bool { return l.IncludeTop == nil || *l.IncludeTop }

// Stack is define.layers where that is a list, nil where it is a document.
func (d Define) Stack() []Layer {
	var list []Layer
	if !isList(d.Layers) || json.Unmarshal(d.Layers, &list) != nil {
		return nil
	}
	return list
}

func isList(doc json.RawMessage) bool { return bytes.HasPrefix(bytes.TrimSpace(doc), []byte("[")) }

// stack checks the list of layers; what is in a config is for package layers to say.
func (p *problems) stack(d Define) {
	if !isList(d.Layers) {
		return
	}
	var tree any
	decoder := json.NewDecoder(bytes.NewReader(d.Layers))
	decoder.UseNumber()
	if err := decoder.Decode(&tree); err != nil {
		p.add("define.layers", "is not JSON: %v", err)
		return
	}
	before := len(*p)
	p.walk("define.layers", tree, reflect.TypeOf([]Layer{}))
	list := d.Stack()
	if len(*p) > before {
		return
	}
	p.require(len(list) > 0, "define.layers", "is an empty list")
	for i, l := range list {
		p.layer(l, "define.layers["+itoa(i)+"]", i == 0)
	}
}

func (p *problems) layer(l Layer, path string, first bool) {
	p.require((l.Class == "") != (l.Zoo == ""), path, "must have either class, a layer, or zoo, a base")
	if l.Zoo == "" {
		p.require(len(l.Options) == 0 && l.IncludeTop == nil && l.Weights == "", path, "options, include_top and weights go with zoo")
		return
	}
	p.require(first, path, "a base must come first")
	p.require(l.Name == "" && len(l.Config) == 0, path, "name and config go with class, a base has options")
	p.require(l.Weights == "" || belowData(l.Weights), path+".weights", "must be a path below the data folder, found %q", l.Weights)
}

// belowData refuses what leads out of the data folder.
func belowData(path string) bool {
	return path != "" && !strings.HasPrefix(path, "/") && !strings.Contains("/"+path+"/", "/../") && !strings.ContainsAny(path, "\\\x00")
}
