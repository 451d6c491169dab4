package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/remote"
	"wafer/server/web"
	"wafer/static"
)

const moodRecipe = `{"name":"mood","seed":5,
 "preprocess":{"kind":"text","labels":["bad","good"],"data":{"train":[{"form":"csv","path":"data/mood.csv"}]},"text":{"tokenizer":{"num_words":50},"pad_sequences":{"maxlen":6}}},
 "define":{"zoo":"text_lstm","options":{"words":50,"length":6,"dim":8,"units":8}},
 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam","learning_rate":0.02},
 "train":{"epochs":2,"batch_size":8},"validate":{"validation_split":0.2},"test":{"test_split":0.2,"set":"mood"}}`

// whole starts what wafer serve starts, on a free port, until the test ends.
func whole(t *testing.T) (url string) {
	t.Helper()
	flags := flag.NewFlagSet("", flag.ContinueOnError)
	where, how := addBackendFlags(flags), addTrainerFlags(flags, 1, "")
	data, log := t.TempDir(), slog.New(slog.DiscardHandler)
	ctx, stop := context.WithCancel(context.Background())
	b, err := where.open(ctx, data, log)
	if err != nil {
		t.Fatal(err)
	}
	end, err := b.start(ctx, how.beside(data), log)
	if err != nil {
		t.Fatal(err)
	}
	h, err := web.New(web.Options{Files: static.Files, Log: log, Queue: b.queue, Store: b.store, Ready: b.ready,
		Open: true, Stop: ctx.Done()})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, l, h, log) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		end()
		b.close()
	})
	return "http://" + l.Addr().String()
}

// A recipe that is handed to a server gives the file that wafer train makes here.
func TestSubmitGivesTheFileThatTrainGives(t *testing.T) {
	url, dir := whole(t), t.TempDir()
	var rows strings.Builder
	for i := range 80 {
		fmt.Fprintf(&rows, "what a %s thing %d,%s\n", [2]string{"awful", "lovely"}[i%2], i,
			[2]string{"bad", "good"}[i%2])
	}
	recipe, here, there := filepath.Join(dir, "mood.json"), filepath.Join(dir, "here.wafer"),
		filepath.Join(dir, "there.wafer")
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, text := range map[string]string{recipe: moodRecipe,
		filepath.Join(dir, "data", "mood.csv"): rows.String()} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := cmdTrain([]string{recipe, "--data", dir, "--out", here}); err != nil {
		t.Fatal(err)
	}
	if err := cmdSubmit([]string{recipe, "--data", dir, "--server", url, "--model", "mood", "--name", "first", "--out",
		there}); err != nil {
		t.Fatal(err)
	}
	a, err := os.ReadFile(here)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(there); err != nil || !bytes.Equal(a, b) {
		t.Errorf("the files differ: %d and %d bytes (%v)", len(a), len(b), err)
	}
	var out bytes.Buffer
	if err := jobs(t.Context(), []string{"list", "--server", url}, &out); err != nil {
		t.Fatal(err)
	}
	id, _, _ := strings.Cut(strings.Split(out.String(), "\n")[1], " ")
	if !strings.Contains(out.String(), "succeeded") || !strings.Contains(out.String(), "first") {
		t.Errorf("the list is\n%s", &out)
	}
	variation(t, url, dir, id)
	for _, c := range []struct{ verb, says string }{{"retry", "not possible"}, {"delete", ""},
		{"show", "no such job"}} {
		if err := jobs(t.Context(), []string{c.verb, id, "--server", url}, &out); (err == nil) != (c.says == "") ||
			err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("jobs %s: got %v, expected %q", c.verb, err, c.says)
		}
	}
	os.Remove(filepath.Join(dir, "data", "mood.csv"))
	if err := cmdSubmit([]string{recipe, "--data", dir, "--server", url}); err == nil ||
		!strings.Contains(err.Error(), "data/mood.csv") {
		t.Errorf("a file that is not there: got %v", err)
	}
	for _, args := range [][]string{{"show"}, {"list", "x"}, {"explode", "x"}, {"show", "a", "b"}} {
		if err := jobs(t.Context(), args, &out); err == nil {
			t.Errorf("jobs %v: no error", args)
		}
	}
}

// variation: a job is run again with other numbers, without its data or its recipe at hand, and says what it varies.
func variation(t *testing.T, url, dir, id string) {
	t.Helper()
	recipe, here, there := filepath.Join(dir, "mood.json"), filepath.Join(dir, "here3.wafer"),
		filepath.Join(dir, "there3.wafer")
	if err := cmdTrain([]string{recipe, "--data", dir, "--epochs", "3", "--limit", "60", "--out", here}); err != nil {
		t.Fatal(err)
	}
	if err := cmdSubmit([]string{"--clone", id, "--epochs", "3", "--limit", "60", "--max-seconds", "600", "--name",
		"second", "--data", t.TempDir(), "--server", url}); err != nil {
		t.Fatal(err)
	}
	c, err := remote.New(url, "")
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := c.Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	j, err := c.Job(t.Context(), all[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	if j.Spec.CloneOf != id || j.Spec.Name != "second" || j.Spec.MaxSeconds != 600 || j.Spec.Model != "" ||
		len(all) != 2 {
		t.Errorf("the variation is %+v", j.Spec)
	}
	var out bytes.Buffer
	if err := jobs(t.Context(), []string{"wait", j.ID, "--out", there, "--server", url}, &out); err != nil ||
		!strings.Contains(out.String(), "epoch 3/3") {
		t.Errorf("waiting: %v, shown: %s", err, &out)
	}
	a, err := os.ReadFile(here)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(there); err != nil || !bytes.Equal(a, b) {
		t.Errorf("the variation differs from training by it: %d and %d bytes (%v)", len(a), len(b), err)
	}
	if err := cmdSubmit([]string{"--clone", "nosuchjob", "--server", url}); err == nil ||
		!strings.Contains(err.Error(), "no such job") {
		t.Errorf("a variation of nothing: %v", err)
	}
	if err := cmdSubmit([]string{"--clone", id, "--max-seconds", "100000000", "--server", url}); err == nil ||
		!strings.Contains(err.Error(), "max_seconds") {
		t.Errorf("too long: %v", err)
	}
}

// A run without test samples has no accuracy of 0: what is said is what was measured.
func TestAccuracyOfAResultIsMeasured(t *testing.T) {
	for want, r := range map[string]api.Result{
		"accuracy 0.7500": {Model: task.Model{Accuracy: 0.75},
			Metrics: map[string]float64{"val_accuracy": 0.9}},
		"accuracy 0.0000": {Metrics: map[string]float64{"test_accuracy": 0, "test_loss": 3,
			"val_accuracy": 0.9}},
		"validation accuracy 0.9000": {Metrics: map[string]float64{"val_accuracy": 0.9, "accuracy": 1}},
		"not measured":               {Metrics: map[string]float64{"accuracy": 1}},
	} {
		if got := measured(&r); got != want {
			t.Errorf("%+v: said %q, expected %q", r, got, want)
		}
	}
}
