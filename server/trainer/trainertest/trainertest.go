// Package trainertest has a small job for tests: pictures of stripes and a recipe that tells them apart.
package trainertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"wafer/nn"
	"wafer/nn/recipe"
	"wafer/server/api"
	"wafer/server/fit"
	"wafer/server/queue"
	"wafer/server/store"
)

// Recipe trains for some epochs of eight steps, some milliseconds together. It has what a checkpoint can get wrong:
// dropout, augmentation, averaged weights, early stopping that keeps the best.
func Recipe(epochs int) []byte {
	return fmt.Appendf(nil, `{"name":"stripes","seed":2,"numerics":{"storage":"float16"},
 "preprocess":{"kind":"image","data":{"train":[{"form":"folder","path":"stripes"}]},
  "image":{"height":16,"width":16,"channels":1,"augment":{"shift":0.1}}},
 "define":{"layers":{"name":"tiny","input_shape":[16,16,1],"input_dtype":"f32","layers":[
  {"name":"conv","class":"Conv2D","config":{"filters":64,"kernel_size":[3,3],"strides":[2,2],"activation":"relu"},
    "inputs":["input"]},
  {"name":"norm","class":"BatchNormalization","config":{"momentum":0.8},"inputs":["conv"]},
  {"name":"flatten","class":"Flatten","inputs":["norm"]},
  {"name":"drop","class":"Dropout","config":{"rate":0.2},"inputs":["flatten"]},
  {"name":"out","class":"Dense","config":{"units":2,"activation":"softmax"},"inputs":["drop"]}]}},
 "loss":{"name":"sparse_categorical_crossentropy"},
 "optimizer":{"name":"adam","learning_rate":0.0001,"use_ema":true,"ema_momentum":0.9},
 "train":{"epochs":%d,"batch_size":2},
 "validate":{"validation_split":0.2,"patience":%d,"restore_best_weights":true},
 "test":{"test_split":0.2,"set":"stripes"}}`, epochs, epochs)
}

// Files are the data of the recipe by their paths.
func Files() map[string][]byte { return Stripes(12) }

// Stripes are so many small pictures of each of two classes, in the folders stripes/across and stripes/down.
func Stripes(each int) map[string][]byte {
	files := map[string][]byte{}
	for i := range each {
		for class, name := range []string{"across", "down"} {
			m := image.NewGray(image.Rect(0, 0, 16, 16))
			for k := range m.Pix {
				at := []int{k / 16, k % 16}[class]
				m.Pix[k] = byte(40*((at+i)/2%2)*5 + i%7)
			}
			var b bytes.Buffer
			if err := png.Encode(&b, m); err != nil {
				panic(err) // a picture in memory
			}
			files[fmt.Sprintf("stripes/%s/%02d.png", name, i)] = b.Bytes()
		}
	}
	return files
}

// Write puts the data into a folder.
func Write(t testing.TB, dir string) {
	t.Helper()
	WriteFiles(t, dir, Files())
}

// WriteFiles puts files into a folder, each under its path.
func WriteFiles(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	for path, b := range files {
		path = filepath.Join(dir, filepath.FromSlash(path))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, b, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// Upload puts the data into a store.
func Upload(t testing.TB, s *store.Store) []api.File {
	t.Helper()
	var all []api.File
	for path, b := range Files() {
		r := store.RefOf(b)
		if err := s.Put(t.Context(), r, bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
		all = append(all, api.File{Path: path, SHA256: r.SHA256, Size: r.Size})
	}
	slices.SortFunc(all, func(a, b api.File) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return all
}

// Whole is the model file of a run that nothing disturbs, as `wafer train` writes it.
func Whole(t testing.TB, epochs int) []byte {
	t.Helper()
	o := options(t, epochs)
	began := time.Now()
	m, _, err := fit.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d epochs take %v undisturbed", epochs, time.Since(began).Round(time.Millisecond))
	return m.Bytes()
}

// Half is the checkpoint of a run that ended after some of its epochs.
func Half(t testing.TB, epochs, after int) (checkpoint []byte) {
	t.Helper()
	o := options(t, epochs)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	o.Checkpoint = func(b []byte) error {
		if after--; after == 0 {
			checkpoint = bytes.Clone(b)
			stop()
		}
		return nil
	}
	if _, _, err := fit.Run(ctx, o); !errors.Is(err, nn.ErrStopped) {
		t.Fatal(err)
	}
	return checkpoint
}

func options(t testing.TB, epochs int) fit.Options {
	t.Helper()
	dir := t.TempDir()
	Write(t, dir)
	r, err := recipe.Parse(Recipe(epochs))
	if err != nil {
		t.Fatal(err)
	}
	return fit.Options{Recipe: r, Dir: dir, Threads: 1}
}

// Until waits for an event of a job, and fails the test when the job ends without it.
func Until(t testing.TB, q *queue.Queue, id string, is func(api.Event) bool) api.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	after := uint64(0)
	for e, err := range q.Watch(ctx, id, after) {
		if err != nil {
			t.Fatal(err)
		}
		if is(e) {
			return e
		}
		if j, err := q.Job(ctx, id); err == nil && j.Status.State.Final() && j.Seq == e.Seq {
			t.Fatalf("the job ended as %s (%s) before what the test waits for", j.Status.State, j.Status.Error)
		}
	}
	t.Fatal("the test waited for a minute")
	return api.Event{}
}

// Ends waits until a job has ended.
func Ends(t testing.TB, q *queue.Queue, id string) api.Job {
	t.Helper()
	Until(t, q, id, func(e api.Event) bool {
		if !e.Status.State.Final() {
			return false
		}
		j, err := q.Job(t.Context(), id)
		return err == nil && j.Seq == e.Seq
	})
	j, err := q.Job(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}
