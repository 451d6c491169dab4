package preprocess

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

const pieces = `[["?",0],["",0],["",0],["",0],["",0],["",0],["▁",-2],["a",-3],["b",-3],["ab",-9]]`

func unigram(t *testing.T, length int) Encoder {
	t.Helper()
	p := recipe.Preprocess{Kind: string(task.Text), Text: &recipe.Text{Unigram: &recipe.Unigram{MaxLen: length}}}
	e, err := New(p, []byte(pieces))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestUnigramRows(t *testing.T) {
	e := unigram(t, 4)
	for text, want := range map[string]struct {
		row  []int32
		note string
	}{
		"ab":   {[]int32{7, 8, 9, 0}, ""},
		"我们":   {[]int32{7, 1, 0, 0}, "none of these words"},
		"a ba": {[]int32{7, 8, 7, 9}, "first 4 of 5"},
	} {
		row := tensor.Ints([]int32{5, 5, 5, 5}, 4)
		note, err := e.Fill(task.Input{Text: text}, row)
		if err != nil || !slices.Equal(row.I(), want.row) || (want.note == "") != (note == nil) ||
			!strings.Contains(fmt.Sprint(note), want.note) {
			t.Errorf("%q became %v with the note %v (%v), expected %v with %q", text, row.I(), note, err, want.row,
				want.note)
		}
	}
	for _, in := range []task.Input{{Text: " "}, {File: []byte("x")}} {
		if _, err := e.Fill(in, tensor.New(tensor.Int32, 4)); err == nil {
			t.Errorf("%+v was taken for a text", in)
		}
	}
}

func TestUnigramRowsAreTrimmedToFewLengths(t *testing.T) {
	e := unigram(t, 128)
	for used, want := range map[int]int{0: 16, 1: 16, 16: 16, 17: 32, 64: 64, 65: 128, 128: 128} {
		rows := tensor.New(tensor.Int32, 3, 128)
		for i := range used {
			rows.I()[128+i] = int32(i + 1) // the second of three is the longest
		}
		got := e.Trim(rows)
		if !got.Shape().Equal(tensor.Shape{3, want}) {
			t.Errorf("rows with %d pieces at most have shape %v, expected %d columns", used, got.Shape(), want)
			continue
		}
		if !slices.Equal(got.I()[want:want+used], rows.I()[128:128+used]) {
			t.Errorf("trimmed to %d, the row lost pieces", want)
		}
	}
	if short := unigram(t, 12).Trim(tensor.New(tensor.Int32, 1, 12)); short.Shape()[1] != 12 {
		t.Errorf("rows of 12 became %v", short.Shape())
	}
}
