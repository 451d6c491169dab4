package teach

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/order"
	"wafer/nn/task"
)

// MaxClasses bounds a project: more than this is no longer a playground.
const MaxClasses = 50

// Project is what one side of the Teach page (pictures or texts) is working
// on: the kept document, its samples, and what can be undone. Its methods are
// plain moves from one state to the next; keeping the result is Teaching's job.
type Project struct {
	store.Project
	samples []store.Sample            // by Order, including those in the trash
	live    map[string][]store.Sample // by class, without the trash; replaced, never written to
	tests   map[string][]store.Sample // likewise: those that are not learnt, but kept to test with
	unkept  map[string]bool           // ids of samples whose class is not kept yet; replaced, never written to
	done    []step                    // newest last; see history.go
	undone  []step
	past    []store.Class // that other tabs removed, newest last
	joining string        // key of the steps that are being made
	session string        // prefix of new ids, different for every opened page
	next    int64         // Order of the next sample
}

// NewProject is the project a newcomer meets: two classes without names.
func NewProject(kind task.Kind, session string) *Project {
	p := &Project{Project: store.Project{ID: string(kind), Kind: kind}, session: session, next: 1}
	for range 2 {
		p.Classes = append(p.Classes, p.newClass(""))
	}
	return p
}

// OpenProject goes on with what the store has kept.
func OpenProject(kept store.Project, samples []store.Sample, session string) *Project {
	if kept.Report != nil && kept.Report.Train == 0 { // an earlier version kept it, in words of its own
		kept.Report = nil
	}
	p := &Project{Project: kept, session: session, next: 1}
	p.take(samples)
	return p
}

// take shows what the store has of samples beside those that are here already. A
// sample whose class is not known, as when another tab removed it just then, brings
// its class back: what somebody added never goes by itself.
func (p *Project) take(samples []store.Sample) {
	have := make(map[string]*store.Sample, len(p.samples))
	p.samples = slices.Clone(p.samples)
	for i := range p.samples {
		have[p.samples[i].ID] = &p.samples[i]
	}
	for _, s := range samples {
		if s.Order >= p.next {
			p.next = s.Order + 1
		}
		if mine := have[s.ID]; mine != nil {
			if !p.unkept[s.ID] {
				mine.Class = s.Class // another tab may have moved it
			}
			continue
		}
		if slices.Contains(p.Trash, s.ID) {
			continue
		}
		p.samples = append(p.samples, s)
	}
	order.Stable(p.samples, func(a, b store.Sample) int { return cmp.Compare(a.Order, b.Order) })
	p.bringBack()
}

// bringBack gives samples of an unknown class their class again.
func (p *Project) bringBack() {
	p.index()
	for _, s := range p.samples {
		if p.class(s.Class) < 0 && len(p.whole(s.Class)) > 0 {
			p.Classes = append(slices.Clip(p.Classes), p.former(s.Class))
		}
	}
}

// former is a class that is no more, as it was before it was removed here or in another tab.
func (p *Project) former(id string) store.Class {
	for _, s := range slices.Backward(p.done) {
		if c := find(s.before, id); c != nil {
			return *c
		}
	}
	for _, c := range slices.Backward(p.past) {
		if c.ID == id {
			return c
		}
	}
	return store.Class{ID: id, Color: p.freeColor()}
}

// removed reports whether a class was removed here, by an edit that can be undone.
func (p *Project) removed(id string) bool {
	return p.class(id) < 0 && slices.ContainsFunc(p.done, func(s step) bool {
		return find(s.before, id) != nil && find(s.after, id) == nil
	})
}

// Adopt takes over what another tab has kept. base is what this tab knew of before;
// what was changed here since then stays.
func (p *Project) Adopt(base, kept store.Project, samples []store.Sample) {
	before := p.Classes
	p.Project = Merge(base, p.Project, kept)
	for _, c := range before {
		if p.class(c.ID) < 0 {
			p.past = append(slices.Clip(p.past), c)
		}
	}
	p.take(samples)
	for i, c := range p.Classes {
		if was := find(before, c.ID); c.Name == "" && was != nil && find(kept.Classes, c.ID) == nil {
			p.Classes = slices.Clone(p.Classes)
			p.Classes[i].Name = was.Name
		}
	}
}

// class is the place of a class, −1 for none.
func (p *Project) class(id string) int {
	return slices.IndexFunc(p.Classes, func(c store.Class) bool { return c.ID == id })
}

