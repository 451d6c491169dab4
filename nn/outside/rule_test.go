package outside

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// directions are rows near one of three directions, or anywhere.
func directions(n int, own bool, r *rand.Rand) Features {
	f := Features{Width: 32, Classes: 3}
	for i := range n {
		c := i % 3
		f.Y = append(f.Y, c)
		for j := range f.Width {
			v := r.NormFloat64() * 0.3
			if own && j%3 == c {
				v++
			}
			f.Rows = append(f.Rows, float32(v))
		}
	}
	return f
}

// numbers are groups of one sample each.
func numbers(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

func first(r *Rule, _ int) *Rule { return r }

func rejected(r *Rule, f Features) float64 {
	n := 0
	for i := range f.Y {
		if r.Rejects(f.row(i)) {
			n++
		}
	}
	return float64(n) / float64(len(f.Y))
}

func TestRuleLetsItsOwnThroughAndRejectsOthers(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 5))
	f := directions(60, true, draw)
	held := directions(60, true, draw)
	near, n := Nearest(f, numbers(60), nil)
	if n != 60 {
		t.Errorf("%d samples were scored by others, expected 60", n)
	}
	nearHeld, _ := Nearest(f, numbers(60), held.Rows)
	for name, r := range map[string]*Rule{"centroids": first(Centroids(f, numbers(60))),
		"by other samples": Measured(f, held.Rows), "nearest": near, "nearest by other samples": nearHeld} {
		if err := r.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if s := rejected(r, directions(300, true, draw)); s > 0.12 {
			t.Errorf("%s: %.2f of new samples of the classes are rejected, expected about 0.05", name, s)
		}
		if s := rejected(r, directions(300, false, draw)); s < 0.95 {
			t.Errorf("%s: %.2f of rows in any direction are rejected, expected 0.95 or more", name, s)
		}
		nan := slices.Repeat([]float32{float32(math.NaN())}, f.Width)
		for what, row := range map[string][]float32{"zeros": make([]float32, f.Width), "no numbers": nan} {
			if !r.Rejects(row) {
				t.Errorf("%s: features that are %s pass, expected them to be rejected", name, what)
			}
		}
	}
}

// Rows between the samples and what is generic are told from the samples, which centroids alone take for them.
func TestGenericRowsHelpToTellWhatIsNone(t *testing.T) {
	draw := rand.New(rand.NewPCG(7, 7))
	wide := func(n int, shift float64) Features {
		f := Features{Width: 32, Classes: 2}
		for i := range n {
			row := make([]float32, f.Width)
			for j := range row {
				row[j] = float32(draw.NormFloat64()*0.35 + 0.3)
				if j < 8 {
					row[j] += float32(shift)
				}
			}
			unit := make([]float32, f.Width)
			addUnit(unit, row)
			f.Y, f.Rows = append(f.Y, i%2), append(f.Rows, unit...)
		}
		return f
	}
	own, foreign := wide(60, 0.35), wide(400, 0)
	alone := first(Centroids(own, numbers(60)))
	own.Generic = &Background{Mean: make([]float32, own.Width), Rows: slices.Clone(foreign.Rows[:8*own.Width])}
	for i := range foreign.Y[:100] {
		for j, v := range foreign.row(i) {
			own.Generic.Mean[j] += v / 100
		}
	}
	r := first(Centroids(own, numbers(60)))
	if err := r.Check(); err != nil || !r.Linear || r.Away != 8 || len(r.Rows) != 10*own.Width {
		t.Fatalf("the rule is %+v, %v, expected planes of 2 classes and of 8 rows that are generic", r, err)
	}
	if s := rejected(r, wide(400, 0.35)); s > 0.12 {
		t.Errorf("%.2f of new samples of the classes are rejected, expected about 0.05", s)
	}
	if a, b := rejected(alone, foreign), rejected(r, foreign); b < a+0.1 {
		t.Errorf("%.2f of foreign rows are rejected, by centroids alone %.2f, expected more", b, a)
	}
}

func TestLinearRuleIsAPlane(t *testing.T) {
	r := &Rule{Width: 2, Rows: []float32{3, -1}, Threshold: 2, Linear: true}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	for row, rejected := range map[[2]float32]bool{{1, 0}: false, {0.5, 0}: true, {1, 1}: false, {1, 2}: true,
		{0, 0}: true} {
		if r.Rejects(row[:]) != rejected {
			t.Errorf("%v has the score %g, expected it to be rejected: %v", row, r.Score(row[:]), rejected)
		}
	}
}

