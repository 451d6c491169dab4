package statedict

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wafer/nn/tensor"
)

// changed is a case of PyTorch's with its tensors' names, "conv1.weight 64x3x7x7", changed; "" leaves one out.
func changed(t *testing.T, name string, change func(module, part string) string) (torchCase, *madeUp) {
	t.Helper()
	cases := torchCases(t)
	c := cases[slices.IndexFunc(cases, func(c torchCase) bool { return c.Name == name })]
	from, w := c.weights(t), &madeUp{shapes: map[string]tensor.Shape{}, number: map[string]int{}}
	for _, old := range from.names {
		at := strings.LastIndexByte(old, '.')
		if name := change(old[:at], old[at:]); name != "" {
			w.names = append(w.names, name)
			w.shapes[name], w.number[name] = from.shapes[old], from.number[old]
		}
	}
	return c, w
}

// Names that wrappers lengthen are known, and where all names are others, the order of the layers tells.
func TestOtherNames(t *testing.T) {
	numbers := map[string]int{}
	for kind, change := range map[string]func(module, part string) string{
		"behind a prefix": func(module, part string) string { return "model.backbone." + module + part },
		"numbered": func(module, part string) string {
			if _, ok := numbers[module]; !ok {
				numbers[module] = len(numbers)
			}
			return fmt.Sprint("layers.", numbers[module], part)
		},
	} {
		c, w := changed(t, "resnet18", change)
		n, err := Load(w, "", c.Side)
		if err != nil || n.Name != "resnet18" {
			t.Errorf("%s: %v, expected a resnet18", kind, err)
			continue
		}
		compare(t, scores(t, n, c.Side), c.Output)
		if noted := len(n.Notes) > 0; noted != (kind == "numbered") {
			t.Errorf("%s: the notes are %q", kind, n.Notes)
		}
	}
}

func TestTensorsThatDoNotFit(t *testing.T) {
	for name, c := range map[string]struct {
		as     string
		change func(module, part string) string
		want   string
	}{
		"one layer less": {"", func(module, part string) string {
			if module == "layer2.0.conv2" {
				return ""
			}
			return module + part
		}, "does not fit resnet18: has weights of 40 layers, expected 41"},
		"no mean": {"", func(module, part string) string {
			if module+part == "bn1.running_mean" {
				return ""
			}
			return module + part
		}, "does not fit resnet18: lacks the tensor bn1.running_mean"},
		"a bias more": {"", func(module, part string) string {
			if part == ".num_batches_tracked" {
				return module + part
			}
			if module+part == "layer1.0.bn1.running_var" {
				return "layer1.0.bn1.running_variance"
			}
			return module + part
		}, "lacks the tensor layer1.0.bn1.running_var"},
		"another architecture": {"vgg16", func(module, part string) string { return module + part },
			"does not fit vgg16: has weights of 41 layers, expected 16"},
		"no architecture": {"alexnet", func(module, part string) string { return module + part },
			`there is no architecture "alexnet" for it, there are densenet121, `},
		"nothing known": {"", func(module, part string) string {
			if part != ".weight" {
				return ""
			}
			return "a." + module + ".b" + part + "s"
		}, "belong to no architecture that is known"},
	} {
		_, w := changed(t, "resnet18", c.change)
		if _, err := Load(w, c.as, 0); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, expected one that says %q", name, err, c.want)
		}
	}
}

// Each architecture has as many layers with weights as the table of those that are known says.
func TestTheTableCountsLayers(t *testing.T) {
	for _, c := range torchCases(t) {
		for _, a := range known {
			if a.zoo == c.Name && a.layers != len(modulesOf(c.weights(t))) {
				t.Errorf("%s has %d layers with weights, the table says %d", c.Name, len(modulesOf(c.weights(t))),
					a.layers)
			}
		}
	}
}
