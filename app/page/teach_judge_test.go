package page

import (
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/app/store"
	"wafer/app/teach"
	"wafer/nn/task"
)

// The report counts epochs in the last stage, the chart in all stages.
func TestTheKeptEpochIsCountedAsTheChartCounts(t *testing.T) {
	curve := []task.Progress{{Stage: "head"}, {Stage: "head"}, {Stage: "whole"}, {Stage: "whole"}, {Stage: "whole"}}
	for best, want := range map[int]int{0: 5, 1: 3, 3: 5} {
		s := teach.State{Training: teach.Training{Stage: teach.Done, Curve: curve}, Project: teach.Project{}}
		s.Project.Report = &task.Report{Best: best}
		if got := keptEpoch(s); got != want {
			t.Errorf("epoch %d of the last stage is %d of the chart, expected %d", best, got, want)
		}
	}
	if got := keptEpoch(teach.State{Training: teach.Training{Stage: teach.Running, Curve: curve}}); got != 0 {
		t.Errorf("while it trains epoch %d is marked", got)
	}
}

// judged is the box of a project of two classes, whose second sample was taken for the other class.
func judged(t *testing.T) (*judgeBox, *teach.Project) {
	t.Helper()
	p := teach.NewProject(task.Text, "t-")
	cat, dog := p.Classes[0].ID, p.Classes[1].ID
	p.RenameClass(cat, "cat")
	p.RenameClass(dog, "dog")
	p.Add(p.NewSamples(cat, []store.Sample{{Text: "purrs"}, {Text: "barks"}}))
	p.Add(p.NewSamples(dog, []store.Sample{{Text: "woof"}, {Text: "growls"}}))
	for _, class := range []string{cat, dog} {
		for _, s := range p.Samples(class) {
			p.Asked = append(p.Asked, s.ID)
		}
	}
	r := &task.Report{Model: task.Model{Labels: []string{"cat", "dog"}},
		Estimate: &task.Estimate{Accuracy: 0.75, Samples: 4,
			Confusion: [][]int{{1, 1}, {0, 2}},
			Wrong:     []task.Wrong{{Sample: 1, Label: 0, Said: 1, Probability: 0.9}},
			Advice:    []task.Advice{{Kind: task.SwappedLabel, Class: 0, Other: 1, Samples: []int{1}}},
		}}
	return judgeOf(*p, r), p
}

func TestJudgeShowsWhatWasTakenForWhatAndWhatWouldHelp(t *testing.T) {
	j, _ := judged(t)
	html := render(j)
	for _, want := range []string{"cat taken for dog: 1", "dog taken for dog: 2", "barks", "the model said dog (90.0%)",
		"It is dog",
		"One example of cat looks like dog"} {
		if !strings.Contains(html, want) {
			t.Errorf("the box does not show %q:\n%s", want, html)
		}
	}
	for _, other := range []string{"purrs", "woof"} {
		if strings.Contains(html, other) {
			t.Errorf("the box shows %q, which was answered rightly", other)
		}
	}
}

// What was moved or deleted since the training is no longer offered.
func TestJudgeForgetsWhatWasMoved(t *testing.T) {
	j, p := judged(t)
	p.MoveSamples(p.Asked[1:2], p.Classes[1].ID)
	j.Project = *p
	if html := render(j); strings.Contains(html, "barks") {
		t.Errorf("the box still offers to move an example that was moved:\n%s", html)
	}
}

func TestJudgeSaysWhatTextsAreKnownBy(t *testing.T) {
	j, _ := judged(t)
	for _, c := range []struct {
		features []task.Choice
		want     string
	}{
		{[]task.Choice{{Name: task.NGramFeatures, Accuracy: 0.75}},
			"Texts are known by short pieces of words and characters (n-grams)."},
		{[]task.Choice{{Name: task.BothFeatures, Accuracy: 0.75}, {Name: "sentences", Accuracy: 0.5},
			{Name: task.NGramFeatures, Accuracy: 0.25}},
			"Texts are known by sentence vectors together with n-grams: right for 75% of the examples when they were " +
				"held out, against 50% by sentence vectors and 25% by short pieces"},
	} {
		j.Estimate.Features = c.features
		if html := render(j); !strings.Contains(html, c.want) {
			t.Errorf("of %+v the box does not show %q:\n%s", c.features, c.want, html)
		}
	}
	j.Estimate.Features = nil
	if html := render(j); strings.Contains(html, "known by") {
		t.Errorf("of pictures the box says by what texts are known:\n%s", html)
	}
}

