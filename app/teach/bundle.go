package teach

import (
	"path"
	"strconv"
	"strings"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/store"
	"wafer/app/words"
	"wafer/nn/json"
	"wafer/nn/task"
)

// bundle is what bridge.BundleFile says of a project's archive. Pictures lie beside it as they came, in a folder per
// class; texts are the rows of bundleTexts, in the order of the samples.
type bundle struct {
	Wafer    string         `json:"wafer"` // "project"
	Version  int            `json:"version"`
	Kind     task.Kind      `json:"kind"`
	Name     string         `json:"name,omitempty"`
	Classes  []bundleClass  `json:"classes"`
	Settings store.Settings `json:"settings"`
	Samples  []bundleSample `json:"samples"`
	DataHash string         `json:"data_hash,omitempty"` // of the run that made model.wafer
}

type bundleClass struct {
	Name  string `json:"name"`
	Color int    `json:"color"`
	Off   bool   `json:"off,omitempty"`
}

type bundleSample struct {
	Class int    `json:"class"`          // of Classes
	File  string `json:"file,omitempty"` // of a picture
	Name  string `json:"name,omitempty"`
	Type  string `json:"type,omitempty"`
	Group string `json:"group,omitempty"`
	Drawn bool   `json:"drawn,omitempty"`
	Test  bool   `json:"test,omitempty"`
}

const (
	bundleVersion = 1
	bundleTexts   = "texts.csv"
	openedBundle  = "bundle.opened"
)

// bundleOf lists a project, and the samples in the same order.
func bundleOf(p *Project) (b bundle, samples []store.Sample) {
	b = bundle{Wafer: "project", Version: bundleVersion, Kind: p.Kind, Name: p.Name, Settings: p.Settings}
	if p.Report != nil {
		b.DataHash = p.Report.DataHash
	}
	parts := ""
	for _, c := range p.Classes {
		if len(p.Tests(c.ID)) > 0 {
			parts = "train/"
		}
	}
	names := taken{}
	for i, c := range p.Classes {
		b.Classes = append(b.Classes, bundleClass{c.Name, c.Color, c.Off})
		folder := names.free("", fileName(p.Title(c.ID)), "")
		for _, s := range p.whole(c.ID) {
			one := bundleSample{Class: i, Name: s.Name, Type: s.Type, Group: s.Group, Drawn: s.Drawn, Test: s.Test}
			if p.Kind == task.Image {
				part := parts
				if s.Test {
					part = "test/"
				}
				one.File = names.free(part+folder+"/", pictureName(s, len(samples)+1), extension(s))
			}
			b.Samples, samples = append(b.Samples, one), append(samples, s)
		}
	}
	return b, samples
}

// taken are names, in small letters, that are in use.
type taken map[string]bool

// free is a name in a folder with an ending, with a number where another has it.
func (t taken) free(folder, name, ending string) string {
	all := folder + name + ending
	for n := 2; t[strings.ToLower(all)]; n++ {
		all = folder + name + " " + strconv.Itoa(n) + ending
	}
	t[strings.ToLower(all)] = true
	return all
}

// fileName is a name that every system takes for a file.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
	if name = strings.Trim(name, ". "); name == "" {
		return "_"
	}
	return name
}

// pictureName is the name of a picture without its ending.
func pictureName(s store.Sample, number int) string {
	if s.Name == "" {
		return strconv.Itoa(number)
	}
	return fileName(strings.TrimSuffix(path.Base(s.Name), path.Ext(s.Name)))
}

// extension is the ending of a picture: as it came, or by its type.
func extension(s store.Sample) string {
	switch ext := strings.ToLower(path.Ext(s.Name)); ext {
	case ".jpg", ".jpeg", ".png", ".gif", ".webp":
		return ext
	}
	if kind, ok := strings.CutPrefix(s.Type, "image/"); ok && kind != "jpeg" {
		return "." + fileName(kind)
	}
	return ".jpg"
}

// DownloadProject offers the project as one archive: samples in the folders of their classes, texts as a table, recipe,
// report and model.
func (t *Teaching) DownloadProject() {
	kind := t.shown()
	go func() {
		err := t.seal(kind) // its report has the hashes then
		p := t.project(kind)
		var parts []browser.Buffer
		if err == nil {
			parts, err = t.bundled(&p)
		}
		if err != nil {
			t.notify(kind, words.Of("bundle.failed", words.Explain(err)), true)
			return
		}
		browser.DownloadParts(fileName(words.T("bundle.name", p.nameOr()))+".zip", "application/zip", parts)
		t.notify(kind, words.Of("bundle.done", len(p.samples)-len(p.Trash)), false)
	}()
}

