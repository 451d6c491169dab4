package teach

import (
	"slices"

	"wafer/app/store"
	"wafer/app/words"
)

// Every edit here is one step of history.go.

// AddClass adds a class and returns its ID, "" when there are MaxClasses already.
func (p *Project) AddClass(name string) string {
	if len(p.Classes) >= MaxClasses {
		return ""
	}
	c := p.newClass(name)
	p.do(step{said: words.Of("teach.added.class"), after: append(slices.Clip(p.Classes), c)})
	return c.ID
}

// RenameClass gives a class a new name.
func (p *Project) RenameClass(id, name string) {
	i := p.class(id)
	if name = words.CleanName(name); i < 0 || p.Classes[i].Name == name {
		return
	}
	p.changeClass(i, words.Of("teach.renamed", name), "name "+id, func(c *store.Class) { c.Name = name })
}

// SwitchClass switches a class off, so that it is kept but not learnt, or on again.
func (p *Project) SwitchClass(id string, off bool) {
	i := p.class(id)
	if i < 0 || p.Classes[i].Off == off {
		return
	}
	key := "teach.switched.on"
	if off {
		key = "teach.switched.off"
	}
	p.changeClass(i, words.Of(key, p.Title(id)), "", func(c *store.Class) { c.Off = off })
}

// changeClass is an edit of class i, which said describes. Edits with one key that is not "" become one.
func (p *Project) changeClass(i int, said *words.Say, key string, change func(*store.Class)) {
	classes := slices.Clone(p.Classes)
	change(&classes[i])
	p.do(step{said: said, key: key, after: classes})
}

// MoveClass moves a class by some places; past the ends there are none.
func (p *Project) MoveClass(id string, by int) {
	i := p.class(id)
	to := min(max(i+by, 0), len(p.Classes)-1)
	if i < 0 || to == i {
		return
	}
	classes := slices.Delete(slices.Clone(p.Classes), i, i+1)
	classes = slices.Insert(classes, to, p.Classes[i])
	p.do(step{said: words.Of("teach.moved.class", p.Title(id), to+1), after: classes})
}

// RemoveClass removes a class with its samples.
func (p *Project) RemoveClass(id string) {
	i := p.class(id)
	if i < 0 {
		return
	}
	gone := ids(p.whole(id))
	p.do(step{said: words.Of("teach.removed.class", p.Title(id), len(gone)), gone: gone,
		after: slices.Delete(slices.Clone(p.Classes), i, i+1)})
}

// MergeClass moves the samples of a class into another and removes it.
func (p *Project) MergeClass(id, into string) {
	i := p.class(id)
	if i < 0 || p.class(into) < 0 || id == into {
		return
	}
	p.do(step{said: words.Of("teach.merged", p.Title(id), p.Title(into)), moved: p.passages(ids(p.whole(id)), into),
		after: slices.Delete(slices.Clone(p.Classes), i, i+1)})
}

// SplitClass makes a class of some samples, behind the one that the first of them is in, and returns its ID, "" when
// there are no such samples or too many classes.
func (p *Project) SplitClass(samples []string) string {
	c := p.newClass("")
	moved := p.passages(samples, c.ID)
	if len(moved) == 0 || len(p.Classes) >= MaxClasses {
		return ""
	}
	at := p.class(moved[0].from) + 1
	p.do(step{said: words.Of("teach.split", len(moved)), moved: moved,
		after: slices.Insert(slices.Clone(p.Classes), at, c)})
	return c.ID
}

// replace takes everything away and puts other classes in its place.
func (p *Project) replace(classes []store.Class, said *words.Say) {
	var gone []string
	for _, c := range p.Classes {
		gone = append(gone, ids(p.whole(c.ID))...)
	}
	p.do(step{said: said, gone: gone, after: classes})
}

// RemoveSample removes one sample.
func (p *Project) RemoveSample(id string) { p.RemoveSamples([]string{id}) }

// RemoveSamples removes those of some samples that are there.
func (p *Project) RemoveSamples(list []string) {
	here := p.those(list)
	switch len(here) {
	case 0:
	case 1:
		p.do(step{said: words.Of("teach.removed.sample", p.Title(here[0].Class)), gone: ids(here)})
	default:
		p.do(step{said: words.Of("teach.removed.samples", len(here)), gone: ids(here)})
	}
}

// MoveSamples puts samples into another class and says how many were not there before.
func (p *Project) MoveSamples(list []string, class string) int {
	moved := p.passages(list, class)
	if len(moved) == 0 || p.class(class) < 0 {
		return 0
	}
	said := words.Of("teach.moved.many", len(moved), p.Title(class))
	if len(moved) == 1 {
		said = words.Of("teach.moved", p.Title(moved[0].from), p.Title(class))
	}
	p.do(step{said: said, moved: moved})
	return len(moved)
}

// passages are the moves of those of some samples that are there and not yet in a class.
func (p *Project) passages(list []string, class string) (moved []passage) {
	for _, s := range p.those(list) {
		if s.Class != class {
			moved = append(moved, passage{s.ID, s.Class, class})
		}
	}
	return moved
}

// those are the samples of some ids that are not removed, in the order of the page.
func (p *Project) those(list []string) (here []store.Sample) {
	wanted := make(map[string]bool, len(list))
	for _, id := range list {
		wanted[id] = true
	}
	for _, c := range p.Classes {
		for _, s := range p.whole(c.ID) {
			if wanted[s.ID] {
				here = append(here, s)
			}
		}
	}
	return here
}

// ids are the samples' IDs, in their order.
func ids(samples []store.Sample) []string {
	list := make([]string, len(samples))
	for i, s := range samples {
		list[i] = s.ID
	}
	return list
}
