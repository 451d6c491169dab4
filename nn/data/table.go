package data

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wafer/nn/charset"
	"wafer/nn/recipe"
	"wafer/nn/say"
	"wafer/nn/text"
)

// Table is a table of texts as a file has it: CSV with any of the usual delimiters, a grid drawn in text, JSON, or a
// sheet of Excel. A row that is blank is none.
type Table struct {
	Encoding  string   // that the file is written in
	Guessed   bool     // the encoding is likely and no more
	Broken    int      // characters that are no UTF-8 and became U+FFFD
	Delimiter string   // "" for JSON, and where every line is one cell
	Names     []string // of the columns, nil: the first row is no header
	Width     int      // columns
	Columns            // what they mean
	Sure      bool     // the meaning is said or certain; else somebody should be asked

	each    func(do rowFunc) error
	above   int      // rows above the names of the columns, where there are such names
	second  int      // rows below them that explain them
	marked  bool     // every line says its labels itself
	head    []string // the names of the columns, where the first row has them
	ragged  bool     // texts hold the delimiter without quotation marks
	columns []*profile
	known   map[string]bool // labels of rows of the right width, folded; nil: not known
}

// rowFunc takes a row. line is where it begins, odd says that a quotation mark in it closes nothing.
type rowFunc func(line int, cells []string, odd bool) error

// Row is one row of a table.
type Row struct {
	Line  int
	Cells []string
}

// NewTable finds out how a table is written and what its columns mean, as far as s does not say so. b may not change
// afterwards. Errors say where, what was expected and what was found.
func NewTable(b []byte, s recipe.Source) (*Table, error) {
	most := int64(mostUnpacked)
	return newTable(b, s, newMeter(&most))
}

// mostUnpacked is what a workbook may take where no budget is said, bytes.
const mostUnpacked = 256 << 20

// newTable is NewTable with a meter for what a workbook takes. It tells workbooks, JSON, grids and fastText's lines by
// their content; pages and office files that are written as XML are refused with what they are.
func newTable(b []byte, s recipe.Source, m *meter) (t *Table, err error) {
	if isWorkbook(b) {
		t = &Table{}
		if t.Encoding, t.each, err = sheetOf(b, m); err != nil {
			return nil, err
		}
		err = t.each(func(_ int, cells []string, _ bool) error {
			t.Width = max(t.Width, len(cells))
			return nil
		})
		if err != nil {
			return nil, err
		}
		return t, t.settle(s)
	}
	if what := foreign(b); what != "" {
		return nil, say.Errorf("expected a table as text, found %s", what)
	}
	if isJSON(b, s.Form) {
		return newObjects(b, s)
	}
	if what := markedUp(b); what != "" {
		return nil, say.Errorf("expected a table as text, found %s: open it in Excel and save it as .xlsx or as CSV "+
			"UTF-8", what)
	}
	whole, encoding, err := charset.Text(b, s.Encoding)
	if err != nil {
		return nil, err
	}
	content := whole
	t = &Table{Encoding: encoding, Guessed: s.Encoding == "" && !strings.HasPrefix(encoding, "utf-")}
	if encoding == charset.UTF8 {
		t.Broken = strings.Count(whole, "\ufffd") - bytes.Count(b, []byte("\ufffd"))
	}
	if s.Delimiter == "" && t.drawn(content) {
		return t, t.settle(s)
	}
	var d dialect
	if s.Delimiter != "" {
		_, content = named(content)
		d = measured(content, s.Delimiter)
	} else if d, content = dialectOf(content, s.Form); d.delimiter == noDelimiter {
		t.Width = 1
	}
	line := 1 + strings.Count(whole[:len(whole)-len(content)], "\n") // behind a line sep=
	t.Width, t.each, t.ragged = d.width, d.rows(content, line), d.joins != noJoin
	if d.delimiter != noDelimiter {
		t.Delimiter = d.delimiter
		t.named()
	}
	return t, t.settle(s)
}

// drawn reads content as a grid or as fastText's lines, where it is one.
func (t *Table) drawn(content string) bool {
	if t.each = fastText(content); t.each != nil {
		t.Width, t.Columns, t.Sure, t.marked = 2, Columns{Text: 1}, true, true
	} else if t.each, t.Width = gridOf(content); t.each != nil {
		t.Delimiter = "|"
	}
	return t.each != nil
}