// nameOr is the name of a project, or that of its kind.
func (p *Project) nameOr() string {
	if p.Ready() {
		return p.title()
	}
	return words.T("teach.kind." + string(p.Kind))
}

// bundled is the archive of a project.
func (t *Teaching) bundled(p *Project) ([]browser.Buffer, error) {
	b, samples := bundleOf(p)
	z := &archive{}
	if len(samples)+8 > mostEntries {
		return nil, words.Sentence(words.T("bundle.many", len(samples), mostEntries))
	}
	var names []string
	if p.Kind == task.Image {
		for _, one := range b.Samples {
			names = append(names, one.File)
		}
		if err := t.addAll(z, names, samples, p.Kind); err != nil {
			return nil, err
		}
	}
	list, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	files := []browser.File{browser.NewFile(bridge.BundleFile, "", list)}
	if p.Kind == task.Text {
		files = append(files, browser.NewFile(bundleTexts, "", []byte(textsCSV(b, samples))))
	}
	for _, f := range append(files, t.results(p)...) {
		data, _ := f.Read()
		names, whole := []string{f.Name}, []store.Sample{{File: data, Bytes: len(data)}}
		if err := t.addAll(z, names, whole, task.Image); err != nil {
			return nil, err
		}
	}
	if z.size > largestBytes {
		return nil, words.Sentence(words.T("bundle.large", words.Size(z.size)))
	}
	return z.finish(), nil
}

// results are the recipe of a project, and report and model of its last run, as far as they are there.
func (t *Teaching) results(p *Project) (files []browser.File) {
	if base, found := BaseFor(t.app.Get().Bases(p.Kind), p); found && p.Ready() {
		if r, err := p.run(base, p.title(), false); err == nil {
			files = append(files, browser.NewFile("recipe.json", "", r.recipe.Bytes()))
		}
	}
	if p.Report == nil {
		return files
	}
	if report, err := json.Marshal(p.Report); err == nil {
		files = append(files, browser.NewFile("report.json", "", report))
	}
	if model, err := t.app.TaughtFile(p.Model); err == nil {
		files = append(files, browser.NewFile("model.wafer", "", model))
	}
	return files
}

// addAll adds files to an archive, whose sums the worker computes a few at a time.
func (t *Teaching) addAll(z *archive, names []string, files []store.Sample, kind task.Kind) error {
	for done := 0; done < len(files); {
		n, bytes := 0, 0
		for done+n < len(files) && n < 64 && (n == 0 || bytes+files[done+n].Bytes <= hashAtOnce) {
			bytes += files[done+n].Bytes
			n++
		}
		_, buffers := inputs(files[done : done+n])
		_, again := inputs(files[done : done+n]) // what goes to the worker may be moved
		sums, _, err := bridge.Ask(t.app.Worker(), bridge.Hash, bridge.None{}, copies(buffers)...)
		if err != nil {
			return err
		}
		if len(sums.CRC32) != n {
			return words.Sentence(words.T("bundle.sums", len(sums.CRC32), n))
		}
		for i := range n {
			z.add(names[done+i], again[i], int64(files[done+i].Bytes), sums.CRC32[i])
		}
		if done += n; len(files) > 64 {
			t.notify(kind, words.Of("bundle.packing", done, len(files)), false)
		}
	}
	return nil
}

// copies are buffers of which those in Go's memory are copied, since a message may move them away.
func copies(list []browser.Buffer) []browser.Buffer {
	out := make([]browser.Buffer, len(list))
	for i, b := range list {
		if out[i] = b; b.Data() != nil {
			out[i] = browser.Bytes(append([]byte(nil), b.Data()...))
		}
	}
	return out
}

// textsCSV writes texts as a table (RFC 4180), for people and for other programs.
func textsCSV(b bundle, samples []store.Sample) string {
	var out strings.Builder
	out.WriteString("text,label,set\r\n")
	for i, s := range samples {
		set := "train"
		if s.Test {
			set = "test"
		}
		for _, cell := range []string{s.Text, b.Classes[b.Samples[i].Class].Name} {
			out.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `",`)
		}
		out.WriteString(set + "\r\n")
	}
	return out.String()
}
