package page

import (
	"slices"
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/state"
	"wafer/app/store"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
)

// trainAct is the second act: what was learnt from the examples, and how to fine-tune it.
type trainAct struct {
	app.Compo
	*Pages

	State   teach.State
	Models  []task.Model
	Trouble string // why there is no model to start from, "" if there is one
	Server  state.ServerState
	Lang    words.Lang

	bad string // the key of what is wrong with a setting
}

// Render keeps its parts in their places whatever is going on. Fine-tuning is offered when a base is there, the
// examples suffice and nothing else runs, in this tab or another.
func (a *trainAct) Render() app.UI {
	s := a.State
	base, found := teach.BaseFor(a.Models, &s.Project)
	ready := found && !base.NGrams && s.Project.Tunable() && !s.Elsewhere && !s.Settling && s.Opened &&
		s.Training.Stage.May(teach.Start)
	return act("2", "act-train", T("teach.train"),
		a.status(),
		view.Box(app.If(!found && a.Trouble != "", view.Notice(view.Plain, a.Trouble, nil))),
		a.outcome(),
		a.advice(),
		a.progress(),
		view.Div("train-go",
			app.If(s.Training.Active() && !s.Training.Quiet,
				view.Button("button").ID("teach-stop").Hidden(s.Training.Job != "").
					Disabled(!s.Training.Stage.May(teach.Stop)).
					Text(T("teach.stop")).OnClick(a.onStop),
			).Else(
				view.Button("button").ID("teach-go").Title(T("teach.go.hint")).
					Disabled(!ready).Text(T("teach.go")).OnClick(a.onGo),
			),
		),
		a.elsewhere(ready),
		view.Box(app.If(s.Elsewhere, view.P("act-lead", T("teach.elsewhere")))),
		a.details(base, found),
		a.curves(),
		app.P().Class("unseen").Role("status").Aria("live", "polite").Text(a.spoken()),
	)
}

// status says in one line what is learnt at the moment. It is always there, so that nothing below it moves.
func (a *trainAct) status() app.UI {
	s := a.State
	said, busy := learnt(s)
	button := func(shown bool, id, key string, do app.EventHandler) app.UI {
		return view.Button("quiet small").ID(id).Hidden(!shown).Text(T(key)).OnClick(do)
	}
	return view.Div("learn",
		app.P().Class("learn-said").Body(
			app.Span().Class("learn-dot").Aria("hidden", "true").DataSet("busy", strconv.FormatBool(busy)),
			app.Span().Text(said)),
		button(s.Training.Quiet, "teach-cancel", "teach.learn.cancel", a.onStop),
		button(s.Changed && !s.Due && !s.Training.Active(), "teach-learn", "teach.learn.now", a.onLearn),
	)
}

// learnt says what happens to the examples, and whether it is still going on.
func learnt(s teach.State) (said string, busy bool) {
	t := s.Training
	switch {
	case t.Quiet:
		return t.Words(), true
	case t.Active():
		return T("teach.learn.tuning"), true
	case !s.Project.Ready():
		return T("teach.learn.wait"), false
	case s.Due && t.Stage.May(teach.Start): // else a job of the server waits for a word
		return T("teach.learn.due"), true
	case s.Model != nil && s.Project.Report == nil && !s.Changed:
		return T("teach.learn.other", s.Model.Title), false
	case s.Changed || s.Project.Report == nil:
		return T("teach.learn.old"), false
	}
	return T("teach.learn.ready", s.Project.Report.Train, len(s.Project.Report.Model.Labels)), false
}

func (a *trainAct) onGo(app.Context, app.Event)    { a.teaching.Train() }
func (a *trainAct) onStop(app.Context, app.Event)  { a.teaching.Stop() }
func (a *trainAct) onLearn(app.Context, app.Event) { a.teaching.LearnNow() }

// base lets people choose the model to start from.
func (a *trainAct) base(base task.Model) app.UI {
	bases := a.Models
	chosen := a.State.Project.Settings.Base
	options := []app.UI{app.Option().Value("").Selected(chosen == "").Text(T("teach.base.auto", words.Title(base)))}
	for _, m := range bases {
		options = append(options, app.Option().Value(m.ID).Selected(chosen == m.ID).Text(words.Title(m)))
	}
	return view.Div("setting",
		app.Label().For("teach-base").Text(T("teach.base")),
		app.Select().Class("field").ID("teach-base").Disabled(a.State.Training.Active() && !a.State.Training.Quiet).
			OnChange(a.onBase).Body(options...),
		view.P("hint", words.About(base)),
	)
}

