package statedict

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/format/torch"
)

// whole is a saved module of testdata/torch_steps.py.
func whole(t *testing.T, name string) (*torch.File, []torch.Step) {
	t.Helper()
	b, err := os.ReadFile("testdata/steps_" + name + ".pt")
	if err != nil {
		t.Fatal(err)
	}
	f, err := torch.Open(b)
	if err != nil {
		t.Fatal(err)
	}
	return f, f.Steps()
}

// Whole models of torch.nn.Sequential answer as in PyTorch, with the side of their pictures found.
func TestSequentialsEqualPyTorch(t *testing.T) {
	doc, err := os.ReadFile("testdata/torch_steps.json")
	if err != nil {
		t.Fatal(err)
	}
	var expected map[string]struct {
		Side   int
		Output []float64
	}
	if err := json.Unmarshal(doc, &expected); err != nil {
		t.Fatal(err)
	}
	for name, want := range expected {
		for _, form := range []string{"_zip", "_old"} {
			f, steps := whole(t, name+form)
			side := 0
			if name == "wide" { // nothing in it tells
				side = want.Side
			}
			n, err := Steps(f, steps, side)
			if err != nil {
				t.Errorf("%s: %v", name+form, err)
				continue
			}
			if in := n.Layers.Input().Shape; in[0] != want.Side {
				t.Errorf("%s takes %v, expected pictures of %d", name+form, in, want.Side)
				continue
			}
			compare(t, outputs(t, n, want.Side), want.Output)
		}
	}
}

// What a chain holds that is not read is a sentence that names it.
func TestSequentialsThatDoNotFit(t *testing.T) {
	f, steps := whole(t, "deep_zip")
	for class, want := range map[string]string{
		"Linear":    "out_features",
		"Bilinear":  "module body.0 (Bilinear): is of a kind that is not read",
		"MaxPool2d": "",
	} {
		changed := append([]torch.Step(nil), steps...)
		changed[0].Class = class
		_, err := Steps(f, changed, 0)
		if class == "Bilinear" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: the error is %v, expected one that says %q", class, err, want)
		}
		if err == nil {
			t.Errorf("%s in place of a convolution became a network", class)
		}
	}
	if _, err := Steps(foreign.Weights(f), nil, 0); err == nil {
		t.Error("a chain of nothing became a network")
	}
	if f, steps := whole(t, "flat_zip"); f == nil || len(steps) != 5 || steps[1].Name != "1" ||
		steps[1].Class != "Linear" {
		t.Errorf("the steps are %+v, expected five", steps)
	}
}
