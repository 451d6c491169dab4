package view

import (
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
	IconTrash = iconHead + `<path d="M4 5.500h12M8 5.500v-2h4v2M5.500 5.500l.750 11h7.500l.750-11M8.500 8.500v5M11.500 8.500v5"/></svg>`
	IconPlus  = iconHead + `<path d="M10 4v12M4 10h12"/></svg>`
)

// Samples lists samples, pictures in a grid and texts in rows, each with a button
// that removes it. It shows Few of them until a person asks for all.
type Samples struct {
	app.Compo
	ID         string // of the element
	Thumbs     []Thumb
	Texts      bool
	Few        int
	More, Less string // what the button below says
	Host       SampleHost

	all bool
}

// Render shows the list.
func (s *Samples) Render() app.UI {
	list, most := s.Thumbs, s.Few
	if s.all {
		most = mostSamples
	}
	if len(list) > most {
		list = list[len(list)-most:] // the newest are the ones just added
	}
	kind := "thumbs"
	if s.Texts {
		kind = "lines"
	}
	return app.Div().Class("sample-box").Body(
		app.Ul().ID(s.ID).Class(kind).Body(app.Range(list).Slice(func(i int) app.UI { return s.item(list[i]) })),
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

func (s *Samples) item(t Thumb) app.UI {
	remove := app.Button().Class("remove").Type("button").Title(t.Remove).Aria("label", t.Remove).
		Body(app.Raw(IconClear)).OnClick(s.onRemove(t.ID), t.ID)
	if s.Texts {
		return app.Li().Class("line").Body(app.Span().Text(t.Text), remove)
	}
	return app.Li().Class("thumb").Body(app.Img().Src(t.URL).Alt(t.Name).Title(t.Name), remove)
}

func (s *Samples) onMore(app.Context, app.Event) { s.all = !s.all }

func (s *Samples) onRemove(id string) app.EventHandler {
	return func(app.Context, app.Event) { s.Host.RemoveSample(id) }
}