// onBase sets the model to start from; "" lets Wafer choose.
func (a *trainAct) onBase(ctx app.Context, _ app.Event) {
	id := ctx.JSSrc().Get("value").String()
	a.teaching.Set(func(s *store.Settings) { s.Base = id })
}

// details are the settings that nobody has to touch.
func (a *trainAct) details(base task.Model, found bool) app.UI {
	s, off := a.State.Project.Settings, a.State.Training.Active() && !a.State.Training.Quiet
	number := func(id, key, value string, on app.EventHandler) app.UI {
		return view.Div("setting",
			app.Label().For(id).Text(T(key)),
			app.Input().Type("text").Class("field number").ID(id).Placeholder(T("teach.auto")).AutoComplete(false).
				Attr("inputmode", "decimal").Disabled(off).Aria("describedby", id+"-hint").OnChange(on),
			&shows{ID: id, Value: value},
			app.P().Class("hint").ID(id+"-hint").Text(T(key+".hint")),
		)
	}
	return app.Details().Class("fold").Body(
		app.Summary().Text(T("teach.details")),
		view.Div("fold-body",
			view.Box(app.If(found, a.base(base))),
			view.P("hint", T("teach.go.hint")),
			app.Label().Class("switch").Body(
				app.Input().Type("checkbox").ID("teach-block").Checked(s.LastBlock && !s.LastLayer && !base.NGrams).
					Disabled(off || s.LastLayer || base.NGrams).OnChange(a.onBlock),
				app.Span().Body(app.Strong().Text(T("teach.block")), app.Span().Class("hint").
					Text(T("teach.block.hint"))),
			),
			app.Label().Class("switch").Body(
				app.Input().Type("checkbox").ID("teach-last").Checked(s.LastLayer && !base.NGrams).
					Disabled(off || base.NGrams).OnChange(a.onLast),
				app.Span().Body(app.Strong().Text(T("teach.last")), app.Span().Class("hint").
					Text(T("teach.last.hint"))),
			),
			view.Div("numbers",
				number("teach-epochs", "teach.epochs", positive(float64(s.Epochs)), a.onEpochs),
				number("teach-rate", "teach.rate", positive(s.LearningRate), a.onRate),
				number("teach-seed", "teach.seed", strconv.FormatUint(s.Seed, 10), a.onSeed),
			),
			view.Box(app.If(base.ID != "" || base.NGrams, sevenSteps(&a.State.Project, base))),
			view.Box(app.If(a.bad != "", app.P().Class("field-bad").Role("alert").Text(T(a.bad)))),
		),
	)
}

