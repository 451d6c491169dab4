package reader

import (
	"path"
	"slices"
	"strings"

	"wafer/app/bridge"
	"wafer/nn/charset"
	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/task"
)

// readBudget is how much memory reading may take in a tab, bytes.
const readBudget = 512 << 20

// reading is one Read.
type reading struct {
	req    bridge.ReadRequest
	budget int64
	files  []data.File
	number []int // of the file of the request, by files
	inside []bool
	answer bridge.ReadAnswer
	out    [][]byte
}

// read finds out what files hold, with the reader that the command line and the server have.
func read(a bridge.Asked[bridge.None], req bridge.ReadRequest) (bridge.ReadAnswer, [][]byte, error) {
	r := &reading{req: req, budget: readBudget}
	for i, f := range req.Files {
		var b []byte
		if f.Buffer >= 0 {
			if f.Buffer >= len(a.Buffers) {
				return r.answer, nil, say.Errorf("File %d refers to buffer %d, but %d came with the message.", i+1,
					f.Buffer, len(a.Buffers))
			}
			b = a.Buffers[f.Buffer]
		}
		if err := r.take(i, f, b); err != nil {
			return r.answer, nil, err
		}
	}
	err := r.sort()
	return r.answer, r.out, err
}

func isArchive(f bridge.Name, b []byte) bool {
	return b != nil && strings.EqualFold(path.Ext(f.Path), ".zip")
}

// take lists a file, or the files of an archive below the archive's name.
func (r *reading) take(i int, f bridge.Name, b []byte) error {
	if !isArchive(f, b) {
		file := data.NewFile(f.Path, b)
		if file.Size = f.Size; b != nil {
			file = file.Unpacked()
		}
		r.list(file, i, false)
		return nil
	}
	entries, err := data.Unzip(b)
	if err != nil {
		return say.Errorf("%s: %w.", path.Base(f.Path), err)
	}
	if len(entries) > r.req.Most {
		return say.Errorf("%s holds %d files; up to %d can be read at once.", path.Base(f.Path), len(entries),
			r.req.Most)
	}
	for _, e := range entries {
		e.Path = strings.TrimSuffix(f.Path, path.Ext(f.Path)) + "/" + e.Path
		r.list(e, i, true)
	}
	return nil
}

func (r *reading) list(f data.File, number int, inside bool) {
	r.files, r.number, r.inside = append(r.files, f), append(r.number, number), append(r.inside, inside)
}

// sort reads tables as tables and everything else as folders of classes. Texts without a folder are tables each.
func (r *reading) sort() error {
	var loose []data.Placed
	rest := []data.File{}
	for i, f := range r.files {
		f.Tag = i
		if r.req.Kind == task.Text && !strings.Contains(f.Path, "/") && !data.IsHidden(f.Path) {
			loose = append(loose, data.Placed{File: f})
		} else {
			rest = append(rest, f)
		}
	}
	data.PartTables(loose)
	r.tables(loose)
	if len(rest) == 0 {
		return nil
	}
	a := data.Arrange(rest, r.req.Kind)
	if r.req.OneClass && a.Tables == nil {
		a = data.Gather(rest, r.req.Kind)
	}
	r.tables(a.Tables)
	for _, p := range a.Files {
		if err := r.place(&a, p); err != nil {
			return err
		}
	}
	r.answer.Split, r.answer.Left = a.Split, lefts(a.Left)
	return nil
}

func (r *reading) place(a *data.Arrangement, p data.Placed) error {
	found := bridge.Found{File: r.number[p.Tag], Path: p.Path, Class: p.Class, Buffer: -1,
		Test: p.Part == data.Testing}
	if r.inside[p.Tag] || r.req.Kind == task.Text {
		in, ok, err := a.Take(p, &r.budget)
		if err != nil {
			return say.Errorf("%w.", err)
		}
		if !ok {
			return nil
		}
		if found.Text = in.Text; r.req.Kind == task.Image {
			found.Buffer = len(r.out)
			r.out = append(r.out, slices.Clone(in.File)) // buffers of an answer are moved
		}
	}
	r.answer.Files = append(r.answer.Files, found)
	return nil
}

// tables reads tables that were sent; what is wrong with one is said in its place.
func (r *reading) tables(list []data.Placed) {
	for _, p := range list {
		if r.req.Files[r.number[p.Tag]].Buffer < 0 {
			continue
		}
		t := bridge.Table{File: r.number[p.Tag], Name: path.Base(p.Path), Test: p.Part == data.Testing}
		if err := r.rows(&t, p.Unpacked(), len(list) == 1); err != nil {
			t.Error, t.Said, t.Rows = err.Error(), say.Of(err), nil
		}
		r.answer.Tables = append(r.answer.Tables, t)
	}
}

// rows reads a table; what somebody said of the columns counts for one that is alone or does not say it itself.
func (r *reading) rows(to *bridge.Table, f data.File, alone bool) error {
	b, err := f.Read(&r.budget)
	if err != nil {
		return err
	}
	form := data.FormOf(f.Path)
	if form == "" {
		form = "table"
	}
	table, err := data.NewTable(b, recipe.Source{Form: form, Path: f.Path, Encoding: r.req.Encoding})
	if err != nil {
		return err
	}
	if c := r.req.Columns; c != nil && (alone || !table.Sure || table.Label < 0) {
		table.Use(data.Columns(*c))
	}
	to.Encoding, to.Delimiter, to.Names, to.Width = table.Encoding, table.Delimiter, table.Names, table.Width
	if to.Guessed = table.Guessed; to.Guessed || r.req.Encoding != "" {
		to.Encodings = charset.Names()
	}
	to.Broken = table.Broken
	to.Columns, to.Sure, to.First = bridge.Columns(table.Columns), table.Sure, table.First(4)
	if !table.Sure {
		return nil
	}
	rows, left, err := table.Take(r.req.Most, r.req.Cells)
	if err != nil {
		return err
	}
	to.Left = lefts(left)
	for _, row := range rows {
		one := bridge.Row{Line: row.Line, Text: row.Text, Label: row.Label}
		if r.req.Cells {
			one.Cells = row.Cells
		}
		to.Rows = append(to.Rows, one)
	}
	return nil
}

func lefts(list []data.Left) (out []bridge.Left) {
	for _, l := range list {
		out = append(out, bridge.Left{Why: string(l.Why), Count: l.Count, Where: l.Where})
	}
	return out
}
