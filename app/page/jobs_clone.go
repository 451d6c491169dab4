package page

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/jobs"
	"wafer/app/view"
)

// cloneForm asks what is to be different in a variation, if one is being made.
func (p *Jobs) cloneForm(s jobs.State) app.UI {
	f := s.Clone
	if f == nil {
		return app.Div()
	}
	of, _ := s.Find(f.Of)
	off := s.Busy[f.Of]
	field := func(name, key, value, class string) app.UI {
		id := "clone-" + name
		return view.Div("setting",
			app.Label().For(id).Text(T(key)),
			app.Input().Type("text").Class("field", class).ID(id).AutoComplete(false).Disabled(off).
				OnChange(func(ctx app.Context, _ app.Event) {
					p.jobs.EditClone(name, ctx.JSSrc().Get("value").
						String())
				}, name),
			&shows{ID: id, Value: value},
		)
	}
	return app.Form().Class("panel", "job-box", "clone").Aria("labelledby", "clone-title").
		OnSubmit(func(ctx app.Context, e app.Event) {
			e.PreventDefault()
			p.jobs.SubmitClone(func(id string) { p.visit(jobs.PlaceOf(id)) })
		}).Body(
		app.H3().ID("clone-title").Text(T("jobs.clone.title", of.Spec.Name)),
		view.P("hint", T("jobs.clone.lead")),
		field("name", "jobs.clone.field", f.Name, ""),
		view.Div("numbers",
			field("epochs", "teach.epochs", f.Epochs, "number"), field("rate", "teach.rate", f.Rate, "number"),
			field("seed", "teach.seed", f.Seed, "number")),
		app.Div().Class("setting").Hidden(f.Recipe == "").Body(
			app.Label().For("clone-recipe").Text(T("jobs.clone.recipe")),
			app.Textarea().Class("field", "mono").ID("clone-recipe").Rows(12).Spellcheck(false).Disabled(off).
				OnChange(func(ctx app.Context, _ app.Event) {
					p.jobs.EditClone("recipe", ctx.JSSrc().Get("value").
						String())
				}),
			&shows{ID: "clone-recipe", Value: f.Recipe},
		),
		view.Box(app.If(f.Error != "", view.Notice(view.Bad, f.Error, nil))),
		view.Div("job-tools",
			app.Button().Class("button", "main").Type("submit").Disabled(off).Text(T("jobs.clone.submit")),
			button("button", "jobs.clone.cancel", p.jobs.StopClone),
		),
	)
}
