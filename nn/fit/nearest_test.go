package fit

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"wafer/nn/eval"
	"wafer/nn/format"
	"wafer/nn/graph"
	"wafer/nn/model"
	"wafer/nn/native"
	"wafer/nn/run"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

// between is a picture that is partly noise: none of it at share 0.
func between(class, i int, share float64, r *rand.Rand) task.Input {
	in := square(class, i)
	for k := 0; k < len(in.Pixels.RGBA); k += 4 {
		v := byte(float64(in.Pixels.RGBA[k])*(1-share) + float64(r.IntN(256))*share)
		copy(in.Pixels.RGBA[k:], []byte{v, v, v, 255})
	}
	return in
}

// What a taught model of pictures turns away by its nearest samples is the same with every runner, the browser's too.
func TestTaughtPicturesKnowWhatIsNoneOfThem(t *testing.T) {
	m, _ := halves(imageBase(t), 6).taught(t, Options{})
	about, rows := m.Document().Outside, m.State()[model.CentroidsName]
	if about == nil || about.Nearest != 3 || about.Samples != 12 || rows.Shape()[0] != 12 || !m.Info().Rejects {
		t.Fatalf("the file says %+v with %v, expected a rule by the nearest 3 of 12 samples", about, rows)
	}
	if stored := format.Smallest("", rows); stored.Int8 == nil && !stored.Half {
		t.Errorf("the rows are stored as floats, expected 8 bits: %v", tensor.ToInt8(rows.F(), 12, rows.Shape()[1]).
			Scales)
	}
	models := map[string]*model.Model{}
	for name, runner := range map[string]graph.Runner{"eval": eval.Runner, "native": native.Runner(2),
		"compiled": run.Runner(run.Options{})} {
		opened, err := model.Open(m.Bytes(), model.Options{Runner: runner})
		if err != nil {
			t.Fatal(err)
		}
		defer opened.Close()
		models[name] = opened
	}
	r, rejected := rand.New(rand.NewPCG(1, 2)), map[int]int{}
	for i := range 40 {
		share := i % 4
		in := between(3*(i/4%2), 50+i, float64(share)/3, r)
		want := models["eval"].Classify(in)
		for name, other := range models {
			got := other.Classify(in)
			if got.Rejected != want.Rejected || !reflect.DeepEqual(got.Scores, want.Scores) {
				t.Errorf("%s: picture %d is %+v, expected %+v", name, i, got, want)
			}
		}
		if want.Rejected {
			rejected[share]++
		}
	}
	if rejected[0] > 5 || rejected[3] < 9 {
		t.Errorf("of ten pictures each %v are none of the classes, by thirds of noise, "+
			"expected most of 3 and half of 0 at most", rejected)
	}
}
