package page

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/store"
	"wafer/app/view"
	"wafer/app/words"
)

const (
	pictureTypes = "image/jpeg,image/png,image/gif,image/webp,.zip"
	tableTypes   = ".csv,.tsv,.tab,.txt,.xlsx,.jsonl,.ndjson,.json,.zip,.gz,text/csv," +
		"text/tab-separated-values,text/plain"
	fewPictures = 24
	fewTexts    = 6
)

// classCard is one class with its examples and the ways to add more. It is
// rendered anew only when its fields change.
type classCard struct {
	app.Compo
	*Pages

	ID      string
	Number  int
	Name    string
	Title   string // the name, or what to call the class while it has none
	Color   int
	Draft   string // what is typed as an example and not added yet
	Samples []store.Sample
	Tests   int             // number of samples that are kept to test with
	Picked  map[string]bool // ids of those that are selected
	Texts   bool
	Off     bool
	Open    bool          // its tools are
	Others  []store.Class // with their titles, which it can be merged into
	Last    bool
	Lang    words.Lang

	drawing bool
	filming bool
	shown   string // the class that this card was of
}

// OnUpdate closes the pad of a class that stood here before: cards are matched by their place.
func (c *classCard) OnUpdate(app.Context) {
	if c.shown != c.ID {
		c.drawing, c.filming = false, false
	}
	c.shown = c.ID
}

// Render keeps the number of parts the same whatever is shown: elements are matched by their place, and a field that
// is made anew loses the focus.
func (c *classCard) Render() app.UI {
	return app.Div().Class("card", "panel", "hue-"+strconv.Itoa(c.Color), offClass(c.Off)).ID(cardID(c.ID)).
		TabIndex(-1).
		DataSet("drop", dropClass+c.ID).Role("group").Aria("label", c.Title).Body(
		view.Div("card-head",
			app.Span().Class("swatch").Aria("hidden", "true"),
			app.Input().Type("text").Class("card-name").ID("name-"+c.ID).MaxLength(60).AutoComplete(false).
				Aria("label", T("teach.class.name", c.Number)).Placeholder(c.Title).OnInput(c.onName, c.ID),
			&shows{ID: "name-" + c.ID, Value: c.Name},
			view.Span("card-count", c.count()),
			view.Button("quiet icon").ID("tools-"+c.ID).Title(T("class.tools", c.Title)).
				Aria("label", T("class.tools", c.Title)).Aria("expanded", strconv.FormatBool(c.Open)).
				Body(app.Raw(view.IconMore)).OnClick(c.onTools, c.ID),
			view.Button("quiet icon danger").Title(T("teach.class.remove", c.Title)).
				Aria("label", T("teach.class.remove", c.Title)).Body(app.Raw(view.IconTrash)).OnClick(c.onRemove, c.ID),
		),
		view.Box(app.If(c.Open, c.tools())),
		view.Box(app.If(c.filming && !c.Texts,
			&recordBox{Pages: c.Pages, Class: c.ID, Title: c.Title, Lang: c.Lang, Close: c.stopFilming})),
		// In places of their own: what comes and goes must not make the fields after it anew,
		// under the hands of those who use them.
		view.Box(app.If(len(c.Samples) > 0,
			&view.Samples{ID: "samples-" + c.ID, Label: T("teach.samples", c.Title), Thumbs: c.thumbs(), Texts: c.Texts,
				Few: c.few(), More: T("teach.class.more", len(c.Samples)-c.few()), Less: T("teach.class.less"),
				Host: c.teaching})),
		view.Box(app.If(!c.Texts && len(c.Samples) == 0 && !c.drawing && !c.filming,
			view.P("card-empty", T("teach.class.empty")))),
		app.If(!c.Texts, c.pictureTools()),
		app.If(c.Texts, &lineField{Pages: c.Pages, Class: c.ID, Title: c.Title, Draft: c.Draft, Lang: c.Lang}),
		app.If(c.drawing && !c.Texts, &drawBox{Pages: c.Pages, Class: c.ID, Title: c.Title, Lang: c.Lang,
			Close: c.stopDrawing}),
	)
}

// cardID is the ID of the element of a class.
func cardID(class string) string { return "class-" + class }

// few is how many samples are shown before somebody asks for all.
func (c *classCard) few() int {
	if c.Texts {
		return fewTexts
	}
	return fewPictures
}

