package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"wafer/nn/document"
	"wafer/nn/graph"
	"wafer/nn/task"
)

// headOf is the file of a shipped model without the weights that its base has: all but those of the last layer.
func headOf(t testing.TB, name string) (head, base []byte) {
	t.Helper()
	base, err := os.ReadFile("../../static/models/" + name + ".wafer")
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(base, Options{})
	if err != nil {
		t.Fatal(err)
	}
	doc, own := *m.Document(), graph.State{}
	sum := sha256.Sum256(base)
	doc.Info.Needs, doc.Info.ID = hex.EncodeToString(sum[:]), "head"
	last := m.doc.Layers.Last().Name
	for _, w := range m.doc.Layers.Weights() {
		if w.Layer == last {
			own[w.Name] = m.state[w.Name]
		}
	}
	if doc.Outside.Rows() {
		own[CentroidsName] = m.state[CentroidsName]
	}
	if head, err = document.Encode(doc, own, nil, nil); err != nil {
		t.Fatal(err)
	}
	return head, base
}

// A file that names its base gives, together with it, the numbers of a file that has everything; so does the file that
// both make, which needs nothing else.
func TestHeadsAreJoinedWithTheirBase(t *testing.T) {
	head, base := headOf(t, "land")
	if len(head) > len(base)/4 {
		t.Errorf("the head has %d bytes, its base %d", len(head), len(base))
	}
	want, err := Open(base, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var room int64
	got, err := Open(head, Options{Find: func(sum string) ([]byte, error) {
		if sum != want.Info().SHA256 {
			t.Errorf("was asked for %s, expected %s", sum, want.Info().SHA256)
		}
		return base, nil
	}, Room: func(n int64) error { room = n; return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if room != got.Memory() || room < want.Memory() {
		t.Errorf("room for %d bytes was asked for, expected that of both parts, %d, above %d", room, got.Memory(),
			want.Memory())
	}
	if info := got.Info(); info.ID != "head" || info.Bytes != int64(len(head)) || info.Needs != want.Info().SHA256 {
		t.Errorf("the model is described as %+v, expected its own file of %d bytes", info, len(head))
	}
	file, err := got.Whole()
	if err != nil || !bytes.Equal(got.Bytes(), head) {
		t.Fatalf("both in one: %v; the file itself has %d bytes, expected %d", err, len(got.Bytes()), len(head))
	}
	whole, err := Open(file, Options{})
	if err != nil {
		t.Fatalf("both in one: %v", err)
	}
	in := picture(64, 64)
	for name, m := range map[string]*Model{"joined": got, "both in one": whole} {
		a, b := m.Classify(in), want.Classify(in)
		for i := range b.Scores {
			if a.Error != "" || a.Scores[i] != b.Scores[i] {
				t.Fatalf("%s: %+v, expected %+v", name, a, b)
			}
		}
	}
}

func picture(width, height int) task.Input {
	rgba := make([]byte, 4*width*height)
	for i := range rgba {
		rgba[i] = byte(i*i>>3) | 255*byte(i%4/3)
	}
	return task.Input{Pixels: &task.Pixels{Width: width, Height: height, RGBA: rgba}}
}

func TestHeadsSayWhatTheyLack(t *testing.T) {
	head, base := headOf(t, "land")
	other, err := os.ReadFile("../../static/models/digits.wafer")
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(head)
	damaged[len(damaged)-100] ^= 1
	gone := errors.New("there is no connection")
	for name, c := range map[string]struct {
		head []byte
		find document.Finder
		want string
	}{
		"no base":    {head, nil, "is not at hand"},
		"not found":  {head, func(string) ([]byte, error) { return nil, gone }, "no connection"},
		"other base": {head, func(string) ([]byte, error) { return other, nil }, "is the head of the model"},
		"damaged":    {damaged, func(string) ([]byte, error) { return base, nil }, "damaged"},
	} {
		if _, err := Open(c.head, Options{Find: c.find}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is %v, expected %q", name, err, c.want)
		}
	}
	full := errors.New("full")
	if _, err := Open(head, Options{Find: func(string) ([]byte, error) { return base, nil },
		Room: func(int64) error { return full }}); err != full {
		t.Errorf("without room the error is %v", err)
	}
	if info, err := Describe(head, Options{}); err != nil || info.Needs == "" {
		t.Errorf("a head alone is described as %+v, %v", info, err)
	}
}

func FuzzHead(f *testing.F) {
	head, base := headOf(f, "land")
	f.Add(head)
	f.Add(base)
	f.Fuzz(func(t *testing.T, file []byte) {
		Open(file, Options{Find: func(string) ([]byte, error) { return base, nil },
			Room: func(n int64) error {
				if n > 1<<30 {
					return errors.New("too large")
				}
				return nil
			}})
	})
}
