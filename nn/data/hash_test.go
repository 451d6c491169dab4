package data

import (
	"slices"
	"testing"

	"wafer/nn/task"
)

func TestHashSeesEveryChange(t *testing.T) {
	base := func() *Dataset {
		return &Dataset{Labels: []string{"a", "b"}, Validation: []Sample{{Input: task.Input{Text: "v"}, Label: 0}},
			OutsideTest: []Sample{{Input: task.Input{Text: "o"}, Label: -1}},
			Train: []Sample{{Input: task.Input{Name: "1", File: []byte{1, 2}}, Label: 0},
				{Input: task.Input{Pixels: &task.Pixels{Width: 2, Height: 1, Grey: []byte{3, 4}}}, Label: 1}}}
	}
	want := base().Hash()
	for name, change := range map[string]func(*Dataset){
		"name of a label": func(d *Dataset) { d.Labels = []string{"ab", ""} },
		"label":           func(d *Dataset) { d.Train[0].Label = 1 },
		"file":            func(d *Dataset) { d.Train[0].Input.File[0] = 9 },
		"length":          func(d *Dataset) { d.Train[0].Input.File = d.Train[0].Input.File[:1] },
		"pixel":           func(d *Dataset) { d.Train[1].Input.Pixels.Grey[0] = 9 },
		"shape":           func(d *Dataset) { d.Train[1].Input.Pixels.Width, d.Train[1].Input.Pixels.Height = 1, 2 },
		"order":           func(d *Dataset) { slices.Reverse(d.Train) },
		"part":            func(d *Dataset) { d.Test, d.Validation = d.Validation, nil },
		"outside sample":  func(d *Dataset) { d.OutsideTest[0].Input.Text = "x" },
		"weight":          func(d *Dataset) { d.Weights = []byte{} },
	} {
		d := base()
		change(d)
		if d.Hash() == want {
			t.Errorf("a changed %s leaves the hash as it was", name)
		}
	}
	d := base()
	d.Train[0].Input.Name = "other"
	if d.Hash() != want {
		t.Error("the name of a file changed the hash")
	}
	d.Train[1].Input.Pixels = &task.Pixels{Width: 2, Height: 1, RGBA: []byte{3, 3, 3, 255, 4, 4, 4, 255}}
	if d.Hash() != want {
		t.Error("grey levels and the RGBA that they stand for have different hashes")
	}
}

// The hash stands in checkpoints and in files of models.
func TestHashStaysAsItWas(t *testing.T) {
	const want = "979d33d5982fd7f9551d6b28b6dfa602ac8819bd1dfd77ffe7967619b0a9fc5b"
	d := Dataset{Labels: []string{"a", "b"}, Train: []Sample{{Input: task.Input{Text: "one"}},
		{Input: task.Input{File: []byte{7}}, Label: 1}},
		Test:              []Sample{{Input: task.Input{Pixels: &task.Pixels{Width: 1, Height: 1, Grey: []byte{5}}}}},
		OutsideValidation: []Sample{{Input: task.Input{Text: "x"}, Label: -1}}, Weights: []byte("w")}
	if got := d.Hash(); got != want {
		t.Errorf("hash %s, expected %s", got, want)
	}
}
