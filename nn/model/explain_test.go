package model

import (
	"math"
	"math/rand/v2"
	"testing"

	"wafer/nn/explain"
	"wafer/nn/graph"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
	"wafer/nn/tensor"
)

func photo(t *testing.T, name string) task.Input {
	t.Helper()
	return task.Input{File: sharedtest.Read(t, "data/sample-photos/original/"+name)}
}

// The bird sits at the upper left, the man's uniform is below his face.
func TestPhotosAreExplainedByTheirPlaces(t *testing.T) {
	m := shipped(t, "photos")
	for name, expected := range map[string]task.Place{"bird.jpg": {Row: "upper", Column: "left"},
		"grace_hopper.jpg": {Row: "lower", Column: "centre"}} {
		why, err := m.Explain(photo(t, name), -1, "")
		if err != nil {
			t.Fatal(err)
		}
		first := m.Classify(photo(t, name)).Scores[0].Index
		if why.Method != task.CAM || why.Map.Place != expected || why.Index != first {
			t.Errorf("%s: expected an exact map of label %d with most of it at %+v, found %s of label %d at %+v", name,
				first, expected, why.Method, why.Index, why.Map.Place)
		}
		sum := float32(0)
		for _, v := range why.Map.Values {
			sum += v
		}
		if math.Abs(float64(sum-why.Score)) > 1e-4 {
			t.Errorf("%s: expected places that add up to %g, found %g", name, why.Score, sum)
		}
	}
}

