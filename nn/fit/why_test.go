package fit

import (
	"context"
	"math"
	"testing"

	"wafer/nn/task"
)

// A model of n-grams says of every letter what its n-grams weigh: with the bias that is the score, exactly.
func TestNGramsExplainTheirAnswers(t *testing.T) {
	l := reviewTeaching(10, 10)
	m, _ := l.taught(t, Options{})
	why, err := m.Explain(task.Input{Text: "房间很脏，早餐难吃"}, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	if why.Method != task.NGrams || len(why.Parts) != 8 {
		t.Fatalf("expected the weights of n-grams for eight letters, found %+v", why)
	}
	bias := m.State()["ngram_bias/value"].F()
	sum := (float64(bias[1]) - float64(bias[0])) / 2 // the score is the logit less the mean of both
	for _, p := range why.Parts {
		sum += float64(p.Value)
	}
	if math.Abs(sum-float64(why.Score)) > 1e-4 {
		t.Errorf("expected parts that add up to the score %g, found %g", why.Score, sum)
	}
	if why.Parts[3].Value <= why.Parts[0].Value || why.Parts[3].Value <= 0 {
		t.Errorf("expected that 脏 speaks more for a bad review than 房, found %+v", why.Parts)
	}
}

func TestNearestSamplesOfATaughtModel(t *testing.T) {
	texts := reviewTeaching(10, 10)
	pictures := stripedBy(t, "photos-light", 4)
	for what, l := range map[string]teaching{"texts": texts, "pictures": pictures} {
		m, _ := l.taught(t, Options{})
		rows := make([][]float32, len(l.in))
		for _, i := range []int{0, 7} {
			near, err := m.Nearest(context.Background(), l.in[i], l.in, rows, 3)
			if err != nil {
				t.Fatal(err)
			}
			if len(near) != 3 || near[0].Sample != i || math.Abs(float64(near[0].Cosine)-1) > 1e-5 ||
				near[1].Cosine < near[2].Cosine || near[1].Cosine > 1 {
				t.Errorf("%s: expected sample %d itself with the cosine 1 and two more, found %+v", what, i, near)
			}
		}
		same, _ := m.Nearest(context.Background(), l.in[3], l.in, rows, 2)
		again, _ := m.Nearest(context.Background(), l.in[3], l.in, make([][]float32, len(l.in)), 2)
		if len(same) != 2 || len(again) != 2 || again[0] != same[0] || again[1] != same[1] {
			t.Errorf("%s: expected the same samples from rows that were kept, found %+v and %+v", what, same, again)
		}
	}
}

// The maps of all levels that a taught model joins add up to its score.
func TestTaughtPhotosAreExplainedExactly(t *testing.T) {
	l := stripedBy(t, "photos", 4)
	m, _ := l.taught(t, Options{})
	why, err := m.Explain(l.in[0], 0, "")
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, v := range why.Map.Values {
		sum += float64(v)
	}
	if why.Method != task.CAM || why.Map.Height < 14 || math.Abs(sum-float64(why.Score)) > 1e-3*math.Abs(sum) {
		t.Errorf("expected a map of fine levels that adds up to %g, found %d × %d by %s, %g", why.Score, why.Map.Height,
			why.Map.Width, why.Method, sum)
	}
}