// count says how many samples are learnt, and how many are kept to test with.
func (c *classCard) count() string {
	if c.Tests > 0 {
		return T("teach.class.tests", c.learnt(), c.Tests)
	}
	return c.learnt()
}

// learnt says how many samples are learnt.
func (c *classCard) learnt() string {
	switch n := len(c.Samples); n {
	case 0:
		return T("teach.class.count.no")
	case 1:
		return T("teach.class.count.one")
	default:
		return T("teach.class.count", n)
	}
}

// thumbs gives samples without a file name a number, so that a screen reader can tell their buttons apart.
func (c *classCard) thumbs() []view.Thumb {
	list := make([]view.Thumb, len(c.Samples))
	for i, s := range c.Samples {
		name := s.Name
		if name == "" {
			name = T("teach.sample.nth", i+1)
		}
		list[i] = view.Thumb{ID: s.ID, URL: s.URL, Text: s.Text, Name: name,
			Remove: T("teach.sample.remove", name, c.Title), Picked: c.Picked[s.ID]}
	}
	return list
}

// pictureTools are the four ways to add pictures: camera, files, a folder, a pad.
func (c *classCard) pictureTools() app.UI {
	return view.Div("card-tools",
		view.Button("button small").ID("film-"+c.ID).Title(T("camera.open.class", c.Title)).
			Aria("expanded", strconv.FormatBool(c.filming)).Text(T("camera.open")).OnClick(c.onFilm),
		chooser{Pages: c.Pages, ID: "files-" + c.ID, Label: T("teach.add.files"),
			Title:  T("teach.add.files.label", c.Title),
			Accept: pictureTypes, Many: true, Small: true}.ui(c.ID),
		chooser{Pages: c.Pages, ID: "folder-" + c.ID, Label: T("teach.add.folder"),
			Title:  T("teach.add.folder.label", c.Title),
			Folder: true, Small: true}.ui(c.ID),
		view.Button("button small").ID("draw-"+c.ID).Title(T("teach.add.draw.label", c.Title)).
			Aria("expanded", strconv.FormatBool(c.drawing)).Text(T("teach.add.draw")).OnClick(c.onDraw),
	)
}

// onName is called for every key; the field keeps what is typed, see shows.
func (c *classCard) onName(ctx app.Context, e app.Event) {
	c.teaching.RenameClass(c.ID, ctx.JSSrc().Get("value").String())
}

// onRemove moves the focus to the way back, since the button that had it goes with the card.
func (c *classCard) onRemove(ctx app.Context, _ app.Event) {
	c.teaching.RemoveClass(c.ID)
	ctx.Defer(func(app.Context) { browser.Focus("teach-undo") })
}

// onFilm opens the camera, or closes it.
func (c *classCard) onFilm(app.Context, app.Event) { c.filming = !c.filming }

func (c *classCard) stopFilming() { c.filming = false }

// onDraw opens the pad, or closes it.
func (c *classCard) onDraw(app.Context, app.Event) { c.drawing = !c.drawing }

func (c *classCard) stopDrawing() { c.drawing = false }

// chooser is a button that opens the browser's file dialogue.
type chooser struct {
	*Pages

	ID, Label, Title, Accept    string
	Many, Folder, Small, Picked bool
}

// ui returns the button; files go to the class, or by folder or label when it is "".
func (c chooser) ui(class string) app.UI {
	return c.with(func(files []browser.File) { c.teaching.AddFiles(class, files) }, class)
}

// with returns the button; take gets the files. scope must differ when take does.
func (c chooser) with(take func([]browser.File), scope string) app.UI {
	input := app.Input().Type("file").ID(c.ID).Class("unseen").Multiple(c.Many || c.Folder).TabIndex(-1).
		Aria("hidden", "true").OnChange(func(app.Context, app.Event) { take(browser.FilesIn(c.ID)) }, c.ID, scope)
	if c.Accept != "" {
		input = input.Accept(c.Accept)
	}
	if c.Folder {
		input = input.Attr("webkitdirectory", "")
	}
	button := view.Button("button").Text(c.Label).
		OnClick(func(app.Context, app.Event) { browser.Choose(c.ID) }, c.ID, scope)
	if c.Small {
		button = button.Class("small")
	}
	if c.Title != "" {
		button = button.Title(c.Title)
	}
	return app.Span().Class("chooser").Body(button, input)
}