// foreign names files that are no text but are taken for tables.
func foreign(b []byte) string {
	switch s := string(b[:min(len(b), 8)]); {
	case strings.HasPrefix(s, "PK\x03\x04") && bytes.Contains(b, []byte("word/document.xml")):
		return "a document of Word: save it as plain text"
	case strings.HasPrefix(s, "PK\x03\x04"):
		return "a zip archive, or a workbook of Numbers or LibreOffice: save that as Excel workbook (.xlsx) or CSV " +
			"UTF-8"
	case strings.HasPrefix(s, "\xd0\xcf\x11\xe0"):
		return "a workbook of an old Excel (.xls): save it as .xlsx or as CSV UTF-8"
	case strings.HasPrefix(s, "%PDF"):
		return "a PDF"
	case strings.HasPrefix(s, "\x1f\x8b"):
		return "a file packed by gzip: unpack it first"
	case strings.HasPrefix(s, "Rar!"), strings.HasPrefix(s, "7z\xbc\xaf"):
		return "an archive (RAR or 7z): unpack it first"
	case strings.HasPrefix(s, "PAR1"), strings.HasPrefix(s, "SQLite"):
		return "a data base (Parquet or SQLite): save it as CSV UTF-8"
	case strings.HasPrefix(s, "{\\rtf"):
		return "a document in RTF: save it as plain text"
	case strings.HasPrefix(s, "\x89PNG"), strings.HasPrefix(s, "\xff\xd8\xff"), strings.HasPrefix(s, "GIF8"):
		return "a picture"
	}
	return ""
}

// markedUp names files of markup that programs call tables.
func markedUp(b []byte) string {
	_, size := charset.Mark(b)
	start := strings.ToLower(string(bytes.TrimLeft(b[size:min(len(b), 200)], " \t\r\n\x00")))
	for _, tag := range []string{"<!doctype html", "<html", "<table", "<head", "<meta"} {
		if strings.HasPrefix(start, tag) {
			return "a web page (HTML)"
		}
	}
	if strings.HasPrefix(start, "<?xml") {
		return "XML"
	}
	return ""
}

// rows reads the rows of a text, from the first on at every call.
func (d dialect) rows(content string, line int) func(rowFunc) error {
	return func(do rowFunc) error {
		line, s := line, content
		for s != "" {
			cells, rest, lines, odd := d.row(s)
			if extra := len(cells) - d.width; d.joins != noJoin && extra > 0 {
				cells = joinedAt(cells, d.joins, extra, d.delimiter)
			}
			if !blank(cells) {
				if err := do(line, cells, odd); err != nil {
					return err
				}
			}
			line, s = line+lines, rest
		}
		return nil
	}
}

// settle finds the columns that s does not name.
func (t *Table) settle(s recipe.Source) error {
	e, err := t.look()
	if err != nil || e.columns == nil {
		t.Label, t.Sure = -1, true
		return err
	}
	first := t.head
	if t.marked {
		t.Sure = true
	} else if t.Columns, t.Sure = e.find(); !t.Sure && e.rows < fewRows && len(first) == 2 {
		t.Text, t.Label, t.Sure = usualColumns(s.Form)
	}
	if err := t.said(s, first); err != nil {
		return err
	}
	t.name()
	t.columns = e.columns
	t.learn()
	return nil
}

// learn collects the labels of rows of the right width; none where there are more than were counted.
func (t *Table) learn() {
	if t.known = nil; t.Label < 0 || t.Label >= len(t.columns) || len(t.columns[t.Label].count) == mostValues {
		return
	}
	t.known = map[string]bool{}
	for l := range t.columns[t.Label].count {
		t.known[folded(Label(l))] = true
	}
}

// look takes the first row below titles as t.head and profiles those below it.
func (t *Table) look() (e evidence, err error) {
	t.above = titles(t.First(mostTitles))
	var next [][]string // below the first
	count := 0
	err = t.each(func(_ int, cells []string, _ bool) error {
		switch count++; {
		case count <= t.above:
		case count > MaxEntries+1+t.above:
			return say.Errorf("expected at most %d rows, found more", MaxEntries)
		case e.columns == nil:
			t.head, t.Width = slices.Clone(cells), max(t.Width, len(cells))
			e.add(cells)
		case len(cells) > t.Width, t.repeats(cells):
		case count <= t.above+1+mostSeconds:
			next = append(next, slices.Clone(cells))
		default:
			e.add(cells)
		}
		return nil
	})
	for t.second < len(next) && e.second(next[t.second]) {
		t.second++
	}
	for _, cells := range next[t.second:] {
		e.add(cells)
	}
	return e, err
}

