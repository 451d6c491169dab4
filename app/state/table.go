package state

import (
	"strings"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// Table is where the texts of a batch come from, when that is a table of several columns. Columns.Label is the column
// of the right answers, −1 for none.
type Table struct {
	bridge.Table // without its rows
	file         browser.File
}

// takeTexts classifies the texts of files: the lines of a text, one column of a table, the files of an archive. none is
// the sentence about a file without texts.
func (s *Store) takeTexts(files []browser.File, none string) {
	var items []Item
	var table *Table
	for _, f := range files {
		read, err := s.readTexts(f, nil)
		if err != nil {
			s.Say("classify", words.Explain(err))
			return
		}
		if len(read.rows) == 0 {
			s.Say("classify", words.T(none, f.Name))
			return
		}
		if read.table != nil && read.table.Width > 1 && len(files) == 1 {
			table = read.table
		}
		items = append(items, s.items(f, table, read.rows)...)
	}
	s.change(func(st *State) { st.Kind = task.Text })
	if len(items) == 1 && table == nil {
		s.PutText(items[0].Text)
		return
	}
	s.takeRows(items, table)
}

// takeRows answers the first MaxItems of the rows and says so where there are more.
func (s *Store) takeRows(items []Item, table *Table) {
	if len(items) > MaxItems {
		s.Say("classify", words.T("classify.toomany", len(items), MaxItems))
		items = items[:MaxItems]
	}
	s.classify(task.Text, Batch{Items: items, Table: table})
}

// texts is what a file of texts holds.
type texts struct {
	rows  []bridge.Row
	table *Table // that they are of, nil for those of an archive with several tables, or with texts as files
}

// readTexts has the reader read a file of texts; columns is what somebody chose, nil: what the table says.
func (s *Store) readTexts(f browser.File, columns *bridge.Columns) (texts, error) {
	most := int64(MaxTextFile)
	if isArchive(f) {
		most = maxArchive
	}
	if f.Size > most {
		return texts{}, words.Sentence(words.T("classify.text.big", f.Name, words.Size(f.Size), words.Size(most)))
	}
	req := bridge.ReadRequest{Kind: task.Text, Columns: columns, Cells: true, OneClass: true, Most: maxRows,
		Files: []bridge.Name{{Path: f.Name, Size: f.Size}}}
	answer, _, err := bridge.Ask(s.Reader, bridge.Read, req, f.Buffer())
	if err != nil {
		return texts{}, err
	}
	var all texts
	for _, t := range answer.Tables {
		switch {
		case t.Error != "":
			return texts{}, words.Sentence(words.T("teach.infile", t.Name, words.Translate(t.Said, t.Error)))
		case !t.Sure && columns == nil: // the text is a guess, which the page shows with a choice of others
			t.Columns.Label = -1
			return s.readTexts(f, &t.Columns)
		}
		all.rows = append(all.rows, t.Rows...)
	}
	for _, found := range answer.Files {
		all.rows = append(all.rows, bridge.Row{Text: found.Text})
	}
	if len(answer.Tables) == 1 {
		t := answer.Tables[0]
		t.Rows = nil
		if columns == nil && !s.knows(all.rows) {
			t.Columns.Label = -1
		}
		all.table = &Table{Table: t, file: f}
	}
	return all, nil
}

// maxRows is how many rows of a table are read.
const maxRows = 20_000

// knows says whether the labels of a table are those of the model in use, most of them.
func (s *Store) knows(rows []bridge.Row) bool {
	m, _ := s.Get().Model(task.Text)
	known := 0
	for _, r := range rows {
		if labelIn(m, r.Label) >= 0 {
			known++
		}
	}
	return 2*known > len(rows)
}

// labelIn finds a label of a model by a name in either language, −1 if there is none.
func labelIn(m task.Model, name string) int {
	for _, list := range [][]string{m.Labels, m.LabelsZH} {
		for i, l := range list {
			if strings.EqualFold(l, name) {
				return i
			}
		}
	}
	return -1
}

// items are the rows of a file as they wait for answers.
func (s *Store) items(f browser.File, table *Table, rows []bridge.Row) (items []Item) {
	for _, r := range rows {
		it := Item{ID: s.number(), Name: f.Name, Text: r.Text, size: int64(len(r.Text))}
		if table != nil {
			it.Cells = r.Cells
			if table.Columns.Label >= 0 {
				it.Truth = r.Label
			}
		}
		items = append(items, it)
	}
	return items
}

// SetColumns reads the table of the batch anew, with other columns. It may block.
func (s *Store) SetColumns(c bridge.Columns) {
	b := s.Get().Batch[task.Text]
	if b.Table == nil {
		return
	}
	read, err := s.readTexts(b.Table.file, &c)
	if err != nil {
		s.Say("classify", words.Explain(err))
		return
	}
	if len(read.rows) == 0 {
		s.Say("classify", words.T("classify.text.empty", b.Table.file.Name))
		return
	}
	s.Say("classify", "")
	t := read.table
	s.takeRows(s.items(t.file, t, read.rows), t)
}

// Judged is how a batch did where the right answers are known.
type Judged struct {
	Right, All int      // items with an answer and a right label
	Labels     []string // of the matrix: those of the model, then those that only the table has
	Matrix     [][]int  // true label, then answer
}

// Judge compares the answers with the right labels.
func (b Batch) Judge(m task.Model) Judged {
	j := Judged{}
	for i := range m.Labels {
		j.Labels = append(j.Labels, words.ScoreLabel(m, task.Score{Label: m.Labels[i], Index: i}))
	}
	for _, it := range b.Items {
		if it.Truth == "" || !it.scored() {
			continue
		}
		j.All++
		if it.right(m) {
			j.Right++
		}
		truth := labelIn(m, it.Truth)
		if truth < 0 {
			truth = j.other(it.Truth, len(m.Labels))
		}
		j.count(truth, it.Result.Scores[0].Index)
	}
	return j
}

// other is the place of a label that the model does not have.
func (j *Judged) other(name string, from int) int {
	for i, l := range j.Labels[from:] {
		if l == name {
			return from + i
		}
	}
	j.Labels = append(j.Labels, name)
	return len(j.Labels) - 1
}

// count adds an answer to the matrix, whose rows are the truths and columns the answers, by the places of the labels;
// the matrix grows with these.
func (j *Judged) count(truth, answer int) {
	for len(j.Matrix) < len(j.Labels) {
		j.Matrix = append(j.Matrix, nil)
	}
	for i := range j.Matrix {
		for len(j.Matrix[i]) < len(j.Labels) {
			j.Matrix[i] = append(j.Matrix[i], 0)
		}
	}
	if answer < len(j.Matrix) {
		j.Matrix[truth][answer]++
	}
}

// scored tells an item that the model gave scores for.
func (it Item) scored() bool {
	return it.Step == Answered && it.Result.Error == "" && len(it.Result.Scores) > 0
}

// right tells a scored item whose truth has the highest score, and that was not rejected.
func (it Item) right(m task.Model) bool {
	return labelIn(m, it.Truth) == it.Result.Scores[0].Index && !it.Result.Rejected
}

// Wrong says whether an item has an answer other than the right one.
func (it Item) Wrong(m task.Model) bool { return it.Truth != "" && it.scored() && !it.right(m) }