// Adebayo et al. 2018, arXiv 1810.03292: what explains a network cannot be what explains another.
func TestRandomWeightsAnswerForOtherReasons(t *testing.T) {
	m := shipped(t, "photos")
	before, err := m.Explain(photo(t, "bird.jpg"), 19, "")
	if err != nil {
		t.Fatal(err)
	}
	state, r := graph.State{}, rand.New(rand.NewPCG(1, 2))
	for name, v := range m.state { // the same numbers elsewhere
		state[name] = v.Clone()
		f := state[name].F()
		r.Shuffle(len(f), func(i, k int) { f[i], f[k] = f[k], f[i] })
	}
	n := m.network()
	n.State = state
	x, _, err := m.Encode(photo(t, "bird.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	after, err := n.CAM(x, 19)
	if err != nil {
		t.Fatal(err)
	}
	var ab, aa, bb float64
	for i, v := range before.Map.Values {
		a, b := float64(v)-float64(before.Score)/49, float64(after.Values[i])-float64(after.Score)/49
		ab, aa, bb = ab+a*b, aa+a*a, bb+b*b
	}
	if c := ab / math.Sqrt(aa*bb); c > 0.5 {
		t.Errorf("expected a correlation below 0.5 of the maps of two networks, found %.2f", c)
	}
}

func TestDrawingsAreExplainedByGradCAMAndByCovering(t *testing.T) {
	m := shipped(t, "digits")
	for _, method := range []task.Method{"", task.Occlusion} {
		why, err := m.Explain(stroke(3), -1, method)
		if err != nil {
			t.Fatal(err)
		}
		top := float32(0)
		for _, v := range why.Map.Values {
			top = max(top, v)
		}
		expected := task.Occlusion
		if method == "" {
			expected = task.GradCAM
		}
		if why.Method != expected || top <= 0 || len(why.Map.Values) != why.Map.Height*why.Map.Width {
			t.Errorf("%q: expected a map by %s with something above 0, found %+v", method, expected, why)
		}
	}
	if _, err := m.Explain(stroke(3), -1, task.LeaveOut); err == nil {
		t.Error("expected an error for words of a picture, found none")
	}
}

const mixed = "What a terrible film, but I loved the music."

func TestWordsLeftOutAreWhatTheAnswerLoses(t *testing.T) {
	m := shipped(t, "sentiment")
	why, err := m.Explain(task.Input{Text: mixed}, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	if len(why.Parts) != 9 || why.Method != task.LeaveOut {
		t.Fatalf("expected nine words left out, found %+v", why)
	}
	for i, p := range why.Parts {
		rest := ""
		for k, q := range why.Parts {
			if k != i {
				rest += q.Text
			}
		}
		res := m.Classify(task.Input{Text: rest})
		for _, s := range res.Scores {
			if s.Index == 0 && s.Probability != p.Share {
				t.Errorf("without %q: expected the share %g, found %g", p.Text, s.Probability, p.Share)
			}
		}
	}
	if why.Parts[2].Value < 2 || why.Parts[6].Value > -1 {
		t.Errorf("expected that terrible speaks for a bad review and loved against it, found %+v", why.Parts)
	}
}

func TestTokensOfSentencesByIntegratedGradients(t *testing.T) {
	m := shipped(t, "sentiment")
	why, err := m.Explain(task.Input{Text: mixed}, 0, task.Gradients)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range why.Parts {
		if i != 2 && p.Value >= why.Parts[2].Value || i != 6 && p.Value <= why.Parts[6].Value {
			t.Errorf("expected most for a bad review in terrible, most against it in loved, found %+v", why.Parts)
		}
	}
	for _, text := range []string{mixed, "The food was cold.", "I could not be happier with this phone!"} {
		x, _, err := m.Encode(task.Input{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		complete(t, m, m.encode.Trim(x), text)
	}
}

// complete compares the sum of the salience with the difference of scores: within 5 of 100 of it.
func complete(t *testing.T, m *Model, x *tensor.Tensor, text string) {
	t.Helper()
	for entry, steps := range map[string]int{"tokens": gradientSteps, "ngrams": 1} {
		s, err := m.network().IntegratedGradients(x, entry, 0, steps)
		if err != nil {
			t.Fatal(err)
		}
		way := float64(s.Score - s.Baseline)
		t.Logf("%q, %s: sum %.4f, difference of scores %.4f", text, entry, s.Sum(), way)
		if math.Abs(float64(s.Sum())-way) > 0.05*math.Abs(way)+1e-3 {
			t.Errorf("%q, %s: expected a sum of %g ± 5 %%, found %g", text, entry, way, s.Sum())
		}
	}
}

func TestNothingToExplainIsAnError(t *testing.T) {
	m := shipped(t, "sentiment")
	for what, in := range map[string]task.Input{"a picture": stroke(1), "no text": {Text: ""}} {
		if why, err := m.Explain(in, -1, ""); err == nil {
			t.Errorf("%s: expected an error, found %+v", what, why)
		}
	}
	if _, err := m.Explain(task.Input{Text: "good"}, 2, ""); err == nil {
		t.Error("expected an error for the third of two labels, found none")
	}
	if _, err := shipped(t, "sentiment-lstm").Explain(task.Input{Text: "good"}, -1, task.Gradients); err == nil {
		t.Error("expected an error for a model whose tokens have no known places, found none")
	}
}

func TestPaintedMapsAreOpaqueAndLargeEnough(t *testing.T) {
	m := &explain.Map{Height: 2, Width: 2, Values: []float32{4, -1, 0, 1}}
	painted, width, height := m.Paint(make([]byte, 4*28*28), 28, 28)
	if width != 224 || height != 224 || len(painted) != 4*224*224 {
		t.Fatalf("expected 224 × 224 pixels, found %d × %d with %d bytes", width, height, len(painted))
	}
	for i := 3; i < len(painted); i += 4 {
		if painted[i] != 255 {
			t.Fatalf("expected opaque pixels, found %d at %d", painted[i], i)
		}
	}
	if first, last := painted[:3], painted[len(painted)-4:]; int(first[0])+int(first[1]) <= int(last[0])+int(last[1]) {
		t.Errorf("expected the upper left brighter than the lower right, found %v and %v", first, last)
	}
	if row, column := m.Place(); row != 0 || column != 0 {
		t.Errorf("expected most at row 0, column 0, found %d, %d", row, column)
	}
}
