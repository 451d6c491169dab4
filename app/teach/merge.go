package teach

import (
	"slices"

	"wafer/app/store"
)

// Merge joins two changes of a project: base is what both began from, mine what
// this tab made of it, theirs what is kept now. What only one side changed is as
// that side left it; where both changed the same, mine holds. Classes stand in my
// order, with those that are new to me behind them.
func Merge(base, mine, theirs store.Project) store.Project {
	out := theirs
	out.ID, out.Kind = mine.ID, mine.Kind
	out.Name = pick(base.Name, mine.Name, theirs.Name)
	out.Classes = mergeClasses(base.Classes, mine.Classes, theirs.Classes)
	out.Settings = mergeSettings(base.Settings, mine.Settings, theirs.Settings)
	if mine.Model != base.Model || mine.Report != base.Report { // they belong together
		out.Model, out.Report, out.Asked, out.Curve = mine.Model, mine.Report, mine.Asked, mine.Curve
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

func mergeSettings(base, mine, theirs store.Settings) store.Settings {
	return store.Settings{
		Base:         pick(base.Base, mine.Base, theirs.Base),
		LastLayer:    pick(base.LastLayer, mine.LastLayer, theirs.LastLayer),
		Epochs:       pick(base.Epochs, mine.Epochs, theirs.Epochs),
		LearningRate: pick(base.LearningRate, mine.LearningRate, theirs.LearningRate),
		Seed:         pick(base.Seed, mine.Seed, theirs.Seed),
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
	return out
}

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
