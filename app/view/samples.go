package view

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

// Thumb is one sample as lists show it.
type Thumb struct {
	ID     string
	URL    string // of a picture
	Text   string // of a text
	Name   string // what a screen reader calls it
	Remove string // what its button says
}

// SampleHost is told what a person does with a list of samples.
type SampleHost interface{ RemoveSample(id string) }

// mostSamples is how many are shown even to a person who asks for all: more only
// make the page slow.
const mostSamples = 500

// IconTrash and IconPlus belong to removing and adding.
const (
	IconTrash = iconHead + `<path d="M4 5.500h12M8 5.500v-2h4v2M5.500 5.500l.750 11h7.500l.750-11M8.500 ` +
		`8.500v5M11.500 8.500v5"/></svg>`
	IconPlus = iconHead + `<path d="M10 4v12M4 10h12"/></svg>`
)

// Samples lists samples, pictures in a grid and texts in rows, each with a button
// that removes it. It shows Few of them until a person asks for all. The whole list is
// one stop of Tab: arrows, Home and End move in it, and Delete removes a sample.
type Samples struct {
	app.Compo
	ID         string // of the element
	Label      string // what a screen reader calls the list
	Thumbs     []Thumb
	Texts      bool
	Few        int
	More, Less string // what the button below says
	Host       SampleHost

	all bool
	at  string // ID of the sample that Tab stops at, "" or one that is gone: the first
}

// Render shows the list.
func (s *Samples) Render() app.UI {
	list := s.listed()
	at := max(s.place(s.at), 0)
	kind := "thumbs"
	if s.Texts {
		kind = "lines"
	}
	return app.Div().Class("sample-box").Body(
		app.Ul().ID(s.ID).Class(kind).Aria("label", s.Label).OnKeyDown(s.onKey).
			Body(app.Range(list).Slice(func(i int) app.UI { return s.item(list[i], i == at) })),
		app.If(len(s.Thumbs) > s.Few, app.Button().Class("quiet small").Type("button").
			Aria("expanded", strconv.FormatBool(s.all)).Text(s.label()).OnClick(s.onMore)),
	)
}

func (s *Samples) label() string {
	if s.all {
		return s.Less
	}
	return s.More
}

// listed are the samples that are shown.
func (s *Samples) listed() []Thumb {
	list, most := s.Thumbs, s.Few
	if s.all {
		most = mostSamples
	}
	if len(list) > most {
		list = list[len(list)-most:] // the newest are the ones just added
	}
	return list
}

// place is where a sample stands in the list, −1 where it does not.
func (s *Samples) place(id string) int {
	return slices.IndexFunc(s.listed(), func(t Thumb) bool { return t.ID == id })
}

// steps are how far keys move.
var steps = map[string]int{"ArrowRight": 1, "ArrowDown": 1, "ArrowLeft": -1, "ArrowUp": -1, "Home": -mostSamples,
	"End": mostSamples}

func (s *Samples) onKey(ctx app.Context, e app.Event) {
	list, at := s.listed(), max(s.place(s.at), 0)
	key := e.Get("key").String()
	step, moves := steps[key]
	if len(list) == 0 || !moves && key != "Delete" {
		return
	}
	e.PreventDefault()
	if key == "Delete" {
		s.remove(ctx, list[at].ID)
		return
	}
	s.focus(ctx, list[min(max(at+step, 0), len(list)-1)].ID)
}

// focus makes a sample the one that Tab stops at, and gives it the focus.
func (s *Samples) focus(ctx app.Context, id string) {
	s.at = id
	ctx.Defer(func(app.Context) {
		if e := app.Window().GetElementByID(s.button(id)); e.Truthy() {
			e.Call("focus")
		}
	})
}

// remove removes a sample; the focus goes to the one after it, or before it.
func (s *Samples) remove(ctx app.Context, id string) {
	list, at := s.listed(), s.place(id)
	switch {
	case at >= 0 && at+1 < len(list):
		s.focus(ctx, list[at+1].ID)
	case at > 0:
		s.focus(ctx, list[at-1].ID)
	}
	s.Host.RemoveSample(id)
}

// button is the ID of the element that removes a sample.
func (s *Samples) button(id string) string { return s.ID + "-" + id }

func (s *Samples) item(t Thumb, stop bool) app.UI {
	tab := -1
	if stop {
		tab = 0
	}
	remove := app.Button().Class("remove").Type("button").ID(s.button(t.ID)).TabIndex(tab).Title(t.Remove).
		Aria("label", t.Remove).Body(app.Raw(IconClear)).OnClick(s.onRemove(t.ID), t.ID)
	if s.Texts {
		return app.Li().Class("line").Body(app.Span().Text(t.Text), remove)
	}
	return app.Li().Class("thumb").Body(app.Img().Src(t.URL).Alt(t.Name).Title(t.Name), remove)
}

func (s *Samples) onMore(app.Context, app.Event) { s.all = !s.all }

func (s *Samples) onRemove(id string) app.EventHandler {
	return func(ctx app.Context, _ app.Event) { s.remove(ctx, id) }
}
