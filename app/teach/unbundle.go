package teach

import (
	"strings"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/json"
	"wafer/nn/task"
)

// openArchive opens an archive if it is a project, in the place of what is there, and reports whether it is one.
func (t *Teaching) openArchive(f browser.File) bool {
	if !isArchive(f) || f.Size > maxArchive {
		return false
	}
	<-t.ready
	answer, files, err := bridge.Ask(t.app.Reader, bridge.Bundle, bridge.None{}, f.Buffer())
	if err != nil || answer.Project == nil {
		return false // it is read as any other archive, which says what is wrong with it
	}
	var b bundle
	if err := json.Unmarshal(answer.Project, &b); err != nil {
		t.notify("", words.Of("bundle.damaged", f.Name, err.Error()), true)
		return true
	}
	byPath := make(map[string][]byte, len(files))
	for i, p := range answer.Paths {
		if i < len(files) {
			byPath[p] = files[i]
		}
	}
	samples, bad := b.samples(byPath)
	if bad != nil {
		t.notify("", words.Of("bundle.damaged", f.Name, bad), true)
		return true
	}
	t.SetKind(b.Kind)
	t.openBundle(f.Name, b, samples)
	return true
}

// samples are those of a bundle by class, in their order; bad says what is wrong with it.
func (b *bundle) samples(files map[string][]byte) (byClass [][]store.Sample, bad *words.Say) {
	switch {
	case b.Version != bundleVersion:
		return nil, words.Of("bundle.version", b.Version, bundleVersion)
	case b.Kind != task.Image && b.Kind != task.Text:
		return nil, words.Of("bundle.kind", string(b.Kind))
	case len(b.Classes) > MaxClasses:
		return nil, words.Of("teach.lines.classes", MaxClasses)
	case len(b.Samples) > maxFiles:
		return nil, words.Of("read.files", len(b.Samples), maxFiles)
	}
	texts := rows(string(files[bundleTexts]))
	if b.Kind == task.Text && len(texts) != len(b.Samples)+1 {
		return nil, words.Of("bundle.rows", bundleTexts, max(len(texts)-1, 0), len(b.Samples))
	}
	byClass = make([][]store.Sample, len(b.Classes))
	for i, one := range b.Samples {
		if one.Class < 0 || one.Class >= len(b.Classes) {
			return nil, words.Of("bundle.class", i+1, one.Class+1, len(b.Classes))
		}
		s := store.Sample{Name: one.Name, Group: one.Group, Test: one.Test}
		if b.Kind == task.Text {
			if s.Text = strings.TrimSpace(texts[i+1][0]); s.Text == "" || len(s.Text) > MaxTextBytes {
				return nil, words.Of("bundle.text", i+2, words.Size(MaxTextBytes))
			}
		} else {
			file, there := files[one.File]
			if !there || len(file) == 0 {
				return nil, words.Of("bundle.missing", one.File)
			}
			s.Type, s.Drawn, s.File, s.Bytes = one.Type, one.Drawn, file, len(file)
		}
		byClass[one.Class] = append(byClass[one.Class], s)
	}
	return byClass, nil
}

// openBundle puts a bundle in the place of the project of its kind, as one step.
func (t *Teaching) openBundle(name string, b bundle, byClass [][]store.Sample) {
	key := t.newKey(b.Kind)
	said := words.Of(openedBundle, name, len(b.Samples), len(b.Classes))
	var classes []store.Class
	t.edit(b.Kind, func(l *workspace) {
		p := l.project
		for _, c := range b.Classes {
			made := p.newClass(c.Name)
			made.Color, made.Off = max(c.Color, 0)%Colors, c.Off
			classes = append(classes, made)
		}
		p.together(key, func() { p.replace(classes, said) })
		p.Name, p.Settings, l.selected = words.CleanName(b.Name), b.Settings, selection{}
	})
	for i, c := range classes {
		if _, ok := t.keep(b.Kind, c.ID, key, byClass[i]); !ok {
			return
		}
	}
	t.changeOf(b.Kind, func(l *workspace) { l.notice = words.Notice{Say: l.project.Undoes()} })
}

// rows are those of a table that textsCSV wrote, or a program that keeps to RFC 4180.
func rows(csv string) (list [][]string) {
	var row []string
	var cell strings.Builder
	quoted := false
	csv = strings.TrimPrefix(csv, "\ufeff")
	for i := 0; i < len(csv); i++ {
		switch c := csv[i]; {
		case quoted && c == '"' && i+1 < len(csv) && csv[i+1] == '"':
			cell.WriteByte(c)
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ',' || c == '\n'):
			row = append(row, strings.TrimSuffix(cell.String(), "\r"))
			if cell.Reset(); c == '\n' {
				list, row = append(list, row), nil
			}
		default:
			cell.WriteByte(c)
		}
	}
	if row != nil || cell.Len() > 0 {
		list = append(list, append(row, cell.String()))
	}
	return list
}
