package page

import (
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/store"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// judgeBox shows where a taught model was wrong on examples that it had not seen: which classes it takes for which,
// which examples, and what would help. From there an example is moved or deleted.
type judgeBox struct {
	app.Compo
	*Pages   // nil: nothing is drawn
	Project  teach.Project
	Labels   []string // of the model's classes
	Estimate *task.Estimate
	Asked    []string // ids of the samples that it counts
	Set      string   // "" for what was held out, testSet
	Lang     words.Lang
	Host     judgeHost

	cell *[2]int // of the matrix, whose samples are shown; nil for none
}

// judgeHost is told what a person does about a wrong answer.
type judgeHost interface {
	MoveSample(id, class string)
	RemoveSample(id string)
}

// fewWrong is how many wrong examples are listed: the surest answers, which are the likeliest wrong labels.
const fewWrong = 12

// Render shows nothing where nothing was held out, or where the report is of other classes than its matrix. Advice is
// in the open, the matrix and lists one click away.
func (j *judgeBox) Render() app.UI {
	e := j.Estimate
	if e == nil || len(e.Confusion) != len(j.Labels) {
		return app.Div()
	}
	if j.Set == testSet {
		return j.fold(e)
	}
	return view.Div("judge",
		view.Box(app.If(len(e.Narrow) > 0, view.P("changed", j.narrow(e)))),
		view.Box(app.If(len(e.Features) > 0, app.P().Class("hint").ID("teach-features").Text(j.features(e)))),
		j.advice(e),
		j.copies(e),
		j.fold(e),
	)
}

// fold has the tables and what was wrong.
func (j *judgeBox) fold(e *task.Estimate) app.UI {
	return app.Details().Class("fold").ID(judgeID+j.Set).Body(
		app.Summary().Text(T("judge.title"+j.Set)),
		view.Div("fold-body",
			view.P("hint", T("judge.how"+j.Set, e.Samples)),
			confusion(j.Labels, e.Confusion, j.open),
			j.pairs(e),
			j.behind(e),
			j.figures(e),
			j.wrong(e),
			view.Box(app.If(e.Held != nil && j.Pages != nil, j.curves(e))),
		),
	)
}

// curves is what is drawn of the answers.
func (j *judgeBox) curves(e *task.Estimate) app.UI {
	return &curvesBox{Pages: j.Pages, Project: j.Project, Labels: j.Labels, Held: e.Held, Asked: j.Asked, Set: j.Set,
		Sure: j.Project.Settings.Sure, Lang: j.Lang}
}

const judgeID = "teach-judge"

// testSet is a judgeBox.Set, and the end of the IDs and texts of such a box.
const testSet = "-test"

// label is the name of a class at the time of the training.
func (j *judgeBox) label(i int) string {
	if i < 0 || i >= len(j.Labels) {
		return ""
	}
	return j.Labels[i]
}

// narrow says that the estimate is too good where a class was seen in one burst only.
func (j *judgeBox) narrow(e *task.Estimate) string {
	names := make([]string, len(e.Narrow))
	for i, c := range e.Narrow {
		names[i] = j.label(c)
	}
	return T("judge.narrow", strings.Join(names, ", "))
}

// features says which kind of features a text is known by, and how right the others were.
func (j *judgeBox) features(e *task.Estimate) string {
	if len(e.Features) == 0 {
		return "" // not of texts
	}
	var others []string
	for _, c := range e.Features[1:] {
		others = append(others, T("judge.features.against", j.feature(c.Name), words.Rounded(c.Accuracy)))
	}
	chosen := e.Features[0]
	if len(others) == 0 {
		return T("judge.features", j.feature(chosen.Name))
	}
	return T("judge.features.of", j.feature(chosen.Name), words.Rounded(chosen.Accuracy),
		strings.Join(others, T("judge.features.and")))
}

// feature names a kind of features; those of a base that has no name here are called sentence vectors.
func (*judgeBox) feature(name string) string {
	switch name {
	case task.NGramFeatures, task.BothFeatures:
		return T("judge.features." + name)
	}
	return T("judge.features.base")
}

func (j *judgeBox) advice(e *task.Estimate) app.UI {
	if len(e.Advice) == 0 {
		return app.Div()
	}
	var list, few []app.UI
	names := ""
	for _, a := range e.Advice {
		key := "judge.advice." + string(a.Kind)
		switch {
		case a.Kind == task.SwappedLabel && len(a.Samples) == 1:
			key += ".one"
		case a.Kind == task.MoreSamples && missed(e, a.Class) == 0: // one sentence for all such classes
			if few = append(few, j.goThere(a)); len(few) > 1 {
				names = T("read.comma", names, j.label(a.Class))
			} else {
				names = j.label(a.Class)
			}
			continue
		}
		said := view.Text(T(key, j.label(a.Class), j.label(a.Other), len(a.Samples)))
		list = append(list, app.Li().Body(said, j.goThere(a)))
	}
	if len(few) > 0 {
		said := view.Text(T("judge.advice.more.few", names))
		list = append(list, app.Li().Body(append([]app.UI{said}, few...)...))
	}
	return view.Box(
		view.P("judge-head", T("judge.advice")),
		app.Ul().Class("judge-advice").Body(list...),
	)
}

// missed is how many examples of a class were taken for another.
func missed(e *task.Estimate, class int) (n int) {
	for said, times := range e.Confusion[class] {
		if said != class {
			n += times
		}
	}
	return n
}

// goThere leads to where a piece of advice can be followed: the class, or the examples that were wrong.
func (j *judgeBox) goThere(a task.Advice) app.UI {
	class := j.class(a.Class)
	if a.Kind == task.SwappedLabel {
		return view.Act("quiet small", "", T("judge.go.wrong"),
			func(app.Context, app.Event) { browser.OpenFold(judgeID) })
	}
	return view.Button("quiet small").Hidden(class == "").
		Text(T("judge.go.class", j.label(a.Class))).
		OnClick(func(app.Context, app.Event) { browser.Focus(cardID(class)) }, class)
}

// copies shows examples that stand in two classes, both of each, so that one can be deleted.
func (j *judgeBox) copies(e *task.Estimate) app.UI {
	var list []app.UI
	for _, pair := range e.Copies {
		a, okA := j.asked(pair[0])
		b, okB := j.asked(pair[1])
		if okA && okB && a.Class != b.Class {
			list = append(list, app.Li().Class("judge-pair").Body(j.half(a, pair[0]), j.half(b, pair[1])))
		}
	}
	if len(list) == 0 {
		return app.Div()
	}
	return view.Box(
		view.P("judge-head", T("judge.copies")),
		app.Ul().Class("judge-wrong").ID("judge-copies").Body(list...),
	)
}

// half is one of two copies with what takes it away.
func (j *judgeBox) half(s store.Sample, number int) app.UI {
	class := j.Project.Title(s.Class)
	return view.Box(
		shownSample(s, number),
		view.Button("button small").Aria("label", T("teach.sample.remove",
			sampleName(s, number), class)).Text(T("judge.copies.delete", class)).
			OnClick(func(app.Context, app.Event) { j.Host.RemoveSample(s.ID) }, s.ID),
	)
}

func (j *judgeBox) wrong(e *task.Estimate) app.UI {
	var list []app.UI
	left := 0
	for _, w := range e.Wrong {
		s, ok := j.sample(w)
		switch {
		case !ok:
		case len(list) == fewWrong:
			left++
		default:
			list = append(list, j.one(w, s))
		}
	}
	if len(e.Wrong) == 0 {
		return view.P("hint", T("judge.none"+j.Set))
	}
	if len(list) == 0 { // all are moved or deleted by now, or the samples went to a server
		return app.Div()
	}
	return view.Box(
		view.P("judge-head", T("judge.wrong"+j.Set)),
		app.Ul().Class("judge-wrong").Body(list...),
		app.If(left > 0, view.P("hint", T("judge.wrong.more", left))),
	)
}

// sample is the example that was wrong, if it is still in its class.
func (j *judgeBox) sample(w task.Wrong) (s store.Sample, ok bool) {
	s, ok = j.asked(w.Sample)
	return s, ok && s.Class == j.class(w.Label)
}

// asked is the example of a number in the run that the report is about, if it is still there.
func (j *judgeBox) asked(number int) (s store.Sample, ok bool) {
	if number < 0 || number >= len(j.Asked) {
		return s, false
	}
	return j.Project.Sample(j.Asked[number])
}

func sampleName(s store.Sample, number int) string {
	if s.Name != "" {
		return s.Name
	}
	return T("teach.sample.nth", number+1)
}

func shownSample(s store.Sample, number int) app.UI {
	if s.Text != "" {
		return view.P("judge-text", s.Text)
	}
	return app.Img().Class("tiny").Src(s.URL).Alt(sampleName(s, number))
}

// class is the ID of the class that has the name of a label now, "" if none has.
func (j *judgeBox) class(label int) string {
	for _, c := range j.Project.Classes {
		if j.Project.Title(c.ID) == j.label(label) {
			return c.ID
		}
	}
	return ""
}

// one is a sample with what the model said of it, and what can be done: move it to the class that was said, to any
// other, or delete it.
func (j *judgeBox) one(w task.Wrong, s store.Sample) app.UI {
	return app.Li().Body(
		shownSample(s, w.Sample),
		app.If(w.Said != w.Label,
			app.P().Text(T("judge.wrong.one", j.label(w.Label), j.label(w.Said), words.Percent(w.Probability)))),
		j.tools(w, s),
	)
}

// tools move a sample to the class of its answer or another, or delete it.
func (j *judgeBox) tools(w task.Wrong, s store.Sample) app.UI {
	name, to := sampleName(s, w.Sample), j.class(w.Said)
	if w.Said == w.Label {
		to = ""
	}
	return view.Div("card-tools",
		view.Button("button small").Hidden(to == "").
			Aria("label", T("judge.move.label", name, j.label(w.Said))).
			Text(T("judge.move", j.label(w.Said))).OnClick(
			func(app.Context, app.Event) { j.Host.MoveSample(s.ID, to) }, s.ID, to),
		j.others(s, name, to),
		view.Button("quiet danger").Aria("label", T("judge.delete.name", name)).
			Text(T("judge.delete")).OnClick(func(app.Context, app.Event) { j.Host.RemoveSample(s.ID) }, s.ID),
	)
}

// others moves an example to a class that is neither its own nor the answer.
func (j *judgeBox) others(s store.Sample, name, said string) app.UI {
	options := []app.UI{app.Option().Value("").Selected(true).Text(T("judge.other"))}
	for _, c := range j.Project.Classes {
		if c.ID != s.Class && c.ID != said {
			options = append(options, app.Option().Value(c.ID).Text(j.Project.Title(c.ID)))
		}
	}
	if len(options) == 1 {
		return app.Span()
	}
	return app.Select().Class("field small").Aria("label", T("judge.other.label", name)).Body(options...).
		OnChange(func(ctx app.Context, _ app.Event) {
			if to := ctx.JSSrc().Get("value").String(); to != "" {
				j.Host.MoveSample(s.ID, to)
			}
		}, s.ID)
}
