package teach

import (
	"strings"

	"wafer/app/words"
	"wafer/nn/recipe"
)

// Advice is one thing to do before there is something to learn, or something that would help.
type Advice struct {
	words.Say
	Stops bool // nothing can be learnt before this is done
}

// Check says what stands between a project and a model, or, when nothing does, what would make it better. Classes
// without examples are left out of the model.
func (p *Project) Check() []Advice {
	var stop, hint []Advice
	add := func(list *[]Advice, stops bool, key string, values ...any) {
		*list = append(*list, Advice{words.Say{Key: key, Values: values}, stops})
	}
	used := p.used()
	for _, c := range p.Classes {
		switch name := p.Title(c.ID); {
		case p.Count(c.ID) > 0 || c.Off:
		case len(used) < 2:
			add(&stop, true, "teach.check.none", name)
		case c.Name != "":
			add(&hint, false, "teach.check.out", name)
		}
	}
	if on := p.on(); len(used) < 2 && on < 2 {
		add(&stop, true, "teach.check.classes", on)
	}
	seen := map[string]bool{}
	for _, c := range used {
		name := p.Title(c.ID)
		if seen[strings.ToLower(name)] {
			add(&stop, true, "teach.check.twice", name)
		}
		seen[strings.ToLower(name)] = true
	}
	if len(stop) > 0 {
		return stop
	}
	switch least, most := p.least(); {
	case least == 1:
		add(&hint, false, "teach.check.one")
	case least < recipe.HeldOutFrom:
		add(&hint, false, "teach.check.few", recipe.HeldOutFrom)
	case most > 5*least:
		add(&hint, false, "teach.check.uneven", most, least)
	}
	return hint
}

// on is the number of classes that are not switched off.
func (p *Project) on() (n int) {
	for _, c := range p.Classes {
		if !c.Off {
			n++
		}
	}
	return n
}

// least are the numbers of examples of the smallest and the largest class that has any.
func (p *Project) least() (least, most int) {
	for i, c := range p.used() {
		n := p.Count(c.ID)
		if i == 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	return least, most
}

// Ready reports whether there is something to learn: two classes or more with examples.
func (p *Project) Ready() bool {
	for _, a := range p.Check() {
		if a.Stops {
			return false
		}
	}
	return true
}

// Tunable reports whether there is enough to fine-tune on.
func (p *Project) Tunable() bool {
	least, _ := p.least()
	return p.Ready() && least >= 2
}
