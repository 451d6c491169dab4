package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wafer/server/trainer/trainertest"
)

// TestMain lets the test binary stand in for wafer itself.
func TestMain(m *testing.M) {
	if os.Getenv("WAFER_TEST_AS_MAIN") == "1" {
		os.Exit(Main(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func wafer(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), "WAFER_TEST_AS_MAIN=1")
	return c
}

// runWafer returns what the command printed, and its error output when it fails.
func runWafer(t *testing.T, args ...string) (string, error) {
	t.Helper()
	c := wafer(args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return out.String(), fmt.Errorf("%s", strings.TrimSpace(errs.String()))
	}
	return out.String(), nil
}

func put(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

// stripes writes a folder per class of small pictures: horizontal or vertical stripes.
func stripes(t *testing.T, dir string) {
	t.Helper()
	trainertest.WriteFiles(t, dir, trainertest.Stripes(24))
}

const stripesRecipe = `{"name":"stripes","seed":2,"numerics":{"storage":"float16"},
 "preprocess":{"kind":"image","data":{"train":[{"form":"folder","path":"stripes"}]},
  "image":{"height":16,"width":16,"channels":1,"augment":{"shift":0.1}}},
 "define":{"layers":{"name":"tiny","input_shape":[16,16,1],"input_dtype":"f32","layers":[
  {"name":"conv","class":"Conv2D","config":{"filters":4,"kernel_size":[3,3],"strides":[2,2],"activation":"relu"},"inputs":["input"]},
  {"name":"norm","class":"BatchNormalization","config":{"momentum":0.8},"inputs":["conv"]},
  {"name":"flatten","class":"Flatten","inputs":["norm"]},
  {"name":"drop","class":"Dropout","config":{"rate":0.2},"inputs":["flatten"]},
  {"name":"out","class":"Dense","config":{"units":2,"activation":"softmax"},"inputs":["drop"]}]}},
 "loss":{"name":"sparse_categorical_crossentropy"},
 "optimizer":{"name":"adam","use_ema":true,"ema_momentum":0.9},
 "train":{"epochs":%d,"batch_size":8},
 "validate":{"validation_split":0.2},
 "test":{"test_split":0.2,"set":"stripes"},
 "card":{"title":"Stripes","about":"Tells stripes apart.","credit":"none","labels_zh":["横","竖"]}}`

func TestTrainEvalPredict(t *testing.T) {
	dir := t.TempDir()
	stripes(t, dir)
	recipe, model := filepath.Join(dir, "stripes.json"), filepath.Join(dir, "out", "stripes.wafer")
	put(t, recipe, fmt.Appendf(nil, stripesRecipe, 8))
	out, err := runWafer(t, "train", recipe, "--data", dir, "--out", model)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"epoch 8/8", "samples/s", "val_accuracy", "test accuracy", "weights ", "data ",
		"wrote "} {
		if !strings.Contains(out, want) {
			t.Errorf("train printed no %q:\n%s", want, out)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "out", "stripes.report.html"))
	if err != nil || !strings.Contains(string(page), "Stripes on 10 test samples of stripes. Weights ") ||
		!strings.Contains(string(page), "Confusion matrix") {
		t.Errorf("the report beside the model (%v) has %d bytes and is\n%.600s", err, len(page), page)
	}
	if _, err := os.Stat(model + ".checkpoint"); err == nil {
		t.Error("the checkpoint is still there after the run")
	}
	out, err = runWafer(t, "eval", model, filepath.Join(dir, "stripes"), "--json")
	var e struct {
		Samples  int
		Accuracy float64
	}
	if err != nil || json.Unmarshal([]byte(out), &e) != nil || e.Samples != 48 || e.Accuracy < 0.9 {
		t.Errorf("eval on the folder: %v\n%s", err, out)
	}
	out, err = runWafer(t, "eval", model, recipe, "--data", dir)
	if err != nil || !strings.Contains(out, "on 10 samples") {
		t.Errorf("eval on the recipe's test part: %v\n%s", err, out)
	}
	picture := filepath.Join(dir, "stripes", "down", "03.png")
	out, err = runWafer(t, "predict", "--top", "1", model, picture)
	if err != nil || !strings.HasPrefix(out, "03.png:  down ") {
		t.Errorf("predict: %v\n%s", err, out)
	}
}

func TestTrainTwiceGivesTheSameFile(t *testing.T) {
	dir := t.TempDir()
	stripes(t, dir)
	recipe := filepath.Join(dir, "stripes.json")
	put(t, recipe, fmt.Appendf(nil, stripesRecipe, 2))
	var files [][]byte
	for i, threads := range []string{"1", "2"} {
		model := filepath.Join(dir, fmt.Sprint(i, ".wafer"))
		if _, err := runWafer(t, "train", recipe, "--data", dir, "--out", model, "--threads", threads,
			"--json"); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(model)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, b)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("one and two threads gave different files")
	}
}

// undisturbed trains thirty epochs in one go: what interrupted runs must end with.
func undisturbed(t *testing.T) (dir, recipe, whole string) {
	t.Helper()
	dir = t.TempDir()
	stripes(t, dir)
	recipe, whole = filepath.Join(dir, "r.json"), filepath.Join(dir, "whole.wafer")
	put(t, recipe, fmt.Appendf(nil, stripesRecipe, 30))
	if _, err := runWafer(t, "train", recipe, "--data", dir, "--out", whole); err != nil {
		t.Fatal(err)
	}
	return dir, recipe, whole
}

func sameFile(t *testing.T, interrupted, whole string) {
	t.Helper()
	a, errA := os.ReadFile(whole)
	b, errB := os.ReadFile(interrupted)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("the interrupted run gave another file than the whole one (%v, %v)", errA, errB)
	}
}

