package trainer_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
	"wafer/server/api"
	"wafer/server/fit"
	"wafer/server/store"
	"wafer/server/trainer"
	"wafer/server/trainer/trainertest"
)

// What cannot be done fails with a sentence, and the worker takes the next job.
func TestJobsThatCannotBeDone(t *testing.T) {
	b := newBench(t)
	b.start(trainer.Options{Room: fit.Room{Bytes: 2 << 20, What: "--memory"}, CacheBytes: 1 << 20})
	at := func(path string) func(*api.Spec) {
		return func(s *api.Spec) {
			s.Data = append(s.Data[:1:1], api.File{Path: path, SHA256: b.data[0].SHA256, Size: b.data[0].Size})
		}
	}
	recipe := func(old, new string) func(*api.Spec) {
		return func(s *api.Spec) { s.Recipe = bytes.Replace(s.Recipe, []byte(old), []byte(new), 1) }
	}
	for want, spoil := range map[string]func(*api.Spec){
		"the path of a file must be relative": at("../../etc/passwd"),
		"without .., found \"/etc/passwd\"":   at("/etc/passwd"),
		"without .., found \"a\\\\..\\\\b\"":  at(`a\..\b`),
		"without .., found \"\"":              at(""),
		"the job names two files":             at(b.data[0].Path),
		"is both a file and a folder":         at(b.data[0].Path + "/more"),
		"has no hash or no size": func(s *api.Spec) {
			s.Data = []api.File{{Path: "a", SHA256: "../../../x"}}
		},
		"the server does not have this; upload it again": func(s *api.Spec) {
			s.Data = []api.File{{Path: "a", SHA256: strings.Repeat("0", 64), Size: 3}}
		},
		"does not have the size 7 and the hash": func(s *api.Spec) {
			s.Data = []api.File{{Path: "a", SHA256: b.data[0].SHA256, Size: 7}}
		},
		"more than the 1048576 that the cache": func(s *api.Spec) {
			s.Data = []api.File{{Path: "a", SHA256: strings.Repeat("1", 64), Size: 1 << 40}}
		},
		"train.batchsize: unknown key, did you mean batch_size?": recipe("batch_size", "batchsize"),
		"expected a file or folder of that name":                 recipe(`"path":"stripes"`, `"path":"spots"`),
		"must be a path below the data folder":                   recipe(`"path":"stripes"`, `"path":"../stripes"`),
		"takes more than the 0.0": recipe(`[{"form":"folder","path":"stripes"}]`,
			"["+strings.Repeat(`{"form":"folder","path":"stripes"},`, 300)+`{"form":"folder","path":"stripes"}]`),
		"of memory while": recipe(`"filters":64`, `"filters":8000`),
		"the checkpoint to go on from: the server does not have this": func(s *api.Spec) {
			s.Checkpoint = &api.File{SHA256: strings.Repeat("2", 64), Size: 3}
		},
		"checkpoint: ": func(s *api.Spec) { s.Checkpoint = &s.Data[0] },
		"an earlier version made it to teach a model": func(s *api.Spec) { s.Recipe = nil },
		"base: expected the model 555555555555":       based(t),
	} {
		spec := b.stripes(1)
		spoil(&spec)
		j := trainertest.Ends(t, b.queue, b.submit(spec))
		if j.Status.State != api.Failed || !strings.Contains(j.Status.Error, want) ||
			strings.Contains(j.Status.Error, os.TempDir()) {
			t.Errorf("got %s: %q\nexpected a sentence with %q and no path of this machine", j.Status.State,
				j.Status.Error, want)
		}
	}
	b.same(trainertest.Ends(t, b.queue, b.submit(b.stripes(1))), trainertest.Whole(t, 1))
}

// based makes the network of a job begin with a model that the file of that name is not.
func based(t *testing.T) func(*api.Spec) {
	return func(s *api.Spec) {
		base := strings.Repeat("5", 64)
		r, err := recipe.Parse(s.Recipe)
		if err != nil {
			t.Fatal(err)
		}
		r.Define.Layers = json.RawMessage(`[{"base":"` + base +
			`"},{"class":"Dense","config":{"units":2,"activation":"softmax"}}]`)
		s.Recipe = r.Bytes()
		s.Data = append(slices.Clone(s.Data), api.File{Path: base + ".wafer", SHA256: s.Data[0].SHA256,
			Size: s.Data[0].Size})
	}
}

// damage changes a byte of stored content behind the store's back.
func (b *bench) damage(digest string) {
	b.Helper()
	path := filepath.Join(b.folder, "part", digest, "00000")
	content, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := os.WriteFile(path, content, 0o600); err != nil {
		b.Fatal(err)
	}
}

