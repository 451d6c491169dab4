package worker

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/nn/format/samples"
	"wafer/nn/recipe"
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
	if a := ask(t, w, bridge.Load, bridge.LoadRequest{Model: "digits"}, file); a.why != "" {
		t.Fatalf("loading: %s", a.why)
	}
	return w, file
}

// drawings are two classes: bars that stand and bars that lie.
func drawings(base []byte, each int) (req bridge.TeachRequest, buffers [][]byte) {
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
		req.Labels = append(req.Labels, i%2)
		req.Inputs = append(req.Inputs, bridge.Input{Name: fmt.Sprint(i), Buffer: i, Width: side, Height: side})
		buffers = append(buffers, rgba)
	}
	q := recipe.Teaching{Name: "Bars", Kind: task.Image, Base: infoOf("", base).SHA256, Classes: []string{"up", "flat"},
		Counts: []int{each, each},
		Seed:   3, Epochs: 3, Whole: true}
	r, err := q.Recipe()
	must(err)
	req.Base, req.Recipe = "digits", r.Bytes()
	return req, buffers
}

type taught = answers[task.Progress, bridge.Taught]

// handOverAt runs a Teach and hands it over at the first report for which when says so.
func handOverAt(t *testing.T, w *Worker, q bridge.TeachRequest, buffers [][]byte,
	when func(task.Progress) bool) *taught {
	t.Helper()
	a, done := &taught{}, false
	w.Handle(request(50, bridge.Teach, q), buffers, func(m bridge.Message, files ...[]byte) {
		a.send(m, files...)
		if !done && m.Event == bridge.Progress && when(a.news[len(a.news)-1]) {
			done = true
			over := request(51, bridge.HandOver, bridge.Target{Request: 50})
			w.Handle(over, nil, func(bridge.Message, ...[]byte) {})
		}
	})
	if len(w.handovers) != 0 {
		t.Errorf("%d runs are still noted", len(w.handovers))
	}
	return a
}

// checkpoint is the file of a Teach that was handed over.
func checkpoint(t *testing.T, a *taught) []byte {
	t.Helper()
	if a.why != "" || len(a.files) != 1 || a.done.Checkpoint == nil || a.done.Checkpoint.Name != bridge.CheckpointFile {
		t.Fatalf("handed over: %+v with %d files, %s", a.done, len(a.files), a.why)
	}
	return a.files[0]
}

// A run goes through three workers and ends with the file of a run that stayed in one.
func TestARunIsHandedOverWithItsFiles(t *testing.T) {
	w, file := digitsAt(t)
	req, buffers := drawings(file, 12)
	whole := ask(t, w, bridge.Teach, req, buffers...)
	if whole.done.Report == nil {
		t.Fatalf("undisturbed: %s", whole.why)
	}
	packed := ask(t, w, bridge.Pack, req, buffers...)
	files := packed.done.Files
	if len(files) != 2 || files[0].Name != bridge.BaseFile || files[1].Name != bridge.SamplesFile ||
		files[1].Size != int64(len(packed.files[1])) || len(files[1].SHA256) != 64 {
		t.Fatalf("packed: %+v, %s", files, packed.why)
	}
	epoch := 0
	at := handOverAt(t, w, req, buffers, func(p task.Progress) bool { epoch = p.Epoch; return p.EpochEnd })
	first := checkpoint(t, at)
	if epoch == 0 {
		t.Error("handed over before the first epoch had ended")
	}
	there := bridge.TeachRequest{Recipe: req.Recipe,
		Files: map[string]int{bridge.BaseFile: 0, bridge.SamplesFile: 1, bridge.CheckpointFile: 2}}
	again := handOverAt(t, New(NN{}), there, [][]byte{packed.files[0], packed.files[1], first},
		func(p task.Progress) bool {
			return p.Stage == "whole" && p.EpochEnd
		})
	end := ask(t, New(NN{}), bridge.Teach, there, packed.files[0], packed.files[1], checkpoint(t, again))
	if len(end.files) != 1 || !bytes.Equal(end.files[0], whole.files[0]) {
		t.Errorf("after two moves: %+v, %s: another file than the undisturbed run's", end.done, end.why)
	}
}

func TestHandedOverBeforeTheFirstStepThereIsNothing(t *testing.T) {
	w, file := digitsAt(t)
	req, buffers := drawings(file, 12)
	a := handOverAt(t, w, req, buffers, func(task.Progress) bool { return true }) // while it prepares
	if a.why != "" || a.done.Report != nil || a.done.Checkpoint != nil || len(a.files) != 0 {
		t.Errorf("got %+v with %d files, %q; expected nothing", a.done, len(a.files), a.why)
	}
	if a := ask(t, w, bridge.HandOver, bridge.Target{Request: 99}); a.why != "" {
		t.Errorf("handing over what does not run: %s", a.why)
	}
}

func TestFilesOfARunThatAreWrong(t *testing.T) {
	w, file := digitsAt(t)
	req, buffers := drawings(file, 3)
	packed, err := samples.Pack([]string{"a", "b", "c"}, []int{2}, []task.Input{{Text: "a"}})
	if err != nil {
		t.Fatal(err)
	}
	short := req
	short.Labels = req.Labels[1:]
	if a := ask(t, w, bridge.Teach, short, buffers...); !strings.Contains(a.why, "6 inputs, but 5 labels") {
		t.Errorf("got %q", a.why)
	}
	for says, c := range map[string]struct {
		files   map[string]int
		buffers [][]byte
	}{
		`"base" should be buffer 3`:  {map[string]int{bridge.BaseFile: 3}, nil},
		`"base" should be buffer -1`: {map[string]int{bridge.BaseFile: -1}, nil},
		"not a .wafer file":          {map[string]int{bridge.BaseFile: 0}, [][]byte{[]byte("nonsense")}},
		"made by Wafer":              {map[string]int{bridge.SamplesFile: 0}, [][]byte{[]byte("nonsense")}},
		"belongs to class number 3":  {map[string]int{bridge.SamplesFile: 0}, [][]byte{packed}},
		"is not a checkpoint": {map[string]int{bridge.CheckpointFile: 6}, append(append([][]byte{}, buffers...),
			file)},
	} {
		bad := bridge.TeachRequest{Recipe: req.Recipe, Base: req.Base, Files: c.files}
		if c.files[bridge.CheckpointFile] > 0 {
			bad.Inputs, bad.Labels = req.Inputs, req.Labels
		}
		if a := ask(t, w, bridge.Teach, bad, c.buffers...); !strings.Contains(a.why, says) {
			t.Errorf("got %q, expected an error with %q", a.why, says)
		}
	}
}
