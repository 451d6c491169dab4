package worker

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/nn/format/samples"
	"wafer/nn/task"
)

// digitsAt is a worker with package nn and a shipped model.
func digitsAt(t *testing.T) (*Worker, []byte) {
	t.Helper()
	file, err := os.ReadFile("../../static/models/digits.wafer")
	if err != nil {
		t.Fatal(err)
	}
	w := New(NN{})
	if r := ask(t, w, bridge.Request{ID: 1, Verb: bridge.Load, Model: "digits"}, file).last(); r.Event != bridge.Done {
		t.Fatalf("loading: %+v", r)
	}
	return w, file
}

// drawings are two classes: bars that stand and bars that lie.
func drawings(each int) (req bridge.Request, buffers [][]byte) {
	teach := &task.TeachRequest{Name: "Bars", Kind: task.Image, Base: "digits", Classes: []string{"up", "flat"}, Seed: 3, Epochs: 3, WholeNetwork: true}
	for i := range 2 * each {
		const side = 40
		rgba := make([]byte, 4*side*side)
		for k := range side * side {
			x, y := k%side, k/side
			if i%2 == 1 {
				x, y = y, x
			}
			if v := byte(0); x > 15+i/4 && x < 20+i/4 && y > 4 && y < 36 {
				v = 255
				copy(rgba[4*k:], []byte{v, v, v})
			}
			rgba[4*k+3] = 255
		}
		teach.Labels = append(teach.Labels, i%2)
		req.Inputs = append(req.Inputs, bridge.Input{Name: fmt.Sprint(i), Buffer: i, Width: side, Height: side})
		buffers = append(buffers, rgba)
	}
	req.Verb, req.Teach = bridge.Teach, teach
	return req, buffers
}

// handOverAt runs a Teach and hands it over at its n-th report, 0 for before it begins to report.
func handOverAt(t *testing.T, w *Worker, req bridge.Request, buffers [][]byte, when func(bridge.Response) bool) *answers {
	t.Helper()
	req.ID = 50
	a, done := &answers{}, false
	w.Handle(req, buffers, func(r bridge.Response, b ...[]byte) {
		a.send(r, b...)
		if !done && r.Event == bridge.Progress && when(r) {
			done = true
			w.Handle(bridge.Request{ID: 51, Verb: bridge.HandOver, Target: 50}, nil, func(bridge.Response, ...[]byte) {})
		}
	})
	if len(w.hands) != 0 {
		t.Errorf("%d runs are still noted", len(w.hands))
	}
	return a
}

// A run goes through three workers and ends with the file of a run that stayed in one.
func TestARunIsHandedOverWithItsFiles(t *testing.T) {
	w, _ := digitsAt(t)
	req, buffers := drawings(12)
	whole := ask(t, w, req, buffers...)
	if r := whole.last(); r.Event != bridge.Done || r.Report == nil {
		t.Fatalf("undisturbed: %+v", r)
	}
	pack := req
	pack.Verb = bridge.Pack
	packed := ask(t, w, pack, buffers...)
	files := packed.last().Files
	if len(files) != 2 || files[0].Name != bridge.BaseFile || files[1].Name != bridge.SamplesFile || files[1].Size != int64(len(packed.buffers[1])) || len(files[1].SHA256) != 64 {
		t.Fatalf("packed: %+v", packed.last())
	}
	epoch := 0
	at := handOverAt(t, w, req, buffers, func(r bridge.Response) bool { epoch = r.Progress.Epoch; return r.Progress.EpochEnd })
	if r := at.last(); r.Event != bridge.Done || len(at.buffers) != 1 || len(r.Files) != 1 || r.Files[0].Name != bridge.CheckpointFile || epoch == 0 {
		t.Fatalf("handed over: %+v with %d buffers", r, len(at.buffers))
	}
	there := bridge.Request{Verb: bridge.Teach, Teach: req.Teach, Files: map[string]int{bridge.BaseFile: 0, bridge.SamplesFile: 1, bridge.CheckpointFile: 2}}
	elsewhere := New(NN{})
	passes := 0 // the second pass is that of the whole network
	again := handOverAt(t, elsewhere, there, [][]byte{packed.buffers[0], packed.buffers[1], at.buffers[0]}, func(r bridge.Response) bool {
		if r.Progress.EpochEnd && r.Progress.Epoch == 1 {
			passes++
		}
		return passes == 1
	})
	if len(again.buffers) != 1 || len(again.last().Files) != 1 {
		t.Fatalf("handed over again: %+v", again.last())
	}
	end := ask(t, New(NN{}), there, packed.buffers[0], packed.buffers[1], again.buffers[0])
	if r := end.last(); r.Event != bridge.Done || len(end.buffers) != 1 || !bytes.Equal(end.buffers[0], whole.buffers[0]) {
		t.Errorf("after two moves: %+v, another file than the undisturbed run's", r)
	}
}

func TestHandedOverBeforeTheFirstStepThereIsNothing(t *testing.T) {
	w, _ := digitsAt(t)
	req, buffers := drawings(12)
	a := handOverAt(t, w, req, buffers, func(bridge.Response) bool { return true }) // while it prepares
	if r := a.last(); r.Event != bridge.Done || r.Report != nil || len(r.Files) != 0 || len(a.buffers) != 0 {
		t.Errorf("got %+v with %d buffers, expected nothing", r, len(a.buffers))
	}
	if r := ask(t, w, bridge.Request{Verb: bridge.HandOver, Target: 99}).last(); r.Event != bridge.Done {
		t.Errorf("handing over what does not run: %+v", r)
	}
}

func TestFilesOfARunThatAreWrong(t *testing.T) {
	w, file := digitsAt(t)
	req, buffers := drawings(3)
	packed, err := samples.Pack(req.Teach.Classes, []int{0}, []task.Input{{Text: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	for says, c := range map[string]struct {
		files   map[string]int
		buffers [][]byte
	}{
		`"base" should be buffer 3`:  {map[string]int{bridge.BaseFile: 3}, nil},
		`"base" should be buffer -1`: {map[string]int{bridge.BaseFile: -1}, nil},
		"not a .wafer file":          {map[string]int{bridge.BaseFile: 0}, [][]byte{[]byte("nonsense")}},
		"made by Wafer":              {map[string]int{bridge.SamplesFile: 0}, [][]byte{[]byte("nonsense")}},
		"1 samples, but 6 labels":    {map[string]int{bridge.SamplesFile: 0}, [][]byte{packed}},
		"is not one of a model":      {map[string]int{bridge.CheckpointFile: 6}, append(append([][]byte{}, buffers...), file)},
	} {
		bad := bridge.Request{Verb: bridge.Teach, Teach: req.Teach, Files: c.files}
		if c.files[bridge.CheckpointFile] > 0 {
			bad.Inputs = req.Inputs
		}
		if r := ask(t, w, bad, c.buffers...).last(); r.Event != bridge.Failed || !strings.Contains(strings.ReplaceAll(r.Error, "there are ", ""), says) {
			t.Errorf("got %+v, expected an error with %q", r, says)
		}
	}
}
