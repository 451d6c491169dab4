package page

import (
	"strconv"
	"strings"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/teach"
	"wafer/app/view"
	"wafer/app/words"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// Teach is where people make a model of their own classes, in three acts that
// are all in view: examples, training, trying and keeping.
type Teach struct {
	app.Compo
	*Pages
	watching
	stopIntake func()
	stay, keys app.Func
}

// OnNav names the page and goes to the kind that the address asks for, /teach?kind=text.
func (t *Teach) OnNav(ctx app.Context) {
	ctx.Page().SetTitle(T("title.teach"))
	if kind := task.Kind(ctx.Page().URL().Query().Get("kind")); kind == task.Image || kind == task.Text {
		t.teaching.Visit(kind)
	}
}

// OnMount brings back what was kept and listens for what is dropped or pasted.
func (t *Teach) OnMount(ctx app.Context) {
	t.watch(ctx, t.shared)
	t.teaching.Open()
	t.stopIntake = browser.OnIntake(t.take)
	t.stay = app.FuncOf(t.warnBeforeLeaving)
	app.Window().Call("addEventListener", "beforeunload", t.stay)
	t.keys = app.FuncOf(t.onKey)
	app.Window().Call("addEventListener", "keydown", t.keys)
}

// OnDismount lets go of the window.
func (t *Teach) OnDismount() {
	t.unwatch()
	if t.stopIntake != nil {
		t.stopIntake()
		app.Window().Call("removeEventListener", "beforeunload", t.stay)
		t.stay.Release()
		app.Window().Call("removeEventListener", "keydown", t.keys)
		t.keys.Release()
	}
}

// warnBeforeLeaving has the browser ask before the tab closes on a training.
func (g *Pages) warnBeforeLeaving(_ app.Value, events []app.Value) any {
	if g.teaching.Training() {
		events[0].Call("preventDefault")
		events[0].Set("returnValue", T("teach.leave"))
	}
	return nil
}

// Places to drop things on, as data-drop: the prefix of a class, and the trial.
const (
	dropClass = "class:"
	dropTry   = "try"
)

// take takes what was dropped or pasted, to where it was dropped.
func (t *Teach) take(in browser.Intake) {
	class, onClass := strings.CutPrefix(in.Target, dropClass)
	if in.Early {
		class = t.teaching.Early(class)
	}
	s := t.teaching.Get()
	switch {
	case onClass && len(in.Files) > 0:
		t.teaching.AddFiles(class, in.Files)
	case onClass && s.Kind == task.Text:
		t.teaching.AddLines(class, in.Text)
	case in.Target == dropTry && len(in.Files) > 0 && isModelFile(in.Files[0]):
		t.teaching.OpenModel(in.Files[0])
	case in.Target == dropTry && len(in.Files) > 0 && s.Kind == task.Image:
		t.teaching.TryFile(in.Files[0])
	case in.Target == dropTry && in.Text != "" && s.Kind == task.Text:
		t.teaching.TryText(in.Text)
	case len(in.Files) > 0 && isModelFile(in.Files[0]):
		t.teaching.OpenModel(in.Files[0])
	case state.IsModel(in.Files):
		t.teaching.OpenBase(in.Files)
	case len(in.Files) > 0:
		t.teaching.AddFiles("", in.Files)
	case in.Text != "" && s.Kind == task.Image:
		t.teaching.RefuseText()
	case in.Text != "":
		t.teaching.AddLines("", in.Text)
	}
}

func isModelFile(f browser.File) bool { return strings.HasSuffix(strings.ToLower(f.Name), ".wafer") }

// Render shows the page.
func (t *Teach) Render() app.UI {
	teaching := t.teaching
	s, models := teaching.Get(), t.shared.Get()
	lead, bases := "teach.lead", models.Bases(s.Kind)
	if models.Server.Jobs {
		lead = "teach.lead.jobs"
	}
	return t.Shell("/teach",
		app.Header().Class("page-head").Body(
			view.Box(app.H1().Text(T("teach.title")), app.P().Text(T(lead))),
			view.Segments("teach-kind", T("teach.kind"), string(s.Kind), []view.Option{
				{Value: string(task.Image), Label: T("teach.kind.image")},
				{Value: string(task.Text), Label: T("teach.kind.text")},
			}, func(kind string) { teaching.SetKind(task.Kind(kind)) }),
		),
		view.Box(app.If(s.Warning != nil, view.Notice(view.Bad, s.Warning.Text(), nil)), t.importing(models)),
		app.FieldSet().Class("acts").Disabled(!s.Opened).Body( // until what was kept is here
			t.examples(s),
			view.Div("acts-side",
				&trainAct{Pages: t.Pages, State: s, Models: bases, Trouble: catalogueTrouble(models),
					Server: models.Server, Lang: models.Lang},
				&tryAct{Pages: t.Pages, State: s, Models: bases, Lang: models.Lang},
			),
		),
	)
}

// catalogueTrouble says why there may be no model to build upon.
func catalogueTrouble(s state.State) string {
	switch {
	case s.CatalogueError != "":
		return T("teach.check.nobase", s.CatalogueError)
	case !s.Loaded:
		return T("teach.check.loading")
	}
	return ""
}

// act is one of the three sections, with its number.
func act(number, id, title string, body ...app.UI) app.HTMLSection {
	head := app.H2().ID(id).Class("act-title").Body(
		app.Span().Class("act-number").Aria("hidden", "true").Text(number), app.Span().Text(title))
	return app.Section().Class("act").Aria("labelledby", id).Body(append([]app.UI{head}, body...)...)
}

// examples is the first act.
func (t *Teach) examples(s teach.State) app.UI {
	cards := make([]app.UI, len(s.Project.Classes))
	for i, c := range s.Project.Classes {
		cards[i] = &classCard{Pages: t.Pages, ID: c.ID, Number: i + 1, Name: c.Name, Title: s.Project.Title(c.ID),
			Color: c.Color, Draft: s.Drafts[c.ID], Tests: len(s.Project.Tests(c.ID)),
			Samples: s.Project.Samples(c.ID), Picked: pickedIn(s, c.ID), Off: c.Off, Open: t.openTools == c.ID,
			Others: titled(&s.Project, c.ID), Last: i == len(cards)-1, Texts: s.Kind == task.Text,
			Lang: words.Language()}
	}
	return act("1", "act-examples", T("teach.examples"),
		t.steps(s),
		view.P("act-lead", T("teach.examples.lead", recipe.HeldOutFrom)),
		view.Div("cards", cards...),
		view.Div("card-tools",
			view.Button("button").ID("teach-add-class").
				Body(app.Raw(view.IconPlus), view.Text(T("teach.class.add"))).OnClick(t.onAddClass),
			app.If(s.Kind == task.Image,
				chooser{Pages: t.Pages, ID: "teach-folders", Label: T("teach.add.folders"),
					Title: T("teach.add.folders.hint"), Folder: true}.ui("")),
			app.If(s.Kind == task.Image,
				chooser{Pages: t.Pages, ID: "teach-zip", Label: T("teach.add.zip"), Title: T("teach.add.folders.hint"),
					Accept: ".zip,application/zip"}.ui("")),
			app.If(s.Kind == task.Text,
				chooser{Pages: t.Pages, ID: "teach-table", Label: T("teach.add.table"), Accept: tableTypes,
					Many: true}.ui("")),
		),
		app.If(s.Question != nil, &askColumns{Pages: t.Pages, Question: s.Question, Lang: words.Language()}),
		app.If(s.Kind == task.Text, &pasteLines{Pages: t.Pages, Draft: s.Drafts[""], Lang: words.Language()}),
		view.Box(app.If(untouched(&s.Project), t.sets(s.Kind))),
		t.happened(s),
		t.whole(s),
		t.selectionBar(s),
		resultBar(s),
	)
}

// pickedIn are the ids of the selected samples of a class, nil for none, so that only its card is rendered anew.
func pickedIn(s teach.State, class string) (picked map[string]bool) {
	if len(s.Selected) == 0 {
		return nil
	}
	for _, x := range s.Project.Samples(class) {
		if s.Selected[x.ID] {
			if picked == nil {
				picked = map[string]bool{}
			}
			picked[x.ID] = true
		}
	}
	return picked
}

// sets offers shipped examples to who has none at hand.
func (t *Teach) sets(kind task.Kind) app.UI {
	var buttons []app.UI
	for _, set := range teach.Sets() {
		if set.Kind == kind {
			buttons = append(buttons, view.Button("button small").ID("set-"+set.ID).
				Text(T("teach.set."+set.ID)).OnClick(func(app.Context, app.Event) { t.teaching.AddSet(set) }, set.ID))
		}
	}
	return view.Div("sets",
		view.Div("card-tools", append([]app.UI{view.Span("hint", T("teach.sets"))}, buttons...)...),
		view.P("hint", T("teach.sets.credit."+string(kind))),
	)
}

// resultBar stays at the lower edge of a phone while the examples fill the screen: what is learnt, and the way there.
func resultBar(s teach.State) app.UI {
	said, busy := learnt(s)
	if r := s.Project.Report; r != nil && r.Estimate != nil && !busy && !s.Changed {
		said = T("teach.bar.estimate", words.Rounded(r.Estimate.Accuracy))
	}
	to, key := "act-train", "teach.bar.result"
	if s.Model != nil {
		to, key = "act-try", "teach.bar.try"
	}
	return app.Div().Class("result-bar").Hidden(untouched(&s.Project) || len(s.Selected) > 0).Body(
		app.Span().Class("learn-dot").Aria("hidden", "true").DataSet("busy", strconv.FormatBool(busy)),
		view.Span("result-said", said),
		view.Button("button small").ID("teach-bar").Text(T(key)).
			OnClick(func(app.Context, app.Event) { browser.RevealTop(to) }, to),
	)
}

// onAddClass moves the focus into the name of the new class, which is there after the next rendering.
func (t *Teach) onAddClass(ctx app.Context, _ app.Event) {
	if id := t.teaching.AddClass(); id != "" {
		ctx.Defer(func(app.Context) { browser.Focus("name-" + id) })
	}
}

// happened says what was added, refused or removed, with a way back.
func (t *Teach) happened(s teach.State) app.UI {
	button := func(key string, do app.EventHandler, id string) app.UI {
		return view.Button("button small").ID(id).Text(T(key)).OnClick(do, key)
	}
	said, tone, action := s.Notice.Text(), view.Plain, app.UI(nil)
	switch {
	case said != "" && s.Notice.Bad:
		tone, action = view.Bad, button("teach.dismiss", t.onDismiss, "teach-dismiss")
	case said != "" && s.Guessed:
		action = button("teach.encoding", t.onEncoding, "teach-encoding")
	case said != "" && s.Undoable():
		action = button("teach.undo", t.onUndo, "teach-undo")
	}
	return view.Div("happened", app.If(said != "", view.Notice(tone, said, action)))
}

func (t *Teach) onEncoding(app.Context, app.Event) { t.teaching.ChooseEncoding() }
func (t *Teach) onDismiss(app.Context, app.Event)  { t.teaching.Dismiss() }
