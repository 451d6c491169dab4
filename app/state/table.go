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

// takeTexts classifies the texts of files: the lines of a text, or one column of a table.
func (s *Store) takeTexts(files []browser.File) {
	var items []Item
	var table *Table
	for _, f := range files {
		t, rows, err := s.readTable(f, nil)
		if err != nil {
			s.Say("classify", words.Explain(err))
			return
		}
		if t.Width > 1 && len(files) == 1 {
			table = t
		}
		items = append(items, s.items(f, table, rows)...)
	}
	s.change(func(st *State) { st.Kind = task.Text })
	if len(items) == 1 && table == nil {
		s.PutText(items[0].Text)
		return
	}
	s.takeRows(items, table)
}

func (s *Store) takeRows(items []Item, table *Table) {
	if len(items) > MaxItems {
		s.Say("classify", words.T("classify.toomany", len(items), MaxItems))
		items = items[:MaxItems]
	}
	s.classify(task.Text, Batch{Items: items, Table: table})
}

// readTable has the reader read a file of texts; columns is what somebody chose, nil: what the table says.
func (s *Store) readTable(f browser.File, columns *bridge.Columns) (*Table, []bridge.Row, error) {
	if f.Size > MaxTextFile {
		return nil, nil, words.Sentence(words.T("classify.text.big", f.Name, words.Size(f.Size),
			words.Size(MaxTextFile)))
	}
	req := bridge.ReadRequest{Kind: task.Text, Columns: columns, Cells: true, Most: maxRows,
		Files: []bridge.Name{{Path: f.Name, Size: f.Size}}}
	answer, _, err := bridge.Ask(s.Reader, bridge.Read, req, f.Buffer())
	if err != nil {
		return nil, nil, err
	}
	if len(answer.Tables) == 0 {
		return nil, nil, words.Sentence(words.T("classify.text.empty", f.Name))
	}
	t := answer.Tables[0]
	switch {
	case t.Error != "":
		return nil, nil, words.Sentence(words.T("teach.infile", f.Name, words.Translate(t.Said, t.Error)))
	case !t.Sure && columns == nil: // the text is a guess, which the page shows with a choice of others
		t.Columns.Label = -1
		return s.readTable(f, &t.Columns)
	case len(t.Rows) == 0:
		return nil, nil, words.Sentence(words.T("classify.text.empty", f.Name))
	}
	rows := t.Rows
	t.Rows = nil
	if columns == nil && !s.knows(rows) {
		t.Columns.Label = -1
	}
	return &Table{Table: t, file: f}, rows, nil
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
	t, rows, err := s.readTable(b.Table.file, &c)
	if err != nil {
		s.Say("classify", words.Explain(err))
		return
	}
	s.Say("classify", "")
	s.takeRows(s.items(t.file, t, rows), t)
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

func (it Item) scored() bool {
	return it.Step == Answered && it.Result.Error == "" && len(it.Result.Scores) > 0
}

func (it Item) right(m task.Model) bool {
	return labelIn(m, it.Truth) == it.Result.Scores[0].Index && !it.Result.Rejected
}

// Wrong says whether an item has an answer other than the right one.
func (it Item) Wrong(m task.Model) bool { return it.Truth != "" && it.scored() && !it.right(m) }
