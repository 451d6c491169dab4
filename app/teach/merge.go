package teach

import (
	"slices"

	"wafer/app/store"
	"wafer/nn/order"
)

// Merge joins two changes of a project: base is what both began from, mine what
// this tab made of it, theirs what is kept now. What only one side changed is as
// that side left it; where both changed the same, mine holds. Classes stand in my
// order, with those that are new to me behind them, or in theirs where only they sorted them.
func Merge(base, mine, theirs store.Project) store.Project {
	out := theirs
	out.ID, out.Kind = mine.ID, mine.Kind
	out.Name = pick(base.Name, mine.Name, theirs.Name)
	out.Classes = mergeClasses(base.Classes, mine.Classes, theirs.Classes)
	out.Settings = mergeSettings(base.Settings, mine.Settings, theirs.Settings)
	if mine.Model != base.Model || mine.Report != base.Report { // they belong together
		out.Model, out.Report, out.Asked, out.Curve = mine.Model, mine.Report, mine.Asked, mine.Curve
	}
	if mine.Tested != base.Tested {
		out.Tested = mine.Tested
	}
	out.Trash = mergeIDs(base.Trash, mine.Trash, theirs.Trash)
	out.Sending = pick(base.Sending, mine.Sending, theirs.Sending)
	out.Job = pick(base.Job, mine.Job, theirs.Job)
	return out
}

// pick is mine if I changed it, else theirs.
func pick[T comparable](base, mine, theirs T) T {
	if mine != base {
		return mine
	}
	return theirs
}

// mergeSettings joins them one by one: what I changed since base is mine, the rest theirs.
func mergeSettings(base, mine, theirs store.Settings) store.Settings {
	return store.Settings{
		Base:         pick(base.Base, mine.Base, theirs.Base),
		LastBlock:    pick(base.LastBlock, mine.LastBlock, theirs.LastBlock),
		LastLayer:    pick(base.LastLayer, mine.LastLayer, theirs.LastLayer),
		Epochs:       pick(base.Epochs, mine.Epochs, theirs.Epochs),
		LearningRate: pick(base.LearningRate, mine.LearningRate, theirs.LearningRate),
		Seed:         pick(base.Seed, mine.Seed, theirs.Seed),
		Sure:         pick(base.Sure, mine.Sure, theirs.Sure),
	}
}

// mergeClasses keeps a class that one side removed if the other has changed it since.
func mergeClasses(base, mine, theirs []store.Class) []store.Class {
	var out []store.Class
	for _, m := range mine {
		b, t := find(base, m.ID), find(theirs, m.ID)
		switch {
		case t != nil && b != nil:
			m.Name, m.Color = pick(b.Name, m.Name, t.Name), pick(b.Color, m.Color, t.Color)
			m.Off = pick(b.Off, m.Off, t.Off)
		case t != nil && m.Name == "": // a class that its samples brought here before their project did
			m = *t
		case t == nil && b != nil && *b == m: // they removed it, and I left it as it was
			continue
		}
		out = append(out, m)
	}
	for _, t := range theirs {
		if find(mine, t.ID) != nil {
			continue
		}
		if b := find(base, t.ID); b == nil || *b != t {
			out = append(out, t)
		}
	}
	if slices.EqualFunc(base, mine, sameClass) && sorted(base, theirs) {
		inOrderOf(out, theirs)
	}
	return out
}

// sameClass compares by ID alone; names may differ.
func sameClass(a, b store.Class) bool { return a.ID == b.ID }

// sorted reports whether theirs are the classes of base, in whatever order.
func sorted(base, theirs []store.Class) bool {
	return len(base) == len(theirs) && !slices.ContainsFunc(base,
		func(c store.Class) bool { return find(theirs, c.ID) == nil })
}

// inOrderOf sorts classes as another list has them, which has all of them.
func inOrderOf(list, other []store.Class) {
	place := map[string]int{}
	for i, c := range other {
		place[c.ID] = i
	}
	order.Stable(list, func(a, b store.Class) int { return place[a.ID] - place[b.ID] })
}

// find is the class of an ID in the list, nil where there is none.
func find(list []store.Class, id string) *store.Class {
	if i := slices.IndexFunc(list, func(c store.Class) bool { return c.ID == id }); i >= 0 {
		return &list[i]
	}
	return nil
}

// mergeIDs takes away from theirs what I took away from base, and adds what I added.
func mergeIDs(base, mine, theirs []string) []string {
	var out []string
	for _, id := range theirs {
		if slices.Contains(mine, id) || !slices.Contains(base, id) {
			out = append(out, id)
		}
	}
	for _, id := range mine {
		if !slices.Contains(base, id) && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
