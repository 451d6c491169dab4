package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/bridge"
	"wafer/app/state"
	"wafer/app/view"
	"wafer/app/words"
)

// why is the button that asks why, and below it what came: the map of a picture, or the words of a text. leave is told
// which of these to leave out or put back, −1 all.
func why(id string, w state.Why, ask func(), leave func(part int)) app.UI {
	key := "why.ask"
	if w.Asked {
		key = "why.hide"
	}
	return view.Div("why",
		view.Act("button small", id, T(key), func(app.Context, app.Event) { ask() }).
			Aria("expanded", strconv.FormatBool(w.Asked)),
		found(w, leave),
	)
}

func found(w state.Why, leave func(int)) app.UI {
	switch {
	case w.Busy:
		return view.P("hint", T("why.busy"))
	case w.Error != "":
		return view.Notice(view.Bad, w.Error, nil)
	case w.Found == nil:
		return nothing()
	}
	lines := app.Range(w.Found.Lines).Slice(func(i int) app.UI { return view.P("hint", told(w.Found.Lines[i])) })
	if w.URL != "" { // the map, with its legend; what it shows stands below in words
		return view.Div("why-map", app.Img().Src(w.URL).Alt(told(w.Found.Alt)),
			view.Div("why-lines", view.Span("why-ramp", ""), lines).Role("status"))
	}
	return view.Div("why-text", lines,
		view.Div("why-words", app.Range(w.Found.Parts).Slice(func(i int) app.UI { return word(w, i, leave) })),
		leftOut(w, leave))
}

// told is a sentence in the language of the page.
func told(s bridge.Said) string {
	if words.Language() == words.Chinese {
		return s[1]
	}
	return s[0]
}

// word is a part of the text as a button that leaves it out; the style has a sign behind it by its level.
func word(w state.Why, i int, leave func(int)) app.UI {
	p := w.Found.Parts[i]
	return view.Act("why-word level"+strconv.Itoa(p.Level), "", p.Text, func(app.Context, app.Event) { leave(i) }, i).
		Aria("label", told(p.Said)).Aria("pressed", strconv.FormatBool(w.Out[i]))
}

// leftOut says that the bars are of a part of the text only, with the way back.
func leftOut(w state.Why, leave func(int)) app.UI {
	n := w.Left()
	if n == 0 {
		return nothing()
	}
	said := T("why.left", n)
	if w.Result != nil && w.Result.Error != "" {
		said = w.Result.Error
	}
	return view.Notice(view.Plain, said,
		view.Act("button small", "", T("why.back"), func(app.Context, app.Event) { leave(-1) }))
}