// What the last rows stand for is taken off, and the biases are added.
func TestLinearRuleTakesOffWhatIsGeneric(t *testing.T) {
	r := &Rule{Width: 2, Rows: []float32{1, 0, 0, 1, -1, 0, 0, -2}, Bias: []float32{0, 0.5, 0, 0.25}, Linear: true,
		Away: 2}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	for row, want := range map[[2]float32]float32{{2, 0}: 2 - 0.25, {0, 2}: 2.5 - 0,
		{-3, 0}: 0.5 - 3, {0, -1}: 0 - 2.25} {
		if got := r.Score(row[:]); got != want {
			t.Errorf("%v has the score %g, expected %g", row, got, want)
		}
	}
	table, width := r.Table()
	again := &Rule{Linear: true, Away: 2}
	again.SetTable(table, width)
	if again.Width != 2 || !slices.Equal(again.Rows, r.Rows) || !slices.Equal(again.Bias, r.Bias) {
		t.Errorf("the table %v of %d columns makes %+v, expected %+v", table, width, again, r)
	}
}

// Classes whose samples are less alike are helped by half of the difference.
func TestVariousClassesHaveABias(t *testing.T) {
	f := Features{Width: 2, Rows: []float32{1, 0, 1, 0, 0, 1, 0.6, 0.8}, Y: []int{0, 0, 1, 1}, Classes: 3}
	got := f.biases(func(int) bool { return true })
	for c, want := range []float64{0.5 * (0.9 - 1), 0.5 * (0.9 - 0.8), 0} {
		if math.Abs(float64(got[c])-want) > 1e-6 {
			t.Errorf("class %d has the bias %g, expected %g", c, got[c], want)
		}
	}
}

// Of few samples the threshold lies 1.9 deviations below their mean, and deviations count as 12 samples of 0.16, too;
// of many it is what 5 % lie below.
func TestBoundOfFewSamplesIsByMeanAndDeviation(t *testing.T) {
	alternate := func(n int, by float32) (list []float32) {
		for i := range n {
			list = append(list, 1+by*float32(1-2*(i%2)))
		}
		return list
	}
	for _, c := range []struct {
		scores []float32
		want   float64
	}{
		{nil, -1}, {[]float32{2}, 2 - 1.9*0.16}, {alternate(2, 0), 1 - 1.9*0.16*math.Sqrt(12.0/13)},
		{alternate(40, 0.3), 1 - 1.9*math.Sqrt((12*0.16*0.16+40*0.3*0.3)/51)}, {alternate(1000, 0.3), 0.7},
	} {
		if got := bound(c.scores); math.Abs(float64(got)-c.want) > 1e-5 {
			t.Errorf("the bound of %d scores is %g, expected %g", len(c.scores), got, c.want)
		}
	}
}

func TestThresholdOfFewSamplesIsTheLeast(t *testing.T) {
	for n, want := range map[int]float32{0: -1, 1: 0, 18: 0, 19: 0, 29: 0.5, 39: 1, 199: 9} {
		scores := make([]float32, n)
		for i := range scores {
			scores[i] = float32(n - 1 - i)
		}
		if got := quantile(scores); math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("the quantile of scores 0 to %d is %g, expected %g", n-1, got, want)
		}
	}
}

func TestRuleCheckNamesWhatDoesNotFit(t *testing.T) {
	infinite := float32(math.Inf(1))
	head := func(n int, clip float32) *Head {
		return &Head{Kernel: make([]float32, n), Bias: make([]float32, 3), Clip: clip}
	}
	warmed := func(temperature float32, way []float32) *Head {
		h := head(6, 1)
		h.Temperature, h.Way = temperature, way
		return h
	}
	if r := (&Rule{Width: 2, Head: warmed(0.8, make([]float32, 2))}); r.Check() != nil {
		t.Errorf("%+v: %v, expected it to pass", r, r.Check())
	}
	for _, r := range []Rule{{}, {Width: 1, Rows: make([]float32, 1), Threshold: infinite, Linear: true},
		{Width: 2, Head: head(5, 1)}, {Width: 2, Head: head(6, 0)}, {Width: 2, Head: head(6, infinite)},
		{Width: 2, Head: &Head{}}, {Width: 2, Head: warmed(0, make([]float32, 1))}, {Width: 2, Head: warmed(-1, nil)},
		{Width: 2, Head: warmed(1e-6, nil)}, {Width: 1, Rows: make([]float32, 2), Nearest: MostNearest + 1},
		{Width: 1, Rows: make([]float32, 2), Nearest: -1}, {Width: 2, Rows: make([]float32, 3)},
		{Width: 1, Rows: make([]float32, 2), Threshold: 2}, {Width: 1, Rows: make([]float32, 2), Away: 1},
		{Width: 1, Rows: make([]float32, 2), Bias: make([]float32, 2), Away: 2, Linear: true},
		{Width: 1, Rows: make([]float32, 2), Bias: make([]float32, 1), Away: 1, Linear: true},
		{Width: 1, Rows: make([]float32, 2), Bias: make([]float32, 2), Away: -1, Linear: true},
		{Width: 1, Rows: make([]float32, 2), Threshold: float32(math.NaN())}} {
		if r.Check() == nil {
			t.Errorf("%+v passes, expected an error", r)
		}
	}
}

