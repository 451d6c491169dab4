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
	undo    []removal
	session string // prefix of new ids, different for every opened page
	next    int64  // Order of the next sample
}

// removal is what Undo takes back.
type removal struct {
	class   *store.Class // the removed class, nil when only samples were removed
	index   int
	samples []string
	moved   *store.Sample // a sample as it was in another class, nil when none was moved
	said    *words.Say
}

// NewProject is the project a newcomer meets: two classes without names.
func NewProject(kind task.Kind, session string) *Project {
	p := &Project{Project: store.Project{ID: string(kind), Kind: kind}, session: session, next: 1}
	p.AddClass("")
	p.AddClass("")
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
			mine.Class = s.Class // another tab may have moved it
			continue
		}
		if slices.Contains(p.Trash, s.ID) {
			continue
		}
		p.samples = append(p.samples, s)
	}
	order.Stable(p.samples, func(a, b store.Sample) int { return cmp.Compare(a.Order, b.Order) })
	p.index()
	for _, s := range p.samples {
		if p.class(s.Class) < 0 && p.Count(s.Class) > 0 {
			p.Classes = append(slices.Clip(p.Classes), store.Class{ID: s.Class, Color: p.freeColor()})
		}
	}
}

// Adopt takes over what another tab has kept. base is what this tab knew of before;
// what was changed here since then stays.
func (p *Project) Adopt(base, kept store.Project, samples []store.Sample) {
	before := p.Classes
	p.Project = Merge(base, p.Project, kept)
	p.take(samples)
	for i, c := range p.Classes {
		if was := find(before, c.ID); c.Name == "" && was != nil && find(kept.Classes, c.ID) == nil {
			p.Classes = slices.Clone(p.Classes)
			p.Classes[i].Name = was.Name
		}
	}
}

func (p *Project) class(id string) int {
	return slices.IndexFunc(p.Classes, func(c store.Class) bool { return c.ID == id })
}

// AddClass adds a class and returns its ID, "" when there are MaxClasses already.
func (p *Project) AddClass(name string) string {
	if len(p.Classes) >= MaxClasses {
		return ""
	}
	id := p.session + "c" + strconv.FormatInt(p.next, 36)
	p.next++
	p.Classes = append(p.Classes, store.Class{ID: id, Name: words.CleanName(name), Color: p.freeColor()})
	return id
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

// RenameClass gives a class a new name.
func (p *Project) RenameClass(id, name string) {
	if i := p.class(id); i >= 0 {
		p.Classes = slices.Clone(p.Classes)
		p.Classes[i].Name = words.CleanName(name)
	}
}

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

// RemoveClass removes a class with its samples; Undo brings both back.
func (p *Project) RemoveClass(id string) {
	i := p.class(id)
	if i < 0 {
		return
	}
	c := p.Classes[i]
	u := removal{class: &c, index: i}
	for _, s := range p.Samples(id) {
		u.samples = append(u.samples, s.ID)
	}
	u.said = words.Of("teach.removed.class", p.Title(id), len(u.samples))
	p.Classes = slices.Delete(slices.Clone(p.Classes), i, i+1)
	p.Trash = slices.Concat(p.Trash, u.samples)
	p.undo = append(p.undo, u)
	p.index()
}

// RemoveSample removes one sample; Undo brings it back.
func (p *Project) RemoveSample(id string) {
	for _, s := range p.samples {
		if s.ID == id && !slices.Contains(p.Trash, id) {
			p.Trash = slices.Concat(p.Trash, []string{id})
			p.undo = append(p.undo, removal{samples: []string{id},
				said: words.Of("teach.removed.sample", p.Title(s.Class))})
			p.index()
			return
		}
	}
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

// MoveSample puts a sample into another class; Undo takes it back. It returns the sample as it is then, nil when there
// is nothing to move.
func (p *Project) MoveSample(id, class string) *store.Sample {
	i := slices.IndexFunc(p.samples, func(s store.Sample) bool { return s.ID == id })
	if i < 0 || p.class(class) < 0 || p.samples[i].Class == class || slices.Contains(p.Trash, id) {
		return nil
	}
	old := p.samples[i]
	p.undo = append(p.undo, removal{moved: &old, said: words.Of("teach.moved", p.Title(old.Class), p.Title(class))})
	s := old
	s.Class = class
	p.put(s)
	return &s
}

// put replaces a sample by another of its ID.
func (p *Project) put(s store.Sample) {
	p.samples = slices.Clone(p.samples)
	for i := range p.samples {
		if p.samples[i].ID == s.ID {
			p.samples[i] = s
		}
	}
	p.index()
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

// Removed says what Undo would bring back, nil when there is nothing.
func (p *Project) Removed() *words.Say {
	if len(p.undo) == 0 {
		return nil
	}
	return p.undo[len(p.undo)-1].said
}

// Undo takes back the last removal and reports whether there was one.
func (p *Project) Undo() bool {
	if len(p.undo) == 0 {
		return false
	}
	u := p.undo[len(p.undo)-1]
	p.undo = p.undo[:len(p.undo)-1]
	if u.class != nil {
		p.Classes = slices.Insert(slices.Clone(p.Classes), min(u.index, len(p.Classes)), *u.class)
	}
	if u.moved != nil {
		p.put(*u.moved)
	}
	p.Trash = slices.DeleteFunc(slices.Clone(p.Trash), func(id string) bool { return slices.Contains(u.samples, id) })
	p.index()
	return true
}

// Moved is the sample that Undo would move back, nil when it would not.
func (p *Project) Moved() *store.Sample {
	if len(p.undo) == 0 {
		return nil
	}
	return p.undo[len(p.undo)-1].moved
}

// ForgetUndo drops the offer to undo; what was removed goes at the next start.
func (p *Project) ForgetUndo() { p.undo = nil }

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
func (p *Project) Add(samples []store.Sample) { p.take(samples) }

// index sorts the samples by class; every change of samples or trash ends with it.
func (p *Project) index() {
	trash := make(map[string]bool, len(p.Trash))
	for _, id := range p.Trash {
		trash[id] = true
	}
	p.live = map[string][]store.Sample{}
	for _, s := range p.samples {
		if !trash[s.ID] {
			p.live[s.Class] = append(p.live[s.Class], s)
		}
	}
}

// Samples lists the samples of a class.
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
