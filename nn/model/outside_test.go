package model

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"wafer/nn/native"
	"wafer/nn/run"
	"wafer/nn/task"
)

// nothing are pictures that show no thing: of one colour, of noise, and a chequered one.
func nothing() map[string]task.Input {
	const side = 96
	r := rand.New(rand.NewPCG(3, 3))
	list := map[string]task.Input{}
	for name, paint := range map[string]func(x, y int) byte{
		"one colour": func(_, _ int) byte { return 200 },
		"noise":      func(_, _ int) byte { return byte(r.IntN(256)) },
		"chequered":  func(x, y int) byte { return byte(255 * ((x/4 + y/4) % 2)) },
	} {
		p := &task.Pixels{Width: side, Height: side, RGBA: make([]byte, 4*side*side)}
		for i := range side * side {
			v := paint(i%side, i/side)
			copy(p.RGBA[4*i:], []byte{v, v, v / 2, 255})
		}
		list[name] = task.Input{Name: name, Pixels: p}
	}
	return list
}

// The networks of a thousand kinds name the sample photographs and say of nothing that it is none of these, compiled as
// in the browser, too.
func TestPhotosKnowWhatIsNothing(t *testing.T) {
	inputs := nothing()
	names, err := filepath.Glob("../../static/samples/photos/*.jpg")
	if err != nil || len(names) == 0 {
		t.Fatalf("there are no sample photographs: %v", err)
	}
	for _, name := range names {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		inputs[name] = task.Input{Name: name, File: file}
	}
	for _, name := range []string{"photos", "photos-light"} {
		file, err := os.ReadFile("../../static/models/" + name + ".wafer")
		if err != nil {
			t.Fatal(err)
		}
		m, err := Open(file, Options{Runner: native.Runner(0)})
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := Open(file, Options{Runner: run.Runner(run.Options{})})
		if err != nil {
			t.Fatal(err)
		}
		for what, in := range inputs {
			res, same := m.Classify(in), compiled.Classify(in)
			if foreign := in.File == nil; res.Error != "" || res.Rejected != foreign {
				t.Errorf("%s: %s is %q, none of these: %v, expected %v", name, what, res.Error, res.Rejected, foreign)
			}
			if same.Rejected != res.Rejected || !reflect.DeepEqual(same.Scores, res.Scores) {
				t.Errorf("%s: %s is %+v where it is compiled, expected %+v", name, what, same, res)
			}
		}
		compiled.Close()
		m.Close()
	}
}
