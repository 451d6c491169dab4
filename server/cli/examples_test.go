package cli

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/fit"
	"wafer/nn/native"
	"wafer/nn/recipe"
	"wafer/nn/sharedtest"
)

// example is a recipe below examples, with the parameters that its Keras program has.
func example(t *testing.T, path string, parameters int) *recipe.Recipe {
	t.Helper()
	r, err := readRecipe(filepath.Join("..", "..", "examples", path))
	if err != nil {
		t.Fatal(err)
	}
	m, err := fit.Network(r)
	if err != nil {
		t.Fatal(err)
	}
	if n := m.Params(); n != parameters {
		t.Errorf("%s: %d parameters, Keras' model.summary() has %d", path, n, parameters)
	}
	return r
}

// The Keras programs run as recipes, at reduced size: a few samples, two epochs, and for
// VGG16 small pictures.
func TestExamplesRun(t *testing.T) {
	text := 10000*128 + 4*64*(128+64+1) + 65
	image := 14714688 + 25088*1024 + 1024 + 1024*6 + 6
	for path, parameters := range map[string]int{"keras-text/keras-text.json": text,
		"keras-image/keras-image.json": image, "keras-image/frozen.json": image} {
		r := example(t, path, parameters)
		dir := sharedtest.Path(t, "data")
		n := 40
		r.Train.Epochs = 2
		if i := r.Preprocess.Image; i != nil {
			n, r.Train.BatchSize, i.Height, i.Width = 12, 8, 32, 32
		}
		r.Preprocess.Data.Limit = n
		d, _, err := data.Load(os.DirFS(dir), r.Preprocess, nil)
		if err != nil {
			t.Fatal(err)
		}
		if d.Labels[0] != "0" && (len(d.Labels) != 6 || d.Labels[0] != "cardboard" || d.Labels[5] != "trash") {
			t.Errorf("%s: labels %q, Keras sorts them by name", path, d.Labels)
		}
		var stated nn.Memory
		_, rep, err := nn.Fit(context.Background(), r, d, nn.FitOptions{Runner: native.Runner(0),
			Memory: func(m nn.Memory) error { stated = m; return nil }})
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if rep.Epochs != 2 || rep.Train != n || rep.Validation != n || rep.TestSamples != n || rep.Test.Loss == 0 ||
			rep.OnHeld.Loss == 0 {
			t.Errorf("%s: %+v", path, rep)
		}
		if again, err := nn.MemoryOf(r, d, false); err != nil || again != stated ||
			(stated.Features > 0) != (path == "keras-image/frozen.json") {
			t.Errorf("%s: stated %+v, computed before %+v, %v", path, stated, again, err)
		}
	}
}
