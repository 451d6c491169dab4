package fit

import (
	"bytes"
	"testing"

	"wafer/nn/task"
)

// A run with what an earlier one left gives the file that it gives alone, and computes only the samples that are new;
// another base begins anew.
func TestFeaturesOfEarlierRunsGiveTheSameBits(t *testing.T) {
	base := imageBase(t)
	l := halves(base, 8)
	l.Solve = true
	cache := &Cache{}
	computed := 0
	o := Options{Cache: cache, Report: func(p task.Progress) {
		if p.Phase == task.Features {
			computed = max(computed, p.Steps)
		}
	}}
	run := func(what string, l teaching, want int) {
		t.Helper()
		computed = 0
		m, _ := l.taught(t, o)
		alone, _ := l.taught(t, Options{})
		if !bytes.Equal(m.Bytes(), alone.Bytes()) {
			t.Errorf("%s: another file than without what earlier runs left", what)
		}
		if computed != want {
			t.Errorf("%s: the features of %d samples were computed, expected %d", what, computed, want)
		}
	}
	if l.in[0].Pixels == nil {
		t.Fatal("the samples are files, expected pixels")
	}
	run("first", l, 16)
	run("the same again", l, 0)
	more := l
	more.in = append(append([]task.Input{}, l.in[2:]...), square(0, 50), square(3, 51), square(3, 52))
	more.labels = append(append([]int{}, l.labels[2:]...), 0, 1, 1)
	more.Counts = []int{8, 9}
	run("two fewer, three more", more, 3)
	run("the two are back", l, 2)
	whole := l
	whole.Whole = true
	run("a network that is fine-tuned", whole, 0)
	other, _ := l.taught(t, Options{})
	onOther := halves(other, 8)
	onOther.Solve = true
	onOther.in = l.in
	run("on another base", onOther, 16)
}

// A run that changes nothing of its base leaves it to the next; one that trains it reads it anew.
func TestABaseIsReadOnceWhereNothingChangesIt(t *testing.T) {
	l := halves(imageBase(t), 4)
	l.Solve = true
	want, _ := l.taught(t, Options{})
	cache := &Cache{}
	for i := range 2 {
		if m, _ := l.taught(t, Options{Cache: cache}); !bytes.Equal(m.Bytes(), want.Bytes()) {
			t.Errorf("run %d with a cache gives another file", i)
		}
	}
	kept := cache.base
	if kept == nil {
		t.Fatal("the base is not kept")
	}
	whole := l
	whole.Whole, whole.Epochs = true, 1
	tuned, _ := whole.taught(t, Options{})
	if m, _ := whole.taught(t, Options{Cache: cache}); !bytes.Equal(m.Bytes(), tuned.Bytes()) {
		t.Error("fine-tuning with a cache gives another file")
	}
	if m, _ := l.taught(t, Options{Cache: cache}); !bytes.Equal(m.Bytes(), want.Bytes()) || cache.base != kept {
		t.Error("after fine-tuning, solving gives another file, or the base was read again")
	}
}

// A run that leaves its file for later gives a model that answers as the one with a file, and then the same file.
func TestAFileThatIsMadeLaterIsTheSame(t *testing.T) {
	l := halves(imageBase(t), 8)
	l.Solve = true
	want, first := l.taught(t, Options{})
	cache := &Cache{}
	for i := range 2 {
		m, rep := l.taught(t, Options{Cache: cache, Later: true})
		if m.Bytes() != nil || rep.WeightsHash != "" || rep.DataHash != "" {
			t.Errorf("run %d: there is a file of %d bytes with the hashes %q and %q before it is asked for", i,
				len(m.Bytes()), rep.WeightsHash, rep.DataHash)
		}
		if got, answer := m.Classify(l.in[0]), want.Classify(l.in[0]); got.Scores[0] != answer.Scores[0] ||
			m.Info().Rejects != want.Info().Rejects {
			t.Errorf("run %d: without a file it says %+v, expected %+v", i, got, answer)
		}
		if err := m.Seal(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(m.Bytes(), want.Bytes()) || rep.WeightsHash != first.WeightsHash ||
			rep.DataHash != first.DataHash || m.Info().SHA256 != want.Info().SHA256 || m.Info().ID != want.Info().ID {
			t.Errorf("run %d: its file is another than that of a run that makes it at once", i)
		}
		if err := m.Seal(); err != nil || m.Info().SHA256 != want.Info().SHA256 {
			t.Errorf("run %d: asked for once more, the file is another: %v", i, err)
		}
	}
}