// repeats says whether a row has the names of the columns once more, as files that were put together have.
func (t *Table) repeats(cells []string) bool { return filled(t.head) > 1 && sameNames(cells, t.head) }

// tooWide says whether a row has more cells than columns, or a label that no other has and an empty cell behind it: its
// text then holds the delimiter.
func (t *Table) tooWide(cells []string) bool {
	if len(cells) <= t.Width || filled(cells[t.Width:]) > 0 {
		return len(cells) > t.Width
	}
	return t.Label >= 0 && t.known != nil && cells[t.Label] != "" && !t.known[folded(Label(cells[t.Label]))]
}

// joined puts a text together that holds delimiters, where the label is then one of those of other rows.
func (t *Table) joined(cells []string) ([]string, bool) {
	extra := len(cells) - t.Width
	if t.Delimiter == "" || t.Delimiter == "\t" || t.Label < 0 && t.Text != t.Width-1 {
		return nil, false
	}
	cells = joinedAt(cells, t.Text, extra, t.Delimiter)
	return cells, t.Label < 0 || t.known[folded(Label(cells[t.Label]))]
}

// joinedAt makes one cell of that at a place and so many behind it.
func joinedAt(cells []string, at, extra int, delimiter string) []string {
	one := strings.Join(cells[at:at+extra+1], delimiter)
	return slices.Concat(cells[:at], []string{one}, cells[at+extra+1:])
}

// fewRows are too few to tell what the columns mean.
const fewRows = 8

// usualColumns is the order of two columns without names in a recipe's form: text, label in CSV and label, text in TSV.
func usualColumns(form string) (text, label int, ok bool) {
	switch form {
	case "csv":
		return 0, 1, true
	case "tsv":
		return 1, 0, true
	}
	return 0, 1, false
}

