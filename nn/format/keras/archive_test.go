package keras

import (
	"os"
	"testing"

	"wafer/nn/format/foreign"
	"wafer/nn/tensor"
)

// A .keras archive has the weights of the same model as an .h5 file, to the bit, and gives the same answers.
func TestArchive(t *testing.T) {
	var networks []*foreign.Network
	for _, name := range []string{"model.keras", "model.h5"} {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files := foreign.Files{{Name: name, Data: data}}
		if foreign.IsZip(data) {
			if files, err = foreign.Unzip(data, 0); err != nil {
				t.Fatal(err)
			}
		}
		f, err := Inspect(files)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if o := f.Outline(); o.Params() != 5*4+2*(5*12+3*12+12)+2*42+28+10 || len(o.Nodes) != 10 || len(o.Notes) != 0 {
			t.Errorf("%s: %d parameters, %d nodes, notes %q", name, o.Params(), len(o.Nodes), o.Notes)
		}
		n, err := f.Load(0)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		networks = append(networks, n)
	}
	archive, h5 := networks[0], networks[1]
	if len(archive.State) != 4+6+8 || len(h5.State) != len(archive.State) {
		t.Errorf("%d and %d weights, expected 18", len(archive.State), len(h5.State))
	}
	for name, v := range archive.State {
		if !v.Equal(h5.State[name]) {
			t.Errorf("%s differs", name)
		}
	}
	x := tensor.New(tensor.Float32, 2, 4, 5)
	for i := range x.F() {
		x.F()[i] = float32(i) / 40
	}
	y := run(t, archive, x)
	if !y.Equal(run(t, h5, x)) || !y.Shape().Equal(tensor.Shape{2, 2}) {
		t.Errorf("the answers are %v and %v", y, run(t, h5, x))
	}
}

// Files of a .keras archive as the dialects name them.
func TestSnake(t *testing.T) {
	for class, want := range map[string]string{"Dense": "dense", "Conv2D": "conv2d", "LSTM": "lstm", "ReLU": "re_lu",
		"BatchNormalization": "batch_normalization", "MaxPooling2D": "max_pooling2d", "PReLU": "p_re_lu",
		"GlobalAveragePooling1D": "global_average_pooling1d", "DepthwiseConv2D": "depthwise_conv2d"} {
		if got := snake(class); got != want {
			t.Errorf("%s gives %q, expected %q", class, got, want)
		}
	}
}