// Data that is damaged in the store trains nothing; uploaded again, it does.
func TestDamagedData(t *testing.T) {
	b := newBench(t)
	b.damage(b.data[3].SHA256)
	b.start(trainer.Options{})
	id := b.submit(b.stripes(3))
	j := trainertest.Ends(t, b.queue, id)
	if j.Status.State != api.Failed || !strings.Contains(j.Status.Error,
		b.data[3].Path+": the stored content is damaged") {
		t.Fatalf("got %s: %s", j.Status.State, j.Status.Error)
	}
	trainertest.Upload(t, b.store)
	b.move(id, api.Retry)
	b.same(trainertest.Ends(t, b.queue, id), trainertest.Whole(t, 3))
}

// What is damaged in the cache is fetched anew.
func TestDamagedCache(t *testing.T) {
	b := newBench(t)
	cache, whole := t.TempDir(), trainertest.Whole(t, 2)
	for _, damage := range []func(string) error{
		func(path string) error { return os.WriteFile(path, []byte("something else"), 0o600) },
		func(path string) error { return os.Truncate(path, 10) },
		os.Remove,
	} {
		stop := b.start(trainer.Options{Cache: cache})
		b.same(trainertest.Ends(t, b.queue, b.submit(b.stripes(2))), whole)
		stop()
		if err := damage(filepath.Join(cache, "blob", b.data[5].SHA256)); err != nil {
			t.Fatal(err)
		}
	}
	b.start(trainer.Options{Cache: cache})
	b.same(trainertest.Ends(t, b.queue, b.submit(b.stripes(2))), whole)
}

// A checkpoint that is damaged costs time only.
func TestDamagedCheckpoint(t *testing.T) {
	b := newBench(t)
	stop := b.start(trainer.Options{})
	id := b.submit(b.stripes(trainertest.Long))
	b.checkpoint(id, 1)
	stop()
	j, err := b.queue.Job(t.Context(), id)
	if err != nil || j.Status.State != api.Queued {
		t.Fatalf("%+v, %v", j.Status, err)
	}
	b.damage(j.Status.Checkpoint.SHA256)
	b.start(trainer.Options{})
	trainertest.Until(t, b.queue, id, func(e api.Event) bool { return strings.Contains(e.Log, "the run begins anew") })
	b.same(trainertest.Ends(t, b.queue, id), trainertest.Whole(t, trainertest.Long))
}

// Half a run that comes from elsewhere goes on with the same outcome.
func TestARunThatBeganElsewhere(t *testing.T) {
	b := newBench(t)
	spec := b.stripes(6)
	half := trainertest.Half(t, 6, 2)
	r := store.RefOf(half)
	if err := b.store.Put(t.Context(), r, bytes.NewReader(half)); err != nil {
		t.Fatal(err)
	}
	spec.Checkpoint = &api.File{SHA256: r.SHA256, Size: r.Size}
	b.start(trainer.Options{})
	id := b.submit(spec)
	b.same(trainertest.Ends(t, b.queue, id), trainertest.Whole(t, 6))
	first := trainertest.Until(t, b.queue, id, func(e api.Event) bool {
		return e.Kind == api.Progressed &&
			e.Status.Progress.EpochEnd
	})
	if p := first.Status.Progress; p.Epoch != 3 {
		b, _ := json.Marshal(p)
		t.Errorf("the first epoch that ended here is %s, expected the third", b)
	}
}

// A small file that unpacks to more than the worker may take is refused while it is read.
func TestBombs(t *testing.T) {
	b := newBench(t)
	b.start(trainer.Options{Room: fit.Room{Bytes: 32 << 20, What: "--memory"}})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for i := range 100_000 {
		fmt.Fprintf(z, "good %d,a\nbad %d,b\n", i, i)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	spec := api.Spec{Name: "bomb", Data: []api.File{b.put("bomb.csv", packed.Bytes())}, Recipe: []byte(`{"name":"bomb",
		"preprocess":{"kind":"text","data":{"train":[{"form":"csv","path":"bomb.csv"}]},"text":{"tokenizer":{"num_words":100},"pad_sequences":{"maxlen":5}}},
		"define":{"zoo":"text_lstm","options":{"words":100,"length":5,"dim":8,"units":8}},"loss":{"name":"binary_crossentropy"},"train":{"epochs":1}}`)}
	j := trainertest.Ends(t, b.queue, b.submit(spec))
	if j.Status.State != api.Failed || !strings.HasPrefix(j.Status.Error,
		"data: bomb.csv: reading it takes more than ") {
		t.Errorf("got %s: %s", j.Status.State, j.Status.Error)
	}
}