// nextEpoch reads on to the next line about an epoch.
func nextEpoch(lines *bufio.Scanner) bool {
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "epoch ") {
			return true
		}
	}
	return false
}

// A run that is killed in the middle and resumed ends with the same file.
func TestTrainingSurvivesAKill(t *testing.T) {
	dir, recipe, whole := undisturbed(t)
	killed := filepath.Join(dir, "killed.wafer")
	for _, signal := range []os.Signal{syscall.SIGKILL, syscall.SIGTERM} {
		c := wafer("train", recipe, "--data", dir, "--out", killed, "--resume")
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 0; n < 4 && nextEpoch(lines); n++ {
		}
		c.Process.Signal(signal)
		for lines.Scan() {
		}
		if err := c.Wait(); err == nil {
			t.Fatalf("the run ended by itself before %v", signal)
		}
	}
	out, err := runWafer(t, "train", recipe, "--data", dir, "--out", killed, "--resume")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out, "epoch 1/30") {
		t.Error("the resumed run began at the first epoch")
	}
	sameFile(t, killed, whole)
}

// SIGUSR1 asks for a checkpoint in the middle of an epoch of a run that goes on; from
// it the run ends with the same file.
func TestACheckpointOnRequest(t *testing.T) {
	dir, recipe, whole := undisturbed(t)
	asked := filepath.Join(dir, "asked.wafer")
	c := wafer("train", recipe, "--data", dir, "--out", asked)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	written, lines := 0, bufio.NewScanner(out)
	for epoch := 1; epoch <= 3 && nextEpoch(lines); epoch++ {
		c.Process.Signal(syscall.SIGUSR1)
		if _, err := os.Stat(asked + ".checkpoint"); err == nil {
			written++
		}
	}
	c.Process.Kill()
	for lines.Scan() {
	}
	if err := c.Wait(); err == nil || written == 0 {
		t.Fatalf("the run should go on after the request and be killed (%v) with a checkpoint written (%d seen)", err,
			written)
	}
	if _, err := runWafer(t, "train", recipe, "--data", dir, "--out", asked, "--resume"); err != nil {
		t.Fatal(err)
	}
	sameFile(t, asked, whole)
}

