package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/browser"
	"wafer/app/store"
	"wafer/app/teach"
	"wafer/app/view"
)

// tools are what can be done with a class as a whole, one click deeper than its samples.
func (c *classCard) tools() app.UI {
	step := func(id, key string, by int, not bool) app.UI {
		return view.Button("button small").ID(id+c.ID).Disabled(not).
			Aria("label", T(key+".label", c.Title)).Text(T(key)).OnClick(c.onMove(by, id), c.ID)
	}
	return app.Div().Class("card-tools class-tools").Role("group").Aria("label", T("class.tools", c.Title)).Body(
		step("up-", "class.up", -1, c.Number == 1),
		step("down-", "class.down", 1, c.Last),
		view.Button("button small").ID("off-"+c.ID).
			Aria("label", T(switchKey(c.Off)+".label", c.Title)).Text(T(switchKey(c.Off))).
			OnClick(c.onSwitch, c.ID, c.Off),
		view.Button("button small").ID("all-"+c.ID).Disabled(len(c.Samples) == 0).
			Aria("label", T("class.all.label", c.Title)).Text(T("class.all")).OnClick(c.onAll, c.ID),
		app.If(len(c.Others) > 0, classChoice("merge-"+c.ID, T("class.merge.label", c.Title), T("class.merge"),
			c.Others, func(into string) {
				c.teaching.MergeClass(c.ID, into)
				browser.FocusSoon(cardID(into))
			})),
	)
}

// switchKey is the key of the button that switches a class on or off.
func switchKey(off bool) string {
	if off {
		return "class.on"
	}
	return "class.off"
}

// offClass greys the card of a class that is switched off: its samples stay and are not learnt.
func offClass(off bool) string {
	if off {
		return "off"
	}
	return ""
}

// classChoice is a list of classes with a button that does something with the one that is chosen.
func classChoice(id, label, what string, classes []store.Class, do func(class string)) app.UI {
	options := make([]app.UI, len(classes))
	for i, c := range classes {
		options[i] = app.Option().Value(c.ID).Text(c.Name)
	}
	return app.Span().Class("class-choice").Role("group").Aria("label", label).Body(
		view.Button("button small").ID(id).Text(what).
			OnClick(func(app.Context, app.Event) {
				do(app.Window().GetElementByID(id + "-to").Get("value").String())
			}, id),
		app.Select().Class("field small").ID(id+"-to").Aria("label", label).Body(options...),
	)
}

// titled are the classes of a project but one, with their titles for names.
func titled(p *teach.Project, but string) (list []store.Class) {
	for _, c := range p.Classes {
		if c.ID != but {
			list = append(list, store.Class{ID: c.ID, Name: p.Title(c.ID)})
		}
	}
	return list
}

// onTools opens the tools of this class, and closes those of another.
func (c *classCard) onTools(app.Context, app.Event) {
	if c.openTools == c.ID {
		c.openTools = ""
	} else {
		c.openTools = c.ID
	}
	c.shared.Changed()
}

// onMove moves the class; the focus goes with it, and at either end to the way back.
func (c *classCard) onMove(by int, button string) app.EventHandler {
	return func(app.Context, app.Event) {
		to, last := c.Number-1+by, len(c.Others)
		c.teaching.MoveClass(c.ID, by)
		switch to {
		case 0:
			button = "down-"
		case last:
			button = "up-"
		}
		browser.FocusSoon(button + c.ID)
	}
}

// onSwitch leaves a class out of what is learnt, or takes it in again.
func (c *classCard) onSwitch(app.Context, app.Event) { c.teaching.SwitchClass(c.ID, !c.Off) }

// onAll selects every sample of the class.
func (c *classCard) onAll(app.Context, app.Event) { c.teaching.SelectClass(c.ID) }

// selectionBar is what can be done with the samples that are selected. It stays in view at the lower edge.
func (t *Teach) selectionBar(s teach.State) app.UI {
	n := len(s.Selected)
	said := ""
	if n > 0 {
		said = T("select.n", n)
	}
	return app.Div().Class("select-bar").Hidden(n == 0).Body(
		app.Span().Class("result-said").Role("status").Text(said),
		app.If(n > 0, classChoice("select-move", T("select.move.label"), T("select.move"), titled(&s.Project, ""),
			t.teaching.MoveSelected)),
		view.Act("button small", "select-split", T("select.split"), t.onSplit),
		view.Act("quiet danger", "select-delete", T("judge.delete"), t.onDelete),
		view.Button("quiet icon").ID("select-none").Title(T("select.none")).
			Aria("label", T("select.none")).Body(app.Raw(view.IconClear)).OnClick(t.onSelectNone),
	)
}

// onSplit moves the focus into the name of the new class.
func (t *Teach) onSplit(app.Context, app.Event) {
	if id := t.teaching.SplitSelected(); id != "" {
		browser.FocusSoon("name-" + id)
	}
}

// onDelete moves the focus to the way back, since the bar goes.
func (t *Teach) onDelete(app.Context, app.Event) {
	t.teaching.RemoveSelected()
	browser.FocusSoon("teach-undo")
}

func (t *Teach) onSelectNone(app.Context, app.Event) { t.teaching.SelectNone() }

// steps are the way back and forth through all edits.
func (t *Teach) steps(s teach.State) app.UI {
	button := func(id, icon, label string, do app.EventHandler, not bool) app.UI {
		return view.Button("quiet icon").ID(id).Disabled(not).Title(label).Aria("label", label).
			Body(app.Raw(icon)).OnClick(do)
	}
	undo, redo := T("edit.undo.none"), T("edit.redo.none")
	back, forth := s.Project.Undoes(), s.Project.Redoes()
	if back != nil {
		undo = T("edit.undo", back.Text())
	}
	if forth != nil {
		redo = T("edit.redo", forth.Text())
	}
	return view.Div("edit-steps",
		button("edit-undo", view.IconBack, undo, t.onUndo, back == nil),
		button("edit-redo", view.IconForth, redo, t.onRedo, forth == nil),
	)
}

func (t *Teach) onUndo(app.Context, app.Event) { t.teaching.Undo() }
func (t *Teach) onRedo(app.Context, app.Event) { t.teaching.Redo() }

// onKey undoes and does again by Control and Z, but where a field has its own way back.
func (t *Teach) onKey(_ app.Value, events []app.Value) any {
	e := events[0]
	key := e.Get("key").String()
	if !e.Get("ctrlKey").Bool() && !e.Get("metaKey").Bool() || browser.Typing() {
		return nil
	}
	switch {
	case (key == "z" || key == "Z") && e.Get("shiftKey").Bool() || key == "y":
		t.teaching.Redo()
	case key == "z":
		t.teaching.Undo()
	default:
		return nil
	}
	e.Call("preventDefault")
	return nil
}
