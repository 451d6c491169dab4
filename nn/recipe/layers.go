package recipe

import (
	"bytes"
	"reflect"
	"slices"
	"strings"

	"wafer/nn/json"
)

// Layer is one element of define.layers where that is a list, as Keras' Sequential takes
// it: a layer by class, or, first in the list, a base: an architecture of the zoo, or a model by its hash.
type Layer struct {
	Class     string          `json:"class,omitempty"`
	Name      string          `json:"name,omitempty"`   // "": Keras' automatic name
	Config    json.RawMessage `json:"config,omitempty"` // Keras' config of the class
	Trainable *bool           `json:"trainable,omitempty"`
	// BatchNormalization: takes its statistics from the training samples first
	Adapt bool `json:"adapt,omitempty"`

	Zoo        string          `json:"zoo,omitempty"`     // a base: name in the zoo
	Options    json.RawMessage `json:"options,omitempty"` // of the zoo; the size of the input is that of preprocess
	IncludeTop *bool           `json:"include_top,omitempty"`
	Weights    string          `json:"weights,omitempty"` // a file below the data folder; "": random

	// Base is the SHA-256 of a model file, hex: that model before its last layer and, where it was taught, before its
	// head. Its normalisations are never trained: a handful of samples would spoil their statistics.
	Base string `json:"base,omitempty"`
	// Levels is from how many earlier levels of a base for pictures the means stand beside its features, see
	// layers.Model.WithLevels; 0: the features alone.
	Levels int `json:"levels,omitempty"`
	// Apart: the model file names Base by its hash, too, in place of holding its weights.
	Apart bool `json:"apart,omitempty"`
}

// MostLevels bounds Layer.Levels.
const MostLevels = 8

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
	kinds := 0
	for _, name := range []string{l.Class, l.Zoo, l.Base} {
		if name != "" {
			kinds++
		}
	}
	if kinds != 1 {
		p.add(path, "must have either class, a layer, or zoo or base, a base")
		return
	}
	p.require(l.Levels >= 0 && l.Levels <= MostLevels && (l.Levels == 0 || l.Base != ""), path+".levels",
		"goes with a base by hash and is %d at most, found %d", MostLevels, l.Levels)
	p.require(!l.Adapt || l.Class == "BatchNormalization", path+".adapt", "goes with BatchNormalization")
	if l.Zoo == "" {
		p.require(len(l.Options) == 0 && l.IncludeTop == nil && l.Weights == "", path,
			"options, include_top and weights go with zoo")
	}
	if l.Class != "" {
		return
	}
	p.require(first, path, "a base must come first")
	p.require(l.Base == "" || IsDigest(l.Base), path+".base",
		"must be the SHA-256 of a model file in 64 hexadecimal digits, found %q", l.Base)
	p.require(!l.Apart || l.Base != "", path+".apart", "goes with base")
	p.require(l.Name == "" && len(l.Config) == 0, path, "name and config go with class, a base has options")
	p.require(l.Weights == "" || belowData(l.Weights), path+".weights",
		"must be a path below the data folder, found %q", l.Weights)
}

// IsDigest tells a SHA-256 as 64 hexadecimal digits.
func IsDigest(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }

// Base is the hash of the model that the network begins with, "" where it begins with none.
func (d Define) Base() string {
	if list := d.Stack(); len(list) > 0 {
		return list[0].Base
	}
	return ""
}

// Apart tells that the model file names the base by hash in place of holding its weights.
func (d Define) Apart() bool {
	list := d.Stack()
	return len(list) > 0 && list[0].Apart
}

// WeightsFile is the file, below the data folder, that the recipe takes its base or the weights of that from; "" where
// it has none. A base by hash lies there as HASH.wafer.
func (r *Recipe) WeightsFile() string {
	list := r.Define.Stack()
	switch {
	case len(list) == 0:
		return ""
	case list[0].Base != "":
		return list[0].Base + ".wafer"
	}
	return list[0].Weights
}

// Files are the files and folders, below the data folder, that the recipe names, each once.
func (r *Recipe) Files() []string {
	var all []string
	add := func(path string) {
		if path != "" && !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	d := r.Preprocess.Data
	for _, s := range slices.Concat(d.Train, d.Validation, d.Test, d.OutsideValidation, d.OutsideTest) {
		add(s.Path)
		add(s.LabelsPath)
	}
	add(r.WeightsFile())
	return all
}

// belowData refuses what leads out of the data folder.
func belowData(path string) bool {
	return path != "" && !strings.HasPrefix(path, "/") && !strings.Contains("/"+path+"/", "/../") &&
		!strings.ContainsAny(path, "\\\x00")
}