func TestTextTablesAndMapping(t *testing.T) {
	dir := t.TempDir()
	var tsv, jsonl, csv strings.Builder
	csv.WriteString("text,label\n")
	for i := range 30 {
		fmt.Fprintf(&tsv, "so good number%d\t1,2\tid\nreally bad thing%d\t3\tid\nnothing here%d\t9\tid\n"+
			"mixed up%d\t1,3\tid\n", i, i, i, i)
		fmt.Fprintf(&jsonl, "{\"text\":\"good line%d\",\"label\":\"plus\"}\n", i)
		fmt.Fprintf(&csv, "\"bad, quoted%d\",minus\n", i)
	}
	put(t, filepath.Join(dir, "a.tsv"), []byte(tsv.String()))
	put(t, filepath.Join(dir, "b.jsonl"), []byte(jsonl.String()))
	put(t, filepath.Join(dir, "c.csv"), []byte(csv.String()))
	recipe, model := filepath.Join(dir, "r.json"), filepath.Join(dir, "m.wafer")
	put(t, recipe, []byte(`{"name":"mood","preprocess":{"kind":"text","labels":["minus","plus"],"data":{"train":[
	 {"form":"tsv","path":"a.tsv","text_column":"0","label_column":"1","separator":",","map":{"plus":["1","2"],"minus":["3"]}},
	 {"form":"jsonl","path":"b.jsonl","text_column":"text","label_column":"label"},
	 {"form":"csv","path":"c.csv","header":true,"text_column":"text","label_column":"label"}]},
	 "text":{"tokenizer":{"num_words":100},"pad_sequences":{"maxlen":5}}},
	 "define":{"zoo":"text_lstm","options":{"words":100,"length":5,"dim":8,"units":8}},
	 "loss":{"name":"binary_crossentropy"},"optimizer":{"name":"adam","learning_rate":0.01},"train":{"epochs":5},"test":{"test_split":0.1}}`))
	out, err := runWafer(t, "train", recipe, "--data", dir, "--out", model)
	if err != nil || !strings.Contains(out, "trained on 108 samples") {
		t.Fatalf("want 108 = 0.9·(60+30+30) samples: %v\n%s", err, out)
	}
	out, err = runWafer(t, "predict", model, "--text", "so good", "--json")
	if err != nil || !strings.Contains(out, `"label":"plus"`) {
		t.Errorf("predict: %v\n%s", err, out)
	}
	out, err = runWafer(t, "eval", model, filepath.Join(dir, "c.csv"), "--header")
	if err != nil || !strings.Contains(out, "accuracy 1.0000 on 30 samples") {
		t.Errorf("eval on csv: %v\n%s", err, out)
	}
}

func TestBadArgumentsAreSentences(t *testing.T) {
	dir := t.TempDir()
	stripes(t, dir)
	recipe := filepath.Join(dir, "r.json")
	put(t, recipe, fmt.Appendf(nil, stripesRecipe, 1))
	wrong := filepath.Join(dir, "wrong.json")
	put(t, wrong, bytes.Replace(fmt.Appendf(nil, stripesRecipe, 1), []byte("batch_size"), []byte("batchsize"), 1))
	put(t, filepath.Join(dir, "text.jpg"), []byte("this is a text"))
	broken := filepath.Join(dir, "broken")
	stripes(t, broken)
	flipped, err := os.ReadFile(filepath.Join(broken, "stripes", "down", "05.png"))
	if err != nil {
		t.Fatal(err)
	}
	flipped[len(flipped)-20] ^= 0xff // whole by its chunks, but not the pixels
	put(t, filepath.Join(broken, "stripes", "down", "05.png"), flipped)
	for want, args := range map[string][]string{
		"takes one recipe": {"train"},
		"no such file":     {"train", filepath.Join(dir, "none.json")},
		"train.batchsize: unknown key, did you mean": {"train", wrong, "--data", dir},
		"expected a file or folder":                  {"train", recipe, "--data", t.TempDir()},
		"05.png": {"train", recipe, "--data", broken, "--out",
			filepath.Join(dir, "x.wafer")},
		"is not a .wafer file": {"predict", recipe, filepath.Join(dir, "text.jpg")},
		"there is no command":  {"trian"},
	} {
		out, err := runWafer(t, args...)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "goroutine") {
			t.Errorf("wafer %q: got %v\n%s\nwant an error with %q", args, err, out, want)
		}
	}
}

// A run that does not fit is refused before anything is written, with what would fit.
func TestARunThatDoesNotFitIsRefused(t *testing.T) {
	dir := t.TempDir()
	stripes(t, dir)
	recipe, model := filepath.Join(dir, "r.json"), filepath.Join(dir, "m.wafer")
	put(t, recipe, []byte(strings.Replace(stripesRecipe, "%d", "1", 1)))
	out, err := runWafer(t, "train", recipe, "--data", dir, "--out", model, "--memory", "30KB")
	if err == nil || !strings.Contains(err.Error(), "more than 30.00 KB (--memory)") ||
		!strings.Contains(out, "memory: ") || strings.Contains(out, "epoch") {
		t.Errorf("got %v\n%s", err, out)
	}
	out, err = runWafer(t, "train", recipe, "--data", dir, "--out", model, "--memory", "1.3MB")
	if err == nil || !strings.Contains(err.Error(), "with train.batch_size") {
		t.Errorf("got %v\n%s", err, out)
	}
	out, err = runWafer(t, "train", recipe, "--data", dir, "--out", model, "--memory", "1GB", "--limit", "10", "--json")
	if err != nil || !strings.Contains(out, `{"limit":1000000000,"memory":{"phase":"training","programs":`) ||
		!strings.Contains(out, `"train_samples":10`) {
		t.Errorf("got %v\n%s", err, out)
	}
}
