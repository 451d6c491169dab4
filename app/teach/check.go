package teach

import (
	"strings"

	"wafer/app/words"
	"wafer/nn/recipe"
)

// Advice is one thing to do before training, or something that would help.
type Advice struct {
	words.Say
	Stops bool // training makes no sense before this is done
}

// Check says what stands between a project and a good model, or, when nothing does, what would make it better.
func (p *Project) Check() []Advice {
	var stop, hint []Advice
	add := func(list *[]Advice, stops bool, key string, values ...any) {
		*list = append(*list, Advice{words.Say{Key: key, Values: values}, stops})
	}
	if len(p.Classes) < 2 {
		add(&stop, true, "teach.check.classes", len(p.Classes))
	}
	seen := map[string]bool{}
	least, most, few := 0, 0, 0
	for i, c := range p.Classes {
		name, n := strings.ToLower(c.Name), p.Count(c.ID)
		switch {
		case c.Name == "":
			add(&stop, true, "teach.check.name", i+1)
		case seen[name]:
			add(&stop, true, "teach.check.twice", c.Name)
		}
		seen[name] = true
		switch {
		case n == 0:
			add(&stop, true, "teach.check.none", p.Title(c.ID), recipe.HeldOutFrom)
		case n == 1:
			add(&stop, true, "teach.check.one", p.Title(c.ID), recipe.HeldOutFrom)
		case n < recipe.HeldOutFrom:
			few++
		}
		if i == 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	if len(stop) > 0 {
		return stop
	}
	if few > 0 {
		add(&hint, false, "teach.check.few", recipe.HeldOutFrom)
	}
	if most > 5*least {
		add(&hint, false, "teach.check.uneven", most, least)
	}
	return hint
}

// Ready reports whether nothing stops a training.
func (p *Project) Ready() bool {
	for _, a := range p.Check() {
		if a.Stops {
			return false
		}
	}
	return true
}
