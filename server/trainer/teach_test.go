package trainer_test

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"testing"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/format/samples"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/fit"
	"wafer/server/store"
	"wafer/server/trainer"
	"wafer/server/trainer/trainertest"
)

func (b *bench) put(path string, content []byte) api.File {
	b.Helper()
	r := store.RefOf(content)
	if err := b.store.Put(b.Context(), r, bytes.NewReader(content)); err != nil {
		b.Fatal(err)
	}
	return api.File{Path: path, SHA256: r.SHA256, Size: r.Size}
}

// teaching is the job that the Teach page makes, and the model that it gives there.
func (b *bench) teaching() (api.Spec, []byte) {
	b.Helper()
	file := trainertest.Whole(b, 3)
	base, err := nn.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	q := recipe.Teaching{Name: "mine", Base: base.Info().SHA256, Kind: task.Image,
		Classes: []string{"lines", "columns"}, Counts: []int{12, 12},
		Whole: true, Epochs: trainertest.Long / 4, Seed: 4}
	var inputs []task.Input
	var labels []int
	files := trainertest.Files()
	for _, f := range b.data {
		in, err := base.Prepared(task.Input{File: files[f.Path]})
		if err != nil {
			b.Fatal(err)
		}
		inputs = append(inputs, in)
		labels = append(labels, slices.Index([]string{"across", "down"}, path.Base(path.Dir(f.Path))))
	}
	r, err := q.Recipe()
	if err != nil {
		b.Fatal(err)
	}
	d := data.Labelled(q.Classes, labels, inputs)
	d.Weights = file
	want, _, err := nn.Fit(b.Context(), r, d, nn.FitOptions{})
	if err != nil {
		b.Fatal(err)
	}
	packed, err := samples.Pack(q.Classes, labels, inputs)
	if err != nil {
		b.Fatal(err)
	}
	return api.Spec{Name: "mine", Recipe: r.Bytes(), Data: []api.File{b.put(r.WeightsFile(), file),
		b.put(recipe.SamplesFile, packed)}}, want.Bytes()
}

// What does not fit into memory is refused before it starts.
func TestTeachingThatDoesNotFit(t *testing.T) {
	b := newBench(t)
	spec, _ := b.teaching()
	b.start(trainer.Options{Room: fit.Room{Bytes: 1 << 16, What: "--memory"}})
	id := b.submit(spec)
	if j := trainertest.Ends(t, b.queue, id); j.Status.State != api.Failed ||
		!strings.Contains(j.Status.Error, "of memory while") {
		t.Errorf("got %s: %s", j.Status.State, j.Status.Error)
	}
	said := trainertest.Until(t, b.queue, id, func(e api.Event) bool { return e.Kind == api.Logged })
	if !strings.HasPrefix(said.Log, "memory: ") {
		t.Errorf("the log begins with %q", said.Log)
	}
}

// What the Teach page asks for gives here the file that it gives in the page, also over a pause.
func TestTeaching(t *testing.T) {
	b := newBench(t)
	spec, want := b.teaching()
	b.start(trainer.Options{})
	id := b.submit(spec)
	b.checkpoint(id, 1)
	b.move(id, api.Pause)
	b.move(id, api.Resume)
	j := trainertest.Ends(t, b.queue, id)
	b.same(j, want)
	if !j.Status.Result.Model.Rejects {
		t.Error("the taught model has no rule for what is none of its classes, expected one")
	}
	if r := j.Status.Result; j.Status.Attempt != 2 || r.Model.Labels[1] != "columns" || r.Metrics["accuracy"] == 0 {
		t.Errorf("%d attempts, result %+v", j.Status.Attempt, r)
	}
}
