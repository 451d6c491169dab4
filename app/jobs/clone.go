package jobs

import (
	"bytes"
	"errors"
	"strings"

	"wafer/app/state"
	"wafer/app/words"
	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/server/api"
)

// CloneForm is a job that is to be run again with changes. Numbers are those of the recipe.
type CloneForm struct {
	Of                       string // ID
	Name, Epochs, Rate, Seed string
	Recipe                   string // the document
	Error                    string
}

// paths of the numbers in a recipe.
var clonePaths = map[string][]string{"name": {"name"}, "epochs": {"train", "epochs"},
	"rate": {"optimizer", "learning_rate"}, "seed": {"seed"}}

// StartClone opens the form with what a job was asked.
func (j *Jobs) StartClone(id string) {
	job, ok := j.Get().Find(id)
	if !ok || job.Spec.Recipe == nil { // of the list, where jobs have none
		return
	}
	f := cloneOf(job)
	j.change(func(s *State) { s.Clone = &f })
}

func cloneOf(job api.Job) CloneForm {
	f := CloneForm{Of: job.ID, Name: job.Spec.Name}
	var pretty bytes.Buffer
	if json.Indent(&pretty, job.Spec.Recipe, "", "  ") != nil {
		return f
	}
	f.Recipe = pretty.String()
	f.readNumbers()
	return f
}

// readNumbers shows what the recipe says in the fields.
func (f *CloneForm) readNumbers() {
	for field, to := range map[string]*string{"epochs": &f.Epochs, "rate": &f.Rate, "seed": &f.Seed} {
		*to = ""
		if from, end, ok := locate([]byte(f.Recipe), clonePaths[field]); ok {
			*to = f.Recipe[from:end]
		}
	}
}

// StopClone closes the form.
func (j *Jobs) StopClone() { j.change(func(s *State) { s.Clone = nil }) }

// EditClone changes a field of the form: "name", "epochs", "rate", "seed" or "recipe". Numbers are written into the
// recipe, and read from it when it changes.
func (j *Jobs) EditClone(field, value string) {
	j.change(func(s *State) {
		if s.Clone == nil {
			return
		}
		f := *s.Clone
		f.edit(field, value)
		s.Clone = &f
	})
}

func (f *CloneForm) edit(field, value string) {
	f.Error = ""
	to := map[string]*string{"name": &f.Name, "epochs": &f.Epochs, "rate": &f.Rate, "seed": &f.Seed,
		"recipe": &f.Recipe}[field]
	if *to = value; field == "recipe" {
		f.readNumbers()
		return
	}
	value = strings.TrimSpace(value)
	if field == "rate" {
		value = strings.Replace(value, ",", ".", 1)
	}
	if f.Recipe == "" || field == "name" {
		return
	}
	if value == "" || !json.Valid([]byte(value)) {
		f.Error = words.T("jobs.clone.number")
		return
	}
	doc, err := replaceIn([]byte(f.Recipe), clonePaths[field], value)
	if err != nil {
		f.Error = words.T("jobs.clone.json", words.Explain(err))
		return
	}
	f.Recipe = string(doc)
}

// spec is the job that the form asks for.
func (f *CloneForm) spec(job api.Job) (api.Spec, error) {
	spec := job.Spec
	// begins anew, and leaves the name of the other's result alone
	spec.CloneOf, spec.Checkpoint, spec.Model = job.ID, nil, ""
	if spec.Name = words.CleanName(f.Name); spec.Name == "" {
		return spec, errors.New(words.T("jobs.clone.name"))
	}
	if !json.Valid([]byte(f.Recipe)) {
		var any any
		return spec, errors.New(words.T("jobs.clone.json", json.Unmarshal([]byte(f.Recipe), &any).Error()))
	}
	spec.Recipe = json.RawMessage(f.Recipe)
	if r, err := recipe.Parse(spec.Recipe); err == nil && r.Taught() { // its model is called by the recipe's name
		r.Name = spec.Name
		spec.Recipe = r.Bytes()
	}
	return spec, nil
}

// SubmitClone makes the job of the form. then hears its ID. The files are on the server already.
func (j *Jobs) SubmitClone(then func(id string)) {
	view := j.Get()
	if view.Clone == nil {
		return
	}
	f := *view.Clone
	job, ok := view.Find(f.Of)
	if !ok {
		return
	}
	spec, err := f.spec(job)
	if err != nil {
		f.Error = words.Explain(err)
		j.change(func(s *State) { s.Clone = &f })
		return
	}
	key := state.NewKey()
	j.do(f.Of, func() (*words.Say, error) {
		made, err := j.app.Remote().Submit(spec, key)
		if err != nil {
			j.change(func(s *State) { f.Error = words.Explain(err); s.Clone = &f })
			return nil, nil
		}
		j.change(func(s *State) { s.Clone, s.List = nil, append([]api.Job{made}, s.List...) })
		then(made.ID)
		return nil, nil
	})
}
