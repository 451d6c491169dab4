package page

import (
	"strconv"
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/bridge"
	"wafer/app/state"
	"wafer/nn/task"
	"wafer/server/api"
)

// A public model offers what comes next, and to who may not fetch says who may; a failure names its reason.
func TestAPublicModelSaysWhatComesNext(t *testing.T) {
	p := &Models{Pages: opened(t)}
	for _, c := range []struct {
		pull api.Pull
		role api.Role
		want []string
	}{
		{api.Pull{}, api.Admin, []string{T("models.public.fetch")}},
		{api.Pull{}, api.Submitter, []string{T("models.public.admin")}},
		{api.Pull{State: api.PullFetches, Done: 1e6, Size: 4e6}, api.Admin,
			[]string{T("models.public.fetching.of", "1.0 MB", "4.0 MB"), T("models.public.stop")}},
		{api.Pull{State: api.PullFailed, Error: "the hash is another"}, api.Admin,
			[]string{T("models.public.failed", "the hash is another"), T("models.public.fetch")}},
		{api.Pull{State: api.PullStored}, api.Reader, []string{T("models.public.add")}},
	} {
		c.pull.Name, c.pull.Title, c.pull.License, c.pull.Kind = "net", "Net", "Apache License 2.0", task.Image
		expect(t, app.HTMLString(p.pullCard(asCaller(c.role), c.pull)), append(c.want, "Net", "Apache License 2.0")...)
	}
}

// Inside a model stand its layers with what they give; a network of thousands is cut, and said to be.
func TestInsideAModel(t *testing.T) {
	b := &inspectBox{Pages: opened(t), Model: digits}
	nodes := []task.Node{{Name: "conv", Op: "Conv2D", Inputs: []string{"input"}, Shape: []int{-1, 28, 28, 8},
		FLOPs: 3e6}, {Name: "add", Op: "Add", Inputs: []string{"conv", "input"}, FLOPs: 1e6}}
	weights := []task.Value{{Name: "conv/kernel", DType: "f32", Shape: []int{3, 3, 1, 8}}}
	show := func(nodes []task.Node, spreads map[string]task.Spread) string {
		found := state.Inspected{Outline: task.Outline{Nodes: nodes, Weights: weights}, Spreads: spreads}
		return app.HTMLString(b.graph(found.Outline, found))
	}
	expect(t, show(nodes, nil), "Conv2D", "– × 28 × 28 × 8", T("inspect.share", "3 M", "75%"),
		T("inspect.numbers", "72"), "conv/kernel", T("inspect.weigh"))
	expect(t, show(nodes, map[string]task.Spread{"conv/kernel": {Min: -0.5, Max: 0.25, Mean: 0.125, Deviation: 2}}),
		T("inspect.spread", "-0.5", "0.25", "0.125", "2"))
	var many []task.Node
	for i := range maxShown + 5 {
		many = append(many, task.Node{Name: "n" + strconv.Itoa(i), Op: "Relu"})
	}
	if n := strings.Count(show(many, nil), "<details>"); n != maxShown {
		t.Errorf("of %d layers %d are drawn, expected %d", len(many), n, maxShown)
	}
}

// The table that texts came from says which columns are read, what was left out, and how right the answers are.
func TestATableOfTextsShowsItsColumnsAndHowRightTheAnswersAre(t *testing.T) {
	g := opened(t)
	item := func(text, truth string, said int) state.Item {
		return state.Item{Text: text, Truth: truth, Step: state.Answered, Cells: []string{"7", text, truth},
			Result: task.Result{Scores: []task.Score{{Label: sentiment.Labels[said], Index: said, Probability: 0.9}}}}
	}
	table := bridge.Table{Width: 3, Names: []string{"id", "said", "mood"}, First: [][]string{{"id", "said", "mood"}},
		Columns: bridge.Columns{Text: 1, Label: 2, Header: true}, Broken: 2}
	batch := state.Batch{Table: &state.Table{Table: table}, Items: []state.Item{item("fine", "positive", 1),
		item("bad", "negative", 0), item("well", "positive", 0)}}
	html := app.HTMLString(&results{Pages: g, Batch: batch, Model: sentiment})
	expect(t, html, `>id<`, `>mood<`, ">7<", "well")
	choice := app.HTMLString(&tableChoice{Pages: g, Batch: batch, Model: sentiment})
	expect(t, choice, T("table.text"), T("table.truth"), T("table.correct", 2, 3, "66.7%"), T("table.wrong", 1),
		T("read.broken", 2))
	wrong := &results{Pages: g, Batch: batch, Model: sentiment, wrong: true}
	if list := wrong.items(); len(list) != 1 || list[0].Text != "well" {
		t.Errorf("the wrong answers are %v, expected the one to %q", list, "well")
	}
	batch.Table.Columns.Label = -1
	if html := app.HTMLString(&tableChoice{Pages: g, Batch: batch, Model: sentiment}); strings.Contains(html,
		"judged") {
		t.Error("without a column of truth the answers are judged")
	}
}
