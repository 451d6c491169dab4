package view

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Bar is one label with its share.
type Bar struct {
	Label string
	Value string  // the share as people read it
	Share float64 // 0…1: the length
}

// Bars draws one bar under the other, the first one strong unless dim. The bars
// themselves are decoration: every row says its label and value in words.
func Bars(rows []Bar, dim bool) app.UI {
	list := app.Ul().Class("bars")
	if dim {
		list = list.Class("dim")
	}
	return list.Body(app.Range(rows).Slice(func(i int) app.UI {
		row := app.Li().Class("bar-row")
		if i == 0 && !dim {
			row = row.Class("first")
		}
		return row.Body(
			Span("name", rows[i].Label),
			Span("value", rows[i].Value),
			track(rows[i].Share),
		)
	}))
}

// BinaryBar draws one probability between two labels: the share of the right one.
type BinaryBar struct {
	Name        string // what a screen reader calls the bar: "Probability of positive"
	Left, Right string // the two labels
	Value       string // the probability of the right one, as people read it
	Share       float64
}

// UI returns the bar.
func (b BinaryBar) UI() app.UI {
	left, right := app.UI(app.Span().Text(b.Left)), app.UI(app.Strong().Text(b.Right))
	if b.Share < 0.5 {
		left, right = app.Strong().Text(b.Left), app.Span().Text(b.Right)
	}
	return Div("binary",
		app.Div().Role("meter").Aria("label", b.Name).Aria("valuemin", "0").Aria("valuemax", "100").
			Aria("valuenow", strconv.Itoa(percent(b.Share))).Aria("valuetext", b.Value).
			Body(track(b.Share)),
		app.Div().Class("ends").Aria("hidden", "true").Body(left, right),
	)
}

// GhostBars hints at the bars that will be there; it says nothing.
func GhostBars() app.UI {
	return app.Div().Class("ghost").Aria("hidden", "true").Body(track(0.72), track(0.31), track(0.12))
}

func track(share float64) app.UI {
	return app.Span().Class("track").Aria("hidden", "true").Body(
		app.Span().Class("fill", "w-"+strconv.Itoa(percent(share))),
	)
}

// percent rounds a share to whole per cent and stays within 0…100.
func percent(share float64) int { return min(100, max(0, int(100*share+0.5))) }
