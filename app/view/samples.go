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
	Picked bool   // among those that are selected
}

// SampleHost is told what a person does with a list of samples.
type SampleHost interface {
	RemoveSample(id string)
	RemoveSelected()
	SelectSample(id string, through bool) // through: all from the one before
	SelectNone()
}

// mostSamples is how many are shown even to a person who asks for all: more only
// make the page slow.
const mostSamples = 500

// Icons of what is done with samples and classes.
const (
	IconTrash = iconHead + `<path d="M4 5.500h12M8 5.500v-2h4v2M5.500 5.500l.750 11h7.500l.750-11M8.500 ` +
		`8.500v5M11.500 8.500v5"/></svg>`
	IconMore  = iconHead + `<path d="M4.500 10h.010M10 10h.010M15.500 10h.010"/></svg>`
	IconBack  = iconHead + `<path d="M7.500 5L4 8.500L7.500 12M4 8.500h8a4 4 0 0 1 0 8h-3"/></svg>`
	IconForth = iconHead + `<path d="M12.500 5L16 8.500L12.500 12M16 8.500h-8a4 4 0 0 0 0 8h3"/></svg>`
	IconPlus  = iconHead + `<path d="M10 4v12M4 10h12"/></svg>`
)

// Samples lists samples, pictures in a grid and texts in rows. Each is a button that selects it, beside one that
// removes it. It shows Few of them until a person asks for all. The whole list is one stop of Tab: arrows, Home and End
// move in it, with Shift they select on the way, Control and A selects all that is shown, Escape nothing, and Delete
// removes a sample, or all that are selected if it is one of them.
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
	return Div("sample-box",
		app.Ul().ID(s.ID).Class(kind).Aria("label", s.Label).OnKeyDown(s.onKey).
			Body(app.Range(list).Slice(func(i int) app.UI { return s.item(list[i], i == at) })),
		app.If(len(s.Thumbs) > s.Few, Button("quiet small").
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
	control := e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool()
	step, moves := steps[key]
	all := control && key == "a"
	if len(list) == 0 || !moves && !all && key != "Delete" && key != "Escape" {
		return
	}
	e.PreventDefault()
	switch {
	case all:
		s.selectAll(list)
	case key == "Escape":
		s.Host.SelectNone()
	case key == "Delete":
		s.remove(ctx, list[at].ID)
	default:
		to := list[min(max(at+step, 0), len(list)-1)].ID
		if e.Get("shiftKey").Bool() {
			if !list[at].Picked {
				s.Host.SelectSample(list[at].ID, false)
			}
			s.Host.SelectSample(to, true)
		}
		s.focus(ctx, to)
	}
}

// selectAll selects all that is shown.
func (s *Samples) selectAll(list []Thumb) {
	s.Host.SelectNone()
	s.Host.SelectSample(list[0].ID, false)
	s.Host.SelectSample(list[len(list)-1].ID, true)
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

// remove removes a sample, or all that are selected; the focus goes to one after it, or before it, that stays.
func (s *Samples) remove(ctx app.Context, id string) {
	list, at := s.listed(), s.place(id)
	if at >= 0 && list[at].Picked {
		s.leave(ctx, list, at)
		s.Host.RemoveSelected()
		return
	}
	switch {
	case at >= 0 && at+1 < len(list):
		s.focus(ctx, list[at+1].ID)
	case at > 0:
		s.focus(ctx, list[at-1].ID)
	}
	s.Host.RemoveSample(id)
}

// leave moves the focus to a sample that is not selected.
func (s *Samples) leave(ctx app.Context, list []Thumb, at int) {
	stays := func(t Thumb) bool { return !t.Picked }
	if i := slices.IndexFunc(list[at:], stays); i >= 0 {
		s.focus(ctx, list[at+i].ID)
		return
	}
	for i := at - 1; i >= 0; i-- {
		if stays(list[i]) {
			s.focus(ctx, list[i].ID)
			return
		}
	}
}

// button is the ID of the element that selects a sample.
func (s *Samples) button(id string) string { return s.ID + "-" + id }

func (s *Samples) item(t Thumb, stop bool) app.UI {
	tab := -1
	if stop {
		tab = 0
	}
	pick := Button("pick-one").ID(s.button(t.ID)).TabIndex(tab).
		Aria("pressed", strconv.FormatBool(t.Picked)).OnClick(s.onPick(t.ID), t.ID)
	remove := Button("remove").TabIndex(-1).Title(t.Remove).
		Aria("label", t.Remove).Body(app.Raw(IconClear)).OnClick(s.onRemove(t.ID), t.ID)
	if s.Texts {
		return app.Li().Class("line").Body(pick.Body(app.Span().Text(t.Text)), remove)
	}
	return app.Li().Class("thumb").Body(pick.Title(t.Name).Body(app.Img().Src(t.URL).Alt(t.Name)), remove)
}

// onPick selects a sample; the button has the focus then, and is where Tab stops.
func (s *Samples) onPick(id string) app.EventHandler {
	return func(_ app.Context, e app.Event) {
		s.at = id
		s.Host.SelectSample(id, e.Get("shiftKey").Bool())
	}
}

func (s *Samples) onMore(app.Context, app.Event) { s.all = !s.all }

func (s *Samples) onRemove(id string) app.EventHandler {
	return func(ctx app.Context, _ app.Event) { s.remove(ctx, id) }
}
