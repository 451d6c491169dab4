package teach

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/task"
)

// maxPicture is the largest picture file that is taken in.
const maxPicture = 50_000_000

// Early is the class that now stands where the page showed one before it knew what
// was kept, "" for none. It waits for what was kept.
func (t *Teaching) Early(class string) string {
	<-t.ready
	s := t.Get()
	shown := NewProject(s.Kind, "") // as it was rendered
	if i := shown.class(class); i >= 0 && i < len(s.Project.Classes) {
		return s.Project.Classes[i].ID
	}
	return ""
}

// refuse says why a file cannot be a sample, nil when it can. What it really
// holds is found out by the worker, which decodes it.
func refuse(f browser.File) *words.Say {
	switch {
	case !isPicture(f):
		return words.Of("teach.notpicture", f.Name)
	case f.Size > maxPicture:
		return words.Of("teach.toobig", f.Name, words.Size(f.Size), words.Size(maxPicture))
	}
	return nil
}

// isPicture tells a file by the browser's media type, or by its name where the browser gives none or only that it is
// some picture. Whether it can be read shows later.
func isPicture(f browser.File) bool {
	switch f.Type {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return true
	}
	switch strings.ToLower(path.Ext(f.Name)) {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp":
		return f.Type == "" || strings.HasPrefix(f.Type, "image/")
	}
	return false
}

// sampleOf is the sample of a picture, whose bytes stay with the browser where it has them.
func sampleOf(f browser.File) store.Sample {
	s := store.Sample{Name: f.Name, Type: f.Type, Bytes: int(f.Size), Blob: f.Blob()}
	if s.Blob == nil {
		s.File, _ = f.Read() // in memory already: cannot fail
	}
	return s
}

// keep puts samples into the store and then on the page; it says how many, and
// whether the store took them. What is kept under one key is undone together.
func (t *Teaching) keep(kind task.Kind, class, key string, samples []store.Sample) (int, bool) {
	var project string
	t.changeOf(kind, func(l *workspace) {
		if l.project.removed(class) { // meanwhile
			samples = nil
		}
		samples = l.project.NewSamples(class, samples)
		project = l.project.ID
	})
	if len(samples) == 0 {
		return 0, true
	}
	disk, _ := t.app.Kept()
	kept, err := disk.AddSamples(project, samples)
	if err != nil {
		t.notify(kind, sayStore(err), true)
		return 0, false
	}
	t.edit(kind, func(l *workspace) { l.project.together(key, func() { l.project.Add(kept) }) })
	t.app.KeepSafe()
	return len(kept), true
}

// tellAdded says what was added and, where left is not nil, what was left out.
func (t *Teaching) tellAdded(kind task.Kind, class string, added int, left *words.Say) {
	p := t.Get().Project
	switch {
	case left != nil:
		t.notify(kind, words.Of("teach.added.left", added, left), false)
	case added == 1 && class != "":
		t.notify(kind, words.Of("teach.added.one", p.Title(class)), false)
	default:
		t.notify(kind, words.Of("teach.added", added), false)
	}
}

// AddShot keeps a picture of the camera in a class and reports whether that went well; group names the burst. It
// blocks.
func (t *Teaching) AddShot(class, group string, f browser.File) bool {
	s := sampleOf(f)
	s.Group = group
	n, _ := t.keep(task.Image, class, group, []store.Sample{s})
	return n == 1
}

// TellAdded says how many pictures a class got.
func (t *Teaching) TellAdded(class string, n int) {
	if n > 0 {
		t.tellAdded(task.Image, class, n, nil)
	}
}

// AddDrawing moves what is on the pad to a class. It comes back when it cannot be kept.
func (t *Teaching) AddDrawing(class string, pad *browser.Pad) {
	if pad.Empty() {
		return
	}
	file, restore := pad.Take()
	go func() {
		png, err := file()
		if err != nil {
			t.notify(task.Image, words.Of("teach.store.broken", words.Explain(err)), true)
			restore()
			return
		}
		if _, ok := t.keep(task.Image, class, "", []store.Sample{{Type: "image/png", Drawn: true, File: png}}); ok {
			t.tellAdded(task.Image, class, 1, nil)
		} else {
			restore()
		}
	}()
}