// The same example in two classes is shown twice, until one of the two is gone; advice leads to where it is followed.
func TestJudgeShowsCopiesInTwoClasses(t *testing.T) {
	j, p := judged(t)
	j.Estimate.Copies = [][2]int{{0, 2}}
	j.Estimate.Advice = append(j.Estimate.Advice,
		task.Advice{Kind: task.MoreSamples, Class: 1, Other: -1})
	html := render(j)
	for _, want := range []string{"judge-copies", "purrs", "woof", "Delete from cat", "Delete from dog", "Look at it",
		"Go to dog", "Add more examples of dog: with so few"} {
		if !strings.Contains(html, want) {
			t.Errorf("the box does not show %q:\n%s", want, html)
		}
	}
	j.Estimate.Confusion = [][]int{{2, 0}, {0, 2}}
	j.Estimate.Advice = []task.Advice{{Kind: task.MoreSamples, Class: 0, Other: -1},
		{Kind: task.MoreSamples, Class: 1, Other: -1}}
	html = render(j)
	if strings.Count(html, "with so few") != 1 || !strings.Contains(html, "examples of cat, dog: with") {
		t.Errorf("of two classes with few examples the box does not say so in one sentence:\n%s", html)
	}
	p.RemoveSample(p.Asked[2])
	j.Project = *p
	if html := render(j); strings.Contains(html, "judge-copies") {
		t.Errorf("the box still shows copies of which one is deleted:\n%s", html)
	}
}

// A cell of the matrix opens the samples behind it, wrong ones and right ones; the figures are those of the matrix.
func TestJudgeOpensWhatIsBehindACell(t *testing.T) {
	j, _ := judged(t)
	j.open(1, 1)
	html := render(j)
	behind := html[strings.Index(html, behindID):strings.Index(html, "teach-figures")]
	for _, want := range []string{"woof", "growls", "dog taken for dog: 2"} {
		if !strings.Contains(behind, want) {
			t.Errorf("behind the cell %q is missing:\n%s", want, behind)
		}
	}
	if strings.Contains(behind, "barks") || strings.Contains(behind, "the model said") {
		t.Errorf("behind the cell of right answers stands a wrong one:\n%s", behind)
	}
	// precision, recall, F1 of both, their mean
	for _, want := range []string{"1.000", "0.500", "0.667", "0.800", "0.733"} {
		if !strings.Contains(html, want) {
			t.Errorf("the figures have no %s:\n%s", want, html)
		}
	}
	if j.open(1, 1); strings.Contains(render(j), behindID) {
		t.Error("the cell stays open")
	}
	j.open(0, 1)
	html = render(j)
	if behind = html[strings.Index(html, behindID):]; !strings.Contains(behind, "barks") ||
		!strings.Contains(behind, "the model said dog") {
		t.Errorf("behind the wrong answers stands\n%s", behind)
	}
}

// judgeOf is the box of what was held out while the model of a report was made.
func judgeOf(p teach.Project, r *task.Report) *judgeBox {
	return &judgeBox{Project: p, Labels: r.Model.Labels, Estimate: r.Estimate, Asked: p.Asked}
}

// The box of curves says what the threshold under its slider does, and shows what surprised the model most.
func TestCurvesSayWhatTheThresholdDoes(t *testing.T) {
	j, _ := judged(t)
	rejects := make([]bridge.Reject, 100)
	rejects[0] = bridge.Reject{Coverage: 1, Accuracy: 0.75}
	rejects[80] = bridge.Reject{Coverage: 0.5, Accuracy: 1}
	c := &curvesBox{Pages: &Pages{}, Project: j.Project, Labels: j.Labels, Asked: j.Asked, Held: &task.Answers{},
		judged: &bridge.Judged{Rejects: rejects, Losses: []task.Wrong{{Sample: 1, Label: 0, Said: 1, Probability: 0.1}},
			Charts: []bridge.Drawn{{Name: "roc", Title: "ROC", SVG: "<svg></svg>", CSV: "class"}}}}
	for sure, want := range map[float64]string{0: "It always answers; 75% of the answers are right.",
		0.8: "From 80% on: 50% get an answer, 100% of these right.",
		0.9: "From 90% on: none of the examples gets an answer."} {
		c.Sure = sure
		html := render(c)
		for _, part := range []string{want, "It is cat; the model gave that 10.0%", "barks", "Download “ROC” as PNG"} {
			if !strings.Contains(html, part) {
				t.Errorf("at %v the box does not show %q:\n%s", sure, part, html)
			}
		}
	}
	c.Set, c.Sure = testSet, 0.8
	if strings.Contains(render(c), sureID) {
		t.Error("a threshold can be chosen by the test set")
	}
}
