package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/teach"
	"wafer/app/words"
	"wafer/nn/task"
)

// heldOutFrom is the least number of samples of every class from which nn.Teach
// holds some out.
const heldOutFrom = 10

// sevenSteps says, for whoever opens it, what a training does in the seven steps
// that every textbook names.
func sevenSteps(p *teach.Project, base task.Model) app.UI {
	auto := func(v float64) string {
		if v == 0 {
			return T("teach.auto")
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	samples, least := 0, -1
	for _, c := range p.Classes {
		n := p.Count(c.ID)
		samples += n
		if least < 0 || n < least {
			least = n
		}
	}
	optimizer, validate := "teach.say.headoptimizer", "teach.say.novalidate"
	if p.Settings.WholeNetwork {
		optimizer = "teach.say.wholeoptimizer"
	}
	if least >= heldOutFrom {
		validate = "teach.say.validate"
	}
	steps := []struct{ key, says string }{
		{"teach.step.preprocess", preprocessing(base)},
		{"teach.step.define", T("teach.say.head", words.Title(base), len(p.Classes))},
		{"teach.step.loss", T("teach.say.loss")},
		{"teach.step.optimizer", T(optimizer, auto(p.Settings.LearningRate))},
		{"teach.step.train", T("teach.say.train", samples, auto(float64(p.Settings.Epochs)))},
		{"teach.step.validate", T(validate)},
		{"teach.step.test", T("teach.say.test")},
	}
	return app.Details().Class("fold").Body(
		app.Summary().Text(T("teach.steps")),
		app.Ol().Class("steps").Body(app.Range(steps).Slice(func(i int) app.UI {
			return app.Li().Body(app.Strong().Text(T(steps[i].key)), app.Span().Text(steps[i].says))
		})),
	)
}

func preprocessing(base task.Model) string {
	switch {
	case base.Kind == task.Text:
		return T("teach.say.text", words.Title(base))
	case base.Channels == 1:
		return T("teach.say.grey", base.Width, base.Height)
	}
	return T("teach.say.image", base.Width, base.Height)
}