// newClass makes a class that is not in the project yet.
func (p *Project) newClass(name string) store.Class {
	id := p.session + "c" + strconv.FormatInt(p.next, 36)
	p.next++
	return store.Class{ID: id, Name: words.CleanName(name), Color: p.freeColor()}
}

// freeColor is the first colour that the fewest classes use.
func (p *Project) freeColor() int {
	var used [Colors]int
	for _, c := range p.Classes {
		used[c.Color%Colors]++
	}
	best := 0
	for i, n := range used {
		if n < used[best] {
			best = i
		}
	}
	return best
}

// Colors is the number of colours that classes take turns in (Okabe and Ito's
// palette without black and yellow, which vanish on one ground or the other).
const Colors = 6

// ClassNamed returns the class of that name, whatever the capitals of one with two letters or more, or takes
// an unnamed empty one, or makes one; "" when there is no room for another.
func (p *Project) ClassNamed(name string) string {
	name = words.CleanName(name)
	for _, c := range p.Classes {
		if c.Name == name || strings.EqualFold(c.Name, name) && utf8.RuneCountInString(name) > 1 {
			return c.ID
		}
	}
	for _, c := range p.Classes {
		if c.Name == "" && p.Count(c.ID) == 0 {
			p.RenameClass(c.ID, name)
			return c.ID
		}
	}
	return p.AddClass(name)
}

// LeaveOut removes samples that cannot be learnt from; Undo does not bring them back.
func (p *Project) LeaveOut(ids []string) {
	for _, id := range ids {
		if !slices.Contains(p.Trash, id) {
			p.Trash = slices.Concat(p.Trash, []string{id})
		}
	}
	p.index()
}

// TakeBack removes samples, and of the classes that they made or named, beside those of before, the empty ones.
func (p *Project) TakeBack(ids []string, before []store.Class) {
	p.LeaveOut(ids)
	var classes []store.Class
	for _, c := range p.Classes {
		was := find(before, c.ID)
		switch empty := p.Count(c.ID) == 0; {
		case empty && was == nil:
			continue
		case empty:
			c.Name = was.Name
		}
		classes = append(classes, c)
	}
	p.Classes = classes
}

// Sample is the sample of an ID that is not removed.
func (p *Project) Sample(id string) (store.Sample, bool) {
	for _, s := range p.samples {
		if s.ID == id && !slices.Contains(p.Trash, id) {
			return s, true
		}
	}
	return store.Sample{}, false
}

// NewSamples gives samples of a class their IDs and order, without adding them.
func (p *Project) NewSamples(class string, samples []store.Sample) []store.Sample {
	for i := range samples {
		samples[i].ID = p.session + "s" + strconv.FormatInt(p.next, 36)
		samples[i].Class = class
		samples[i].Order = p.next
		p.next++
	}
	return samples
}

// Add shows samples that the store has kept.
func (p *Project) Add(samples []store.Sample) {
	p.take(samples)
	p.record(step{said: words.Of("teach.added", len(samples)), came: ids(samples), before: p.Classes, after: p.Classes})
}

// index sorts the samples by class; every change of samples or trash ends with it.
func (p *Project) index() {
	trash := make(map[string]bool, len(p.Trash))
	for _, id := range p.Trash {
		trash[id] = true
	}
	p.live, p.tests = map[string][]store.Sample{}, map[string][]store.Sample{}
	for _, s := range p.samples {
		switch {
		case trash[s.ID]:
		case s.Test:
			p.tests[s.Class] = append(p.tests[s.Class], s)
		default:
			p.live[s.Class] = append(p.live[s.Class], s)
		}
	}
}

// Tests lists the samples of a class that are kept to test with.
func (p *Project) Tests(class string) []store.Sample { return p.tests[class] }

// whole are all samples of a class, those to test with last.
func (p *Project) whole(class string) []store.Sample {
	return slices.Concat(p.live[class], p.tests[class])
}

// Samples lists the samples of a class that are learnt.
func (p *Project) Samples(class string) []store.Sample { return p.live[class] }

// Count is the number of samples of a class.
func (p *Project) Count(class string) int { return len(p.live[class]) }

// Title is the name of a class, or what to call it while it has none.
func (p *Project) Title(class string) string {
	i := p.class(class)
	if i < 0 {
		return ""
	}
	if name := p.Classes[i].Name; name != "" {
		return name
	}
	return words.T("teach.class.unnamed", i+1)
}
