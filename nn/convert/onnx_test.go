package convert

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// SqueezeNet gives the scores that onnxruntime-web gives for the same pictures.
func TestSqueezeNetAgreesWithItsOwnTool(t *testing.T) {
	file := readShared(t, "models/squeezenet-1.1/squeezenet1_1.onnx")
	m, err := open(one(file), Options{Name: "squeezenet", Card: Card{
		Image: &recipe.Image{Height: 224, Width: 224, Channels: 3, Resize: "bilinear", Mode: "centre", Background: "white",
			Normalisation: "none"},
		Pixels: &Pixels{Order: "bgr", Mean: []float32{104, 117, 123}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string]json.RawMessage{}
	if err := json.Unmarshal(readShared(t, "conformance/reference-outputs/golden.json"), &golden); err != nil {
		t.Fatal(err)
	}
	pictures := map[string][][2]float64{}
	if err := json.Unmarshal(golden["squeezenet-1.1 (onnx, BGR-mean 104/117/123)"], &pictures); err != nil {
		t.Fatal(err)
	}
	for name, want := range pictures {
		got := m.Classify(task.Input{Name: name, File: readShared(t, "data/sample-photos/png224/"+name)})
		for _, w := range want {
			label := fmt.Sprintf("kind %d", int(w[0]))
			i := slices.IndexFunc(got.Scores, func(s task.Score) bool { return s.Label == label })
			if i < 0 || math.Abs(float64(got.Scores[i].Probability)-w[1]) > 1e-4 {
				t.Errorf("%s: %s has place %d in %v, expected %v", name, label, i, got.Scores[:5], w[1])
			}
		}
		if got.Error != "" || len(want) == 0 {
			t.Errorf("%s: %s, %d scores are expected", name, got.Error, len(want))
		}
	}
}
