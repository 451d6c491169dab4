// Package statedict puts PyTorch's state dicts, named tensors without a network, into the architectures of the zoo that
// they belong to. It knows these by the names and shapes of the tensors.
package statedict

import (
	"slices"
	"strings"

	"wafer/nn/format/foreign"
	"wafer/nn/graph"
	"wafer/nn/say"
)

// Load makes a network of named tensors: of the architecture as, or of the one that they fit where as is "". Pictures
// have side pixels where the architecture leaves that open; 0: as it was published.
func Load(w foreign.Weights, as string, side int) (*foreign.Network, error) {
	n, err := load(w, as, side)
	if err != nil {
		return nil, say.Errorf("state dict: %w", err)
	}
	return n, nil
}

// Names are those of the architectures that are known.
func Names() (names []string) {
	for _, a := range known {
		names = append(names, a.zoo)
	}
	return slices.Compact(names)
}

func load(w foreign.Weights, as string, side int) (*foreign.Network, error) {
	modules := modulesOf(w)
	var failed error
	for _, a := range known {
		prefix, has := prefixOf(modules, a.probe)
		if as != "" && as != a.zoo || !has && (a.change != nil || as == "" && len(modules) != a.layers) {
			continue
		}
		l := &loader{w: w, prefix: prefix, side: side, used: map[string]bool{}, state: graph.State{}}
		n, err := l.network(a, modules, has)
		if err == nil {
			return n, nil
		}
		if as != "" || has && (failed == nil || len(modules) == a.layers) {
			failed = say.Errorf("does not fit %s: %w", a.zoo, err)
		}
	}
	if failed != nil {
		return nil, failed
	}
	list := strings.Join(Names(), ", ")
	if as != "" {
		return nil, say.Errorf("there is no architecture %.60q for it, there are %s", as, list)
	}
	return nil, say.Errorf("its %d tensors belong to no architecture that is known (%s): export the network, too, "+
		"for example as ONNX", len(w.Names()), list)
}

func lacks(name string) error { return say.Errorf("lacks the tensor %s", name) }

// modulesOf are the names of what has weights, in the order of the file.
func modulesOf(w foreign.Weights) (modules []string) {
	for _, name := range w.Names() {
		if m, ok := strings.CutSuffix(name, ".weight"); ok {
			modules = append(modules, m)
		}
	}
	return modules
}

// prefixOf is what stands before a module's name, which wrappers add: "backbone." of "backbone.fc".
func prefixOf(modules []string, module string) (prefix string, ok bool) {
	for _, m := range modules {
		if prefix, ok := strings.CutSuffix(m, module); ok && (prefix == "" || strings.HasSuffix(prefix, ".")) {
			return prefix, true
		}
	}
	return "", false
}
