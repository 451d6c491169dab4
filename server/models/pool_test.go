package models

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"wafer/nn"
	"wafer/nn/task"
	"wafer/server/api"
	"wafer/static"
)

// shipped is the file of a shipped model, and how often it was read.
func shipped(t testing.TB, name string) (digest string, read func(context.Context) ([]byte, error),
	count *atomic.Int32) {
	t.Helper()
	file, err := fs.ReadFile(static.Files, "models/"+name+".wafer")
	if err != nil {
		t.Fatal(err)
	}
	info, err := nn.Describe(file)
	if err != nil {
		t.Fatal(err)
	}
	count = &atomic.Int32{}
	return info.SHA256, func(context.Context) ([]byte, error) { count.Add(1); return file, nil }, count
}

var sentences = []string{"what a lovely day", "this is terrible", "I want to book a flight", "thanks a lot",
	"no idea what this is"}

func texts(i int) []task.Input {
	return []task.Input{{Text: sentences[i%len(sentences)]}, {Text: fmt.Sprint(sentences[(i+1)%len(sentences)],
		i)}}[:1+i%2]
}

// Many callers at once each get what the model says to their inputs alone, and the file is opened once.
func TestCallersGetTheirOwnAnswers(t *testing.T) {
	digest, read, count := shipped(t, "sentiment")
	alone, err := NewPool(1<<30, static.Model).openFile(t.Context(), read, nil)
	if err != nil {
		t.Fatal(err)
	}
	count.Store(0)
	pool := NewPool(1<<30, static.Model)
	defer pool.Close()
	var wait sync.WaitGroup
	got := make([][]task.Result, 60)
	for i := range got {
		wait.Go(func() {
			var err error
			if got[i], err = pool.Classify(t.Context(), digest, read, texts(i)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for i, results := range got {
		for k, in := range texts(i) {
			if want := alone.Classify(in); len(results) <= k || !slices.Equal(results[k].Scores, want.Scores) {
				t.Fatalf("caller %d: got %+v, expected %+v", i, results, want)
			}
		}
	}
	if count.Load() != 1 {
		t.Errorf("the file was read %d times, expected once", count.Load())
	}
}

func TestMemoryBoundsWhatIsOpen(t *testing.T) {
	a, readA, countA := shipped(t, "sentiment")
	b, readB, countB := shipped(t, "intents")
	alone, err := NewPool(1<<30, static.Model).openFile(t.Context(), readA, nil)
	if err != nil {
		t.Fatal(err)
	}
	countA.Store(0)
	pool := NewPool(alone.Memory()+1000, static.Model)
	defer pool.Close()
	for range 2 {
		if _, err := pool.Classify(t.Context(), a, readA, texts(0)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pool.Classify(t.Context(), b, readB, texts(0)); err != nil && !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	n, bytes := pool.Open()
	if n != 1 || bytes > alone.Memory()+1000 || countA.Load() != 1 || countB.Load() != 1 {
		t.Errorf("%d models of %d bytes are open, the first was read %d times", n, bytes, countA.Load())
	}
	small := NewPool(1000, static.Model)
	if _, err := small.Classify(t.Context(), a, readA, texts(0)); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a model larger than all memory: got %v", err)
	}
}

// Two models that do not fit together, and callers of both: each is closed and opened again, and nobody
// gets a wrong answer or none.
func TestModelsMakeRoomForEachOther(t *testing.T) {
	digests, reads := [2]string{}, [2]func(context.Context) ([]byte, error){}
	most, alone := int64(0), [2]*nn.Model{}
	for i, name := range []string{"sentiment", "intents"} {
		digests[i], reads[i], _ = shipped(t, name)
		m, err := NewPool(1<<30, static.Model).openFile(t.Context(), reads[i], nil)
		if err != nil {
			t.Fatal(err)
		}
		alone[i], most = m, max(most, m.Memory())
	}
	pool := NewPool(most, static.Model)
	defer pool.Close()
	var wait sync.WaitGroup
	for i := range 2 {
		want := alone[i].Classify(texts(0)[0])
		for range 4 {
			wait.Go(func() {
				for range 3 {
					results, err := pool.Classify(t.Context(), digests[i], reads[i], texts(0))
					if err != nil || !slices.Equal(results[0].Scores, want.Scores) {
						t.Errorf("model %d: got %v, %+v", i, err, results)
					}
				}
			})
		}
	}
	wait.Wait()
}

func TestAFileThatIsNoModelIsTriedAgain(t *testing.T) {
	pool, count := NewPool(1<<30, static.Model), 0
	read := func(context.Context) ([]byte, error) { count++; return []byte("no model"), nil }
	for range 2 {
		if _, err := pool.Classify(t.Context(), "x", read, texts(0)); !errors.Is(err, ErrNoModel) {
			t.Errorf("got %v", err)
		}
	}
	if count != 2 {
		t.Errorf("read %d times, expected 2", count)
	}
}

func TestAManifestKeepsAModel(t *testing.T) {
	m := api.Model{Name: "a", Info: task.Model{Labels: []string{"x", "y"}}, File: api.File{SHA256: "ab", Size: 2},
		License: "MIT",
		Recipe:  &api.File{SHA256: "cd", Size: 3}, Job: "j"}
	kept, err := Manifest(m)
	if err != nil {
		t.Fatal(err)
	}
	if back, err := Of(kept); err != nil || fmt.Sprint(back.Info, back.File, *back.Recipe,
		back.Job) != fmt.Sprint(m.Info, m.File, *m.Recipe, m.Job) {
		t.Errorf("got %+v, %v", back, err)
	}
	if kept.More[recipeKey].SHA256 != "cd" {
		t.Errorf("the recipe is not reached: %+v", kept)
	}
	kept.File.SHA256 = "other"
	if _, err := Of(kept); err == nil {
		t.Error("a manifest whose content was replaced is taken for the model")
	}
}

// One input after another, and as many callers as a batch holds: what batches gain.
func BenchmarkClassify(b *testing.B) {
	for _, name := range []string{"sentiment", "land"} {
		digest, read, _ := shipped(b, name)
		input := texts(0)
		if name == "land" {
			pixels := make([]byte, 4*64*64)
			input = []task.Input{{Pixels: &task.Pixels{Width: 64, Height: 64, RGBA: pixels}}}
		}
		for _, callers := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/callers=%d", name, callers), func(b *testing.B) {
				pool := NewPool(1<<30, static.Model)
				defer pool.Close()
				b.SetParallelism(callers)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if _, err := pool.Classify(b.Context(), digest, read, input); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}