func TestScoreIsTheMeanOfTheNearest(t *testing.T) {
	r := &Rule{Width: 2, Rows: []float32{1, 0, 0, 1, -1, 0, 0.6, 0.8, 0.8, 0.6}}
	for n, want := range map[int]float32{0: 1, 1: 1, 2: 0.9, 3: 0.8, 4: 0.6, 16: 0.28} {
		r.Nearest = n
		if got := r.Score([]float32{5, 0}); math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("the mean of the nearest %d is %g, expected %g", n, got, want)
		}
	}
}

// Of one group nobody tells how near a sample of another would be.
func TestSamplesOfAGroupDoNotScoreEachOther(t *testing.T) {
	f := Features{Width: 2, Rows: []float32{1, 0, 1, 0, 0.6, 0.8, 0, 1, 0, 1}, Y: []int{0, 0, 0, 1, 1}, Classes: 2}
	r, n := Nearest(f, []int{1, 1, 2, 3, 3}, nil)
	if want := float32(0.6+0+0) / 3; n != 3 || math.Abs(float64(r.Threshold-want)) > 0.01 {
		t.Errorf("%d samples were scored and the least is %g, expected 3 and %g", n, r.Threshold, want)
	}
}

// Groups are left out one by one, many of them in fifths, and one whose class has no other is not left out.
func TestGroupsAreLeftOutOfCentroids(t *testing.T) {
	f := Features{Width: 1, Y: []int{0, 0, 0, 1, 1, 2}, Classes: 3}
	if got, want := f.parts([]int{7, 7, 3, 5, 5, 9}), []int{0, 0, 1, -1, -1, -1}; !slices.Equal(got, want) {
		t.Errorf("the parts are %v, expected %v", got, want)
	}
	for n, want := range map[int][2]int{40: {40, 40}, 41: {5, 41}, 2001: {1, 401}} {
		f = Features{Width: 1, Y: make([]int, n), Classes: 1}
		parts, found := f.parts(numbers(n)), 0
		for _, p := range parts {
			if p >= 0 {
				found++
			}
		}
		if slices.Max(parts)+1 != want[0] || found != want[1] {
			t.Errorf("of %d groups %d are left out in %d parts, expected %v", n, found, slices.Max(parts)+1, want)
		}
	}
}

func TestFewSamplesOfEveryClassAreKept(t *testing.T) {
	for _, sizes := range [][]int{{3, 5}, {1000, 2}, {300, 300, 300}, {100, 1000}} {
		f := Features{Width: 1, Classes: len(sizes)}
		for c, n := range sizes {
			f.Y = append(f.Y, slices.Repeat([]int{c}, n)...)
		}
		count := make([]int, len(sizes))
		kept := f.kept()
		for _, i := range kept {
			count[f.Y[i]]++
		}
		each := quota(sizes)
		for c, n := range sizes {
			if count[c] != min(n, each) {
				t.Errorf("of classes of %v samples %v are kept, expected %d at most of each", sizes, count, each)
			}
		}
		if len(kept) > mostRows || len(kept) < min(len(f.Y), mostRows-len(sizes)) {
			t.Errorf("of %v samples %d are kept, expected as many as %d allow", sizes, len(kept), mostRows)
		}
	}
}

func TestEnergyOfAHead(t *testing.T) {
	r := &Rule{Width: 2, Threshold: 1.7, Head: &Head{Kernel: []float32{1, 0, 0, 2}, Bias: []float32{0, 0.5}, Clip: 1}}
	if err := r.Check(); err != nil {
		t.Error(err)
	}
	for row, logits := range map[[2]float32][2]float64{{9, 0}: {1, 0.5}, {0.5, 7}: {0.5, 2.5}, {0, 0}: {0, 0.5}} {
		want := math.Log(math.Exp(logits[0]) + math.Exp(logits[1]))
		if got := r.Score(row[:]); math.Abs(float64(got)-want) > 1e-5 || r.Rejects(row[:]) != (want < 1.7) {
			t.Errorf("%v has the energy %g and is rejected: %v, expected %g", row, got, r.Rejects(row[:]), want)
		}
	}
	r.Head.Temperature, r.Head.Way = 0.5, []float32{0.25, -2}
	if want := 0.5*math.Log(math.Exp(1/0.5)+math.Exp((0.5+2*0.75)/0.5)) + 0.25 - 2*0.75; math.Abs(
		float64(r.Score([]float32{3, 0.75}))-want) > 1e-5 {
		t.Errorf("with a temperature and a way the score is %g, expected %g", r.Score([]float32{3, 0.75}), want)
	}
	if !r.Rejects([]float32{float32(math.NaN()), 0}) {
		t.Error("a feature that is no number passes, expected it to be rejected")
	}
}
