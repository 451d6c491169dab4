package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/task"
)

// curvesBox has the curves of a model's answers, the threshold of its answers, and the samples with the largest loss.
// They are drawn by another program when somebody opens the box.
type curvesBox struct {
	app.Compo
	*Pages

	Project teach.Project
	Labels  []string
	Held    *task.Answers
	Asked   []string
	Set     string  // of judgeBox
	Sure    float64 // the threshold that is set
	Lang    words.Lang

	open   bool
	drawn  drawing // what was asked for last
	judged *bridge.Judged
	failed string
	moved  bool // the slider is elsewhere than Sure
	at     int  // the slider, in hundredths
}

// drawing is what tells one drawing from another.
type drawing struct {
	held *task.Answers
	sure float64
	lang words.Lang
}

const (
	sureID                  = "teach-sure"
	chartWidth, chartHeight = 340, 300 // of package report
)

func (c *curvesBox) Render() app.UI {
	return app.Details().Class("fold").ID("teach-curves"+c.Set).On("toggle", c.onToggle).Body(
		app.Summary().Text(T("curves.title")),
		view.Div("fold-body", c.body()...),
	)
}

func (c *curvesBox) body() []app.UI {
	switch {
	case c.failed != "":
		return []app.UI{view.Notice(view.Bad, c.failed, nil)}
	case c.judged == nil:
		return []app.UI{view.P("hint", T("curves.wait"))}
	}
	return []app.UI{
		view.Box(app.If(c.Set == "", c.threshold())),
		app.Div().Class("charts curves").Body(app.Range(c.judged.Charts).Slice(func(i int) app.UI {
			return c.chart(c.judged.Charts[i])
		})),
		view.Box(c.losses()...),
	}
}

// OnUpdate draws anew what has changed while the box is open.
func (c *curvesBox) OnUpdate(ctx app.Context) { c.draw(ctx) }

func (c *curvesBox) onToggle(ctx app.Context, _ app.Event) {
	c.open = ctx.JSSrc().Get("open").Bool()
	c.draw(ctx)
}

func (c *curvesBox) draw(ctx app.Context) {
	want := drawing{c.Held, c.Sure, c.Lang}
	if !c.open || c.drawn == want {
		return
	}
	c.drawn, c.moved = want, false
	q := bridge.JudgeRequest{Labels: c.Labels, Answers: *c.Held, Reject: c.Sure}
	c.teaching.Judge(q, func(done bridge.Judged, err error) {
		ctx.Dispatch(func(app.Context) {
			if c.drawn != want {
				return
			}
			if c.failed = ""; err != nil {
				c.failed = words.Explain(err)
				return
			}
			c.judged = &done
		})
	})
}

// threshold is the slider below which the model says that it does not know.
func (c *curvesBox) threshold() app.UI {
	if !c.moved {
		c.at = int(100*c.Sure + 0.5)
	}
	said := c.said()
	return view.Div("setting",
		app.Label().For(sureID).Text(T("curves.sure")),
		app.Input().Type("range").ID(sureID).Min(0).Max(99).Step(1).Value(c.at).
			Aria("valuetext", said).Aria("describedby", sureID+"-why").OnInput(c.onSlide).OnChange(c.onSure),
		view.P("number", said),
		app.P().Class("hint").ID(sureID+"-why").Text(T("curves.sure.why")),
	)
}

// said tells what the threshold under the slider does.
func (c *curvesBox) said() string {
	if c.at == 0 {
		return T("curves.sure.always", words.Share(c.judged.Rejects[0].Accuracy))
	}
	at := c.judged.Rejects[min(c.at, len(c.judged.Rejects)-1)]
	if at.Coverage == 0 {
		return T("curves.sure.never", words.Share(float64(c.at)/100))
	}
	return T("curves.sure.at", words.Share(float64(c.at)/100), words.Share(at.Coverage), words.Share(at.Accuracy))
}

func (c *curvesBox) onSlide(ctx app.Context, _ app.Event) {
	if at, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
		c.at, c.moved = at, true
	}
}

func (c *curvesBox) onSure(ctx app.Context, e app.Event) {
	c.onSlide(ctx, e)
	c.teaching.SetSure(float64(c.at) / 100)
}

// chart is a drawing with what it can be taken along as.
func (c *curvesBox) chart(d bridge.Drawn) app.UI {
	name := d.Name + c.Set
	return app.Figure().Body(
		app.Raw(d.SVG),
		view.Div("card-tools",
			c.take(d, "CSV", func() { browser.Download(name+".csv", "text/csv", []byte("\ufeff"+d.CSV)) }),
			c.take(d, "SVG", func() { browser.Download(name+".svg", "image/svg+xml", []byte(d.SVG)) }),
			c.take(d, "PNG", func() { browser.DownloadPNG(name+".png", d.SVG, chartWidth, chartHeight) }),
		),
	)
}

func (c *curvesBox) take(d bridge.Drawn, form string, do func()) app.UI {
	return view.Button("quiet small").Aria("label", T("curves.take", d.Title, form)).Text(form).
		OnClick(func(app.Context, app.Event) { do() }, d.Name, form, d.SVG)
}

// losses are the samples that surprised the model most, rightly answered or not.
func (c *curvesBox) losses() []app.UI {
	j := &judgeBox{Project: c.Project, Labels: c.Labels, Asked: c.Asked, Set: c.Set, Host: c.teaching}
	var list []app.UI
	rows := [][]string{{"sample", "class", "answer", "probability_of_class"}}
	for _, w := range c.judged.Losses {
		s, ok := j.sample(w)
		if !ok {
			continue
		}
		rows = append(rows, []string{sampleName(s, w.Sample) + " " + s.Text, j.label(w.Label), j.label(w.Said),
			strconv.FormatFloat(w.Probability, 'g', 6, 64)})
		list = append(list, app.Li().Body(shownSample(s, w.Sample),
			app.P().Text(T("curves.loss", j.label(w.Label), words.Percent(w.Probability))), j.tools(w, s)))
	}
	if len(list) == 0 {
		return nil
	}
	return []app.UI{view.P("judge-head", T("curves.losses")),
		app.Ul().Class("judge-wrong").Body(list...),
		view.Act("button small", "losses-csv"+c.Set, T("judge.csv"), func(app.Context, app.Event) {
			downloadCSV("losses"+c.Set, rows)
		})}
}