// Draft remembers what is typed for a class and not added yet, "" for lines of many
// classes, so that it is there when the page shows the field again.
func (t *Teaching) Draft(class, text string) {
	t.change(func(l *workspace) { l.drafts = state.With(l.drafts, class, text) })
}

// AddText adds one typed text to a class.
func (t *Teaching) AddText(class, text string) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "�"))
	if text == "" {
		return
	}
	if len(text) > MaxTextBytes {
		t.notify(task.Text, words.Of("teach.lines.long", 1, words.Size(int64(len(text))), words.Size(MaxTextBytes)),
			true)
		return
	}
	go t.addLines(class, []Labelled{{Text: text}})
}

// AddLines adds pasted lines; those without a label go into class. It returns
// what is wrong with them, nil when they are on their way in.
func (t *Teaching) AddLines(class, pasted string) *words.Say {
	list, bad := ParseLines(pasted)
	if bad != nil {
		return bad
	}
	if class == "" && slices.ContainsFunc(list, func(l Labelled) bool { return l.Label == "" }) {
		return words.Of("teach.lines.noclass")
	}
	go t.addLines(class, list)
	return nil
}

// addLines adds lines and says so.
func (t *Teaching) addLines(class string, list []Labelled) {
	if added, skipped, ok := t.addLabelled(class, list); ok {
		only := class
		if list[0].Label != "" {
			only = ""
		}
		t.tellAdded(task.Text, only, added, same(nil, skipped))
	}
}

// addLabelled sorts texts into classes, leaves out what is there already, and
// keeps the rest. ok is false where it says itself what went wrong.
func (t *Teaching) addLabelled(class string, list []Labelled) (added, skipped int, ok bool) {
	<-t.ready
	byClass := map[string][]store.Sample{}
	var order []string
	seen := map[[2]string]bool{}
	full := false
	key := t.newKey(task.Text)
	t.edit(task.Text, func(l *workspace) {
		l.project.joining = key
		defer func() { l.project.joining = "" }()
		for _, c := range l.project.Classes {
			for _, s := range l.project.whole(c.ID) {
				seen[[2]string{c.ID, s.Text}] = true
			}
		}
		ids := map[string]string{"": class}
		for _, x := range list {
			id, known := ids[x.Label]
			if !known {
				id = l.project.ClassNamed(x.Label)
				ids[x.Label] = id
			}
			key := [2]string{id, x.Text}
			if full = full || id == ""; id == "" || seen[key] {
				skipped++
				continue
			}
			seen[key] = true
			if byClass[id] == nil && l.project.class(id) < 0 { // another tab has just removed it
				order = append(order, id)
			}
			byClass[id] = append(byClass[id], store.Sample{Text: x.Text, Test: x.Test})
		}
		var page []string
		for _, c := range l.project.Classes {
			page = append(page, c.ID)
		}
		order = append(page, order...)
	})
	for _, id := range order {
		n, kept := t.keep(task.Text, id, key, byClass[id])
		if added += n; !kept {
			return added, skipped, false
		}
	}
	if full {
		t.notify(task.Text, words.Of("teach.lines.classes", MaxClasses), true)
		return 0, 0, false
	}
	return added, skipped, true
}

// newKey is a key under which several edits become one step.
func (t *Teaching) newKey(kind task.Kind) (key string) {
	t.changeOf(kind, func(l *workspace) {
		key = "add " + strconv.FormatInt(l.project.next, 36)
		l.project.next++
	})
	return key
}

// project is a copy of a kind's project; its slices are shared and must not be changed.
func (t *Teaching) project(kind task.Kind) Project {
	t.mu.Lock()
	defer t.mu.Unlock()
	return *t.workspaces[kind].project
}

// inputs returns samples as they go to the worker.
func inputs(samples []store.Sample) (in []bridge.Input, buffers []browser.Buffer) {
	for _, s := range samples {
		if s.Text != "" {
			in = append(in, bridge.Input{Text: s.Text, Group: s.Group, Buffer: -1})
			continue
		}
		in = append(in, bridge.Input{Name: s.Name, Group: s.Group, Buffer: len(buffers)})
		if s.Blob != nil {
			buffers = append(buffers, browser.Blob(s.Blob))
		} else {
			buffers = append(buffers, browser.Bytes(s.File))
		}
	}
	return in, buffers
}
