package page

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/teach"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// sevenSteps prints, for whoever opens it, the recipe of a training in the seven steps that every textbook names.
func sevenSteps(p *teach.Project, base task.Model) app.UI {
	q, samples := p.Teaching(base, true), 0
	for i, n := range q.Counts {
		samples += n
		q.Counts[i], q.Classes[i] = max(n, 2), strconv.Itoa(i+1) // as if it were ready
	}
	r, err := q.Recipe()
	if err != nil {
		return app.Div()
	}
	steps := []struct{ key, says string }{
		{"teach.step.preprocess", preprocessing(base, r)},
		{"teach.step.define", defining(base, r)},
		{"teach.step.loss", T("teach.say.loss", r.Loss.Name)},
		{"teach.step.optimizer", ofStages(r, optimizing)},
		{"teach.step.train", T("teach.say.samples", samples) + " " + ofStages(r, training)},
		{"teach.step.validate", validating(r)},
		{"teach.step.test", T("teach.say.test")},
	}
	return app.Details().Class("fold").Body(
		app.Summary().Text(T("teach.steps")),
		app.Ol().Class("steps").Body(app.Range(steps).Slice(func(i int) app.UI {
			return app.Li().Body(app.Strong().Text(T(steps[i].key)), app.Span().Text(steps[i].says))
		})),
	)
}

// ofStages says something of every stage.
func ofStages(r *recipe.Recipe, say func(recipe.Stage, *recipe.Recipe) string) string {
	var list []string
	for _, s := range r.Parts() {
		list = append(list, say(s, r.Of(s)))
	}
	return strings.Join(list, " ")
}

// optimizing says of a stage what learns and how: a solver, or an optimiser with its rate, schedule and, where parts of
// the base learn slower, their factors.
func optimizing(s recipe.Stage, r *recipe.Recipe) string {
	part := T("teach.part.from", s.Trains)
	if s.Trains == recipe.Head || s.Trains == recipe.LastBlock || s.Trains == recipe.Whole {
		part = T("teach.part." + s.Trains)
	}
	if s.Solver != "" {
		return T("teach.say.solver", part)
	}
	o := r.Optimizer
	said := T("teach.say.optimizer", o.Name, part, strconv.FormatFloat(o.LearningRate, 'g', -1, 64), o.Schedule.Name)
	if len(s.RateFactors) > 0 {
		var list []string
		for _, v := range s.RateFactors[:len(s.RateFactors)-1] {
			list = append(list, strconv.FormatFloat(v, 'g', -1, 64))
		}
		said += " " + T("teach.say.rates", strings.Join(list, ", "))
	}
	return said
}

// training says of a stage how long it runs: epochs and batch size, or until the solver has converged.
func training(s recipe.Stage, r *recipe.Recipe) string {
	if s.Solver != "" {
		return T("teach.say.solved")
	}
	said := T("teach.say.train", r.Train.Epochs, r.Train.BatchSize)
	if r.Train.ClassWeight != "" {
		said += " " + T("teach.say.balanced")
	}
	if s.Generator != nil {
		said += " " + T("teach.say.changed")
	}
	return said
}

// validating says on what the best epoch is chosen: cross-validation, a share held out with its patience, or nothing.
func validating(r *recipe.Recipe) string {
	switch v := r.Validate; {
	case r.Parts()[0].Solver != "" && v.Split == 0:
		return T("teach.say.cross")
	case v.Split == 0:
		return T("teach.say.novalidate", recipe.HeldOutFrom)
	case v.Patience == 0:
		return T("teach.say.validate", words.Share(v.Split))
	default:
		return T("teach.say.validate", words.Share(v.Split)) + " " + T("teach.say.patience", v.Patience)
	}
}

// defining says what network there is: a base and a head for so many classes, n-grams alone, or features of several
// levels.
func defining(base task.Model, r *recipe.Recipe) string {
	classes := len(r.Preprocess.Labels)
	if base.NGrams {
		return T("teach.say.head.ngrams", classes)
	}
	if levels := r.Define.Stack()[0].Levels; levels > 0 {
		return T("teach.say.head.levels", words.Title(base), classes, levels)
	}
	return T("teach.say.head", words.Title(base), classes)
}

// preprocessing says what becomes of an input: its size in pixels, grey or in colour, or tokens and n-grams of a text.
func preprocessing(base task.Model, r *recipe.Recipe) string {
	grams, only := r.NGrams()
	switch {
	case grams != nil && !only:
		return T("teach.say.text", words.Title(base)) + " " + T("teach.say.ngrams", grams.Words, grams.CharMax)
	case base.Kind == task.Text:
		return T("teach.say.text", words.Title(base))
	case base.Channels == 1:
		return T("teach.say.grey", base.Width, base.Height)
	}
	return T("teach.say.image", base.Width, base.Height)
}