// positive writes a setting whose 0 means: choose for me.
func positive(v float64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// onLast lets fine-tuning train the new layer alone.
func (a *trainAct) onLast(ctx app.Context, _ app.Event) {
	on := ctx.JSSrc().Get("checked").Bool()
	a.teaching.Set(func(s *store.Settings) { s.LastLayer = on })
}

// onBlock lets fine-tuning train the last block of the base and the head, not the whole base.
func (a *trainAct) onBlock(ctx app.Context, _ app.Event) {
	on := ctx.JSSrc().Get("checked").Bool()
	a.teaching.Set(func(s *store.Settings) { s.LastBlock = on })
}

// onEpochs takes whole numbers to 500: more than that is hours in a tab. Empty means: choose for me.
func (a *trainAct) onEpochs(ctx app.Context, _ app.Event) {
	n, err := strconv.Atoi(orZero(ctx))
	a.set("teach.epochs.bad", err == nil && n >= 0 && n <= 500, func(s *store.Settings) { s.Epochs = n })
}

// onRate takes a comma for the point, as people write it in many languages.
func (a *trainAct) onRate(ctx app.Context, _ app.Event) {
	rate, err := strconv.ParseFloat(strings.Replace(orZero(ctx), ",", ".", 1), 64)
	a.set("teach.rate.bad", err == nil && rate >= 0 && rate <= 1, func(s *store.Settings) { s.LearningRate = rate })
}

// onSeed takes whole numbers below 2⁵³.
func (a *trainAct) onSeed(ctx app.Context, _ app.Event) {
	seed, err := strconv.ParseUint(orZero(ctx), 10, 53) // as many bits as every language reads from JSON
	a.set("teach.seed.bad", err == nil, func(s *store.Settings) { s.Seed = seed })
}

// orZero is what stands in a field, "0" for an empty one, which means: choose for me.
func orZero(ctx app.Context) string {
	if v := strings.TrimSpace(ctx.JSSrc().Get("value").String()); v != "" {
		return v
	}
	return "0"
}

// set changes a setting if its value can be used, else says what is wrong; complaint is the key of that.
func (a *trainAct) set(complaint string, ok bool, do func(*store.Settings)) {
	if a.bad = ""; !ok {
		a.bad = complaint
		return
	}
	a.teaching.Set(do)
}

// advice says what is missing, once there is something to judge.
func (a *trainAct) advice() app.UI {
	s := a.State
	list := s.Project.Check()
	if s.Training.Active() && !s.Training.Quiet || untouched(&s.Project) || len(list) == 0 {
		return app.Div()
	}
	return app.Ul().Class("advice").Aria("label", T("teach.check")).Body(app.Range(list).Slice(func(i int) app.UI {
		item := app.Li().Text(list[i].Text())
		if list[i].Stops {
			item = item.Class("stops")
		}
		return item
	}))
}

// untouched reports whether nothing was named or added yet: then it is too early for advice.
func untouched(p *teach.Project) bool {
	for _, c := range p.Classes {
		if c.Name != "" || p.Count(c.ID) > 0 {
			return false
		}
	}
	return true
}

// progress says how far the training is.
func (a *trainAct) progress() app.UI {
	t := a.State.Training
	switch {
	case t.Stage == teach.Failed:
		return view.Div("train-state", view.Notice(view.Bad, t.Error+" "+T("teach.run.safe"), nil))
	case !t.Active() || t.Quiet:
		return app.Div().Class("train-state")
	}
	return view.Div("train-state",
		view.Div("loading",
			app.P().Body(app.Span().Text(t.Words()), view.Span("number", t.Left())),
			app.Progress().Aria("label", T("teach.progress")).Max(1000).Value(int(1000*t.Share())),
		),
		app.If(t.Note != "", view.P("hint", words.Text(t.Note))),
	)
}

// curves draws loss and accuracy of every finished epoch.
func (a *trainAct) curves() app.UI {
	curve := a.State.Training.Curve
	if len(curve) == 0 {
		return app.Div()
	}
	epochs := a.State.Training.Last.Epochs
	if !a.State.Training.Active() {
		epochs = len(curve)
	}
	accuracy := chartOf(T("teach.chart.accuracy"), curve, epochs, true, accuracyOf)
	loss := chartOf(T("teach.chart.loss"), curve, epochs, false, lossOf)
	if kept := keptEpoch(a.State); kept > 0 {
		for _, c := range []*view.Chart{&accuracy, &loss} {
			c.Kept, c.Mark, c.Summary = kept, T("teach.chart.kept"), c.Summary+" "+T("teach.chart.summary.kept", kept)
		}
	}
	return view.Div("charts",
		app.Raw(accuracy.SVG()), app.Raw(loss.SVG()),
		app.If(curve[0].HasValidation, view.P("hint", T("teach.chart.explain"))),
	)
}

// keptEpoch is the epoch whose weights a finished training kept, counted as the chart counts, 0 for none: the report
// counts in the last stage.
func keptEpoch(s teach.State) int {
	r, curve := s.Project.Report, s.Training.Curve
	if r == nil || s.Training.Stage != teach.Done || recipe.GaveUp(r.Note) {
		return 0
	}
	stage := curve[len(curve)-1].Stage
	before := slices.IndexFunc(curve, func(p task.Progress) bool { return p.Stage == stage })
	if r.Best == 0 {
		return len(curve)
	}
	return min(before+r.Best, len(curve))
}

// accuracyOf and lossOf are a measure of one epoch, on training and on held-out samples.
func accuracyOf(p task.Progress) (train, held float64) { return p.Accuracy, p.ValAccuracy }
func lossOf(p task.Progress) (train, held float64)     { return p.Loss, p.ValLoss }

// chartOf draws one measure of every finished epoch: of returns it for training and held-out samples. percent writes
// it as a share.
func chartOf(title string, curve []task.Progress, epochs int, percent bool,
	of func(task.Progress) (train, held float64)) view.Chart {
	c := view.Chart{Title: title, Axis: T("teach.chart.epoch"), Epochs: epochs, Percent: percent}
	train := view.Curve{Class: "curve-train", Label: T("teach.chart.train")}
	held := view.Curve{Class: "curve-held", Label: T("teach.chart.held")}
	for _, p := range curve {
		a, b := of(p)
		train.Values, held.Values = append(train.Values, a), append(held.Values, b)
	}
	write := func(v float64) string {
		if percent {
			return words.Share(v)
		}
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	last := curve[len(curve)-1]
	a, b := of(last)
	c.Curves, c.Summary = []view.Curve{train}, T("teach.chart.summary", len(curve), write(a))
	if last.HasValidation {
		c.Curves, c.Summary = []view.Curve{train, held}, T("teach.chart.summary.held", len(curve), write(a), write(b))
	}
	return c
}

// outcome is the report of a finished training, in words.
func (a *trainAct) outcome() app.UI {
	s := a.State
	r := s.Project.Report
	if r == nil || s.Training.Stage != teach.Done && !s.Training.Quiet {
		return app.Div()
	}
	return view.Div("outcome",
		app.P().Class(verdictClass(r)).Text(verdict(r)),
		app.If(r.Validation > 0 && r.Validation < 20, view.P("hint", T("teach.report.few", r.Validation))),
		view.P("hint", T("teach.report.train", words.Share(r.Training.Accuracy))+" "+took(r)),
		app.If(r.Note != "", view.P("hint", reportNote(r.Note))),
		view.Box(app.If(r.Estimate != nil,
			a.judge(r))),
		&testBox{Pages: a.Pages, Project: s.Project, Testing: s.Testing, Lang: a.Lang},
	)
}

// judge is what was held out while the model of a report was made.
func (a *trainAct) judge(r *task.Report) app.UI {
	return &judgeBox{Pages: a.Pages, Project: a.State.Project, Labels: r.Model.Labels, Estimate: r.Estimate,
		Asked: a.State.Project.Asked, Lang: a.Lang, Host: a.teaching}
}

// verdictClass makes a measured verdict stand out; that nothing was measured is a remark.
func verdictClass(r *task.Report) string {
	if r.Validation == 0 && r.Estimate == nil {
		return "outcome-unmeasured"
	}
	return "outcome-main"
}

// verdict says how it does on examples that it has not seen, or that nobody knows.
func verdict(r *task.Report) string {
	if e := r.Estimate; e != nil {
		return T("teach.report.estimate", words.Rounded(e.Accuracy), words.Rounded(e.Low), words.Rounded(e.High))
	}
	if r.Epochs == 0 {
		return T("teach.report.two")
	}
	if r.Validation == 0 {
		return T("teach.report.none", recipe.HeldOutFrom)
	}
	return T("teach.report.held", int(r.OnHeld.Accuracy*float64(r.Validation)+0.5), r.Validation)
}

// reportNote says the runtime's note on an early end in plain words.
func reportNote(note string) string {
	if strings.HasPrefix(note, "stopped early") {
		return T("teach.report.early")
	}
	switch note {
	case recipe.NotBetter:
		return T("teach.report.tuned")
	case recipe.NotCompared:
		return T("teach.report.uncompared", recipe.HeldOutFrom)
	}
	return words.Text(note)
}

// took says how long it took: seconds, and epochs where there were any.
func took(r *task.Report) string {
	if r.Epochs == 0 {
		return T("teach.report.solved", words.Millis(1000*r.Seconds))
	}
	key := "teach.report.took"
	if r.Stopped {
		key = "teach.report.stopped"
	}
	return T(key, r.Epochs, words.Millis(1000*r.Seconds))
}

// spoken is what a screen reader says: each phase once, and the end.
func (a *trainAct) spoken() string {
	t := a.State.Training
	running := t.Stage == teach.Running || t.Stage == teach.Halting || t.Stage == teach.There &&
		t.JobState == api.Running
	switch {
	case t.Quiet || a.State.Due: // only its end is worth a word
		return ""
	case t.Stage == teach.Done && a.State.Project.Report != nil:
		return T("teach.run.done") + " " + verdict(a.State.Project.Report)
	case running && t.Last.Phase == task.Training:
		return T("teach.run.learning")
	case running && t.Last.Phase == task.Testing:
		return T("teach.run.testing")
	case running:
		return T("teach.run.looking")
	case t.Stage == teach.Failed: // the notice says it
		return ""
	}
	return t.Words()
}