// filled counts the cells that are not blank.
func filled(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// said takes what s says about the columns in place of what was found.
func (t *Table) said(s recipe.Source, first []string) (err error) {
	if s.Header != nil {
		t.Header = *s.Header
	} else if s.TextColumn != "" && !isIndex(s.TextColumn) || s.LabelColumn != "" && !isIndex(s.LabelColumn) {
		t.Header = true
	}
	if s.TextColumn != "" {
		if t.Text, err = position(first, s.TextColumn, t.Header); err != nil {
			return err
		}
	}
	if s.LabelColumn != "" {
		if t.Label, err = position(first, s.LabelColumn, t.Header); err != nil {
			return err
		}
	} else if t.Label == t.Text {
		t.Label = -1
	}
	if s.TextColumn != "" && (s.LabelColumn != "" || t.Label < 0) {
		t.Sure = true
	}
	return nil
}

// isIndex tells a column that is given by its number.
func isIndex(name string) bool {
	_, err := strconv.Atoi(name)
	return err == nil
}

// position finds a column by its name, or by its number from 0.
func position(first []string, name string, header bool) (int, error) {
	if header {
		if i := slices.IndexFunc(first, func(c string) bool { return Label(c) == Label(name) }); i >= 0 {
			return i, nil
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(first) {
		return i, nil
	}
	if header {
		return 0, say.Errorf("expected a column %q, found %s", name, some(first))
	}
	return 0, say.Errorf("expected a column with the number %q from 0, found %d columns without names", name,
		len(first))
}

// Each calls do for every row below the header. left counts what was left out: rows with more cells than columns, where
// it is not clear which belong together, and rows that end before the columns of text and label.
func (t *Table) Each(left *lefts, do func(Row) error) error {
	at := 0
	need := max(t.Text, t.Label) + 1
	return t.each(func(line int, cells []string, odd bool) error {
		if at++; t.Header && at == t.above+1 {
			return nil
		} else if why := t.beside(at, cells); why != "" {
			left.add(why, lineName(line))
			return nil
		}
		if t.tooWide(cells) {
			whole, ok := t.joined(cells)
			if !ok {
				left.add(OtherWidth, lineName(line))
				return nil
			}
			left.add(Joined, lineName(line))
			cells = whole
		}
		switch {
		case len(cells) < need:
			left.add(TooShort, lineName(line))
			return nil
		case odd:
			left.add(OddMark, lineName(line))
		}
		return do(Row{line, cells})
	})
}

// beside is why a row of a table whose columns have names is none of its rows, "" where it is one.
func (t *Table) beside(at int, cells []string) Reason {
	switch {
	case !t.Header:
	case at <= t.above:
		return Above
	case at <= t.above+1+t.second:
		return Second
	case t.repeats(cells):
		return Repeated
	}
	return ""
}

// Taken is a row with what its columns mean.
type Taken struct {
	Row
	Text, Label string // Label as Label has it, "" where the table has none
}

// Take are the rows that can be samples: with a text, and with a label where the table has labels, unless bare ones are
// wanted too.
func (t *Table) Take(most int, bare bool) (rows []Taken, left []Left, err error) {
	var out lefts
	err = t.Each(&out, func(row Row) error {
		taken := Taken{Row: row, Text: cellText(row.Cells[t.Text])}
		if t.Label >= 0 {
			if taken.Label = Label(row.Cells[t.Label]); isMissing(taken.Label) {
				taken.Label = ""
			}
		}
		switch {
		case taken.Text == "":
			out.add(NoText, lineName(row.Line))
		case t.Label >= 0 && taken.Label == "" && !bare:
			out.add(NoLabel, lineName(row.Line))
		case text.Check(taken.Text) != nil:
			out.add(Unreadable, lineName(row.Line))
		case len(rows) == most:
			return say.Errorf("expected at most %d rows, found more", most)
		default:
			rows = append(rows, taken)
		}
		return nil
	})
	oneSpelling(rows, &out)
	return rows, out, err
}

// oneSpelling gives rows of one class one label.
func oneSpelling(rows []Taken, left *lefts) {
	var found spellings
	for _, r := range rows {
		found.add(r.Label)
	}
	to := found.chosen(nil)
	for i, r := range rows {
		if b := to[r.Label]; b != "" {
			rows[i].Label = b
		}
	}
	left.noteCase(found, to)
}

// cellText is the text of a cell: nothing of what stands around it, "" for MySQL's NULL.
func cellText(cell string) string {
	if cell == `\N` {
		return ""
	}
	return strings.TrimSpace(cell)
}

// Use says what the columns mean.
func (t *Table) Use(c Columns) {
	c.Text, c.Label = min(max(c.Text, 0), t.Width-1), min(max(c.Label, -1), t.Width-1)
	t.Columns, t.Sure = c, true
	t.name()
	t.learn()
}

// name gives the columns the names of the first row, where it has names.
func (t *Table) name() {
	if t.Names = nil; !t.Header {
		return
	}
	for _, n := range t.head {
		t.Names = append(t.Names, Label(n))
	}
}

// First are the first rows of a table as they stand, the header among them.
func (t *Table) First(n int) (rows [][]string) {
	t.each(func(_ int, cells []string, _ bool) error {
		if len(rows) == n {
			return errEnough
		}
		rows = append(rows, slices.Clone(cells))
		return nil
	})
	return rows
}

var errEnough = fmt.Errorf("enough")

// Name is what people call a column: its name, or its number from 0.
func (t *Table) Name(column int) string {
	if column >= 0 && column < len(t.Names) && t.Names[column] != "" {
		return strconv.Quote(t.Names[column])
	}
	return strconv.Itoa(column)
}

// String says in a line how the table was read.
func (t *Table) String() string {
	parts := []string{t.Encoding}
	if t.Guessed {
		parts[0] += " (guessed: where letters look wrong, name another with --encoding, or with encoding in a recipe)"
	}
	if t.Broken > 0 {
		parts = append(parts, fmt.Sprintf("broken characters: %d", t.Broken))
	}
	if t.Delimiter != "" {
		parts = append(parts, strconv.Quote(t.Delimiter)+" between cells")
	}
	if t.Header {
		parts = append(parts, "the first row names the columns")
	}
	if t.ragged {
		parts = append(parts, "texts hold it without quotation marks, too")
	}
	meaning := "text from column " + t.Name(t.Text)
	if t.Label >= 0 {
		meaning += ", label from column " + t.Name(t.Label)
	}
	return "read as " + strings.Join(append(parts, meaning), ", ")
}

// mostShown is how many cells of a row a question shows.
const mostShown = 12

// Question is the error of a table whose columns are not certain.
func (t *Table) Question() error {
	var b strings.Builder
	b.WriteString("which column holds the texts and which the labels is not certain; say so with text_column, " +
		"label_column and header in a recipe, with --text, --label and --header=true or =false of wafer eval, " +
		"or with --column of wafer predict. The first rows:")
	for _, cells := range t.First(3) {
		b.WriteString("\n ")
		for i, c := range cells[:min(len(cells), mostShown)] {
			fmt.Fprintf(&b, " %d: %s", i, shorten(c))
		}
		if len(cells) > mostShown {
			fmt.Fprintf(&b, " … (%d)", len(cells))
		}
	}
	return say.Errorf("%s", b.String())
}
