package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestSizesOfMemory(t *testing.T) {
	for s, want := range map[string]int64{"8GB": 8e9, "512MiB": 512 << 20, "1.5g": 15e8, "100": 100, "2 kb": 2000} {
		if n, err := parseBytes(s); err != nil || n != want {
			t.Errorf("%q is %d, %v, want %d", s, n, err, want)
		}
	}
	for _, s := range []string{"", "GB", "-1GB", "8XB", "1e30", "0", "nan", "8 GB of"} {
		if n, err := parseBytes(s); err == nil {
			t.Errorf("%q is %d, want an error", s, n)
		}
	}
}

func TestTheLimitIsWhatTheMachineHasFree(t *testing.T) {
	files := map[string]string{"/proc/meminfo": "MemTotal:       2000 kB\nMemAvailable:   1000 kB\n"}
	read := func(name string) ([]byte, error) {
		if s, ok := files[name]; ok {
			return []byte(s), nil
		}
		return nil, errors.New("none")
	}
	if l := machineMemory(read); l.bytes != 1000<<10 {
		t.Errorf("got %+v", l)
	}
	files["/sys/fs/cgroup/memory.max"] = "max\n"
	if l := machineMemory(read); l.bytes != 1000<<10 {
		t.Errorf("without a limit of the group: got %+v", l)
	}
	files["/sys/fs/cgroup/memory.max"] = "5000\n"
	if l := machineMemory(read); l.bytes != 5000 {
		t.Errorf("with one: got %+v", l)
	}
	clear(files)
	if l := machineMemory(read); l.bytes != 0 {
		t.Errorf("elsewhere: got %+v", l)
	}
}

// A run that does not fit is refused before anything is written, with what would fit.
func TestARunThatDoesNotFitIsRefused(t *testing.T) {
	dir := t.TempDir()
	stripes(t, dir)
	recipe, model := filepath.Join(dir, "r.json"), filepath.Join(dir, "m.wafer")
	put(t, recipe, []byte(strings.Replace(stripesRecipe, "%d", "1", 1)))
	out, err := runWafer(t, "train", recipe, "--data", dir, "--out", model, "--memory", "30KB")
	if err == nil || !strings.Contains(err.Error(), "more than 30.00 KB (--memory)") || !strings.Contains(out, "memory: ") || strings.Contains(out, "epoch") {
		t.Errorf("got %v\n%s", err, out)
	}
	out, err = runWafer(t, "train", recipe, "--data", dir, "--out", model, "--memory", "100KB")
	if err == nil || !strings.Contains(err.Error(), "with train.batch_size") {
		t.Errorf("got %v\n%s", err, out)
	}
	out, err = runWafer(t, "train", recipe, "--data", dir, "--out", model, "--memory", "1GB", "--limit", "10", "--json")
	if err != nil || !strings.Contains(out, `{"limit":1000000000,"memory":{"phase":"training","programs":`) || !strings.Contains(out, `"train_samples":10`) {
		t.Errorf("got %v\n%s", err, out)
	}
}
