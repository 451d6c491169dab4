package data

import (
	"path"
	"strings"

	"wafer/nn/recipe"
)

// A folder of pictures may come with a table from file to label instead of a folder per class: "image,label", or a
// column of zeros and ones per class.

// IsTable says whether a file is a table by its name; .txt may be one.
func IsTable(name string) bool {
	form := FormOf(name)
	return form != "" && form != "zip" && !strings.EqualFold(path.Ext(name), ".txt")
}

// FormOf is the form of a recipe's source by the ending of its name, without .gz; "" for files of other kinds.
func FormOf(name string) string {
	switch strings.TrimPrefix(path.Ext(strings.TrimSuffix(strings.ToLower(name), ".gz")), ".") {
	case "csv":
		return "csv"
	case "zip":
		return "zip"
	case "jsonl", "ndjson":
		return "jsonl"
	case "tsv", "tab", "txt", "xlsx", "xlsm", "json", "xls", "ods", "numbers", "parquet": // some of them are refused
		return "table"
	}
	return ""
}

// maxListing is the largest table that is looked at beside pictures, bytes.
const maxListing = 64 << 20

// listing has the labels of pictures by their paths, in lower case.
type listing struct {
	named  map[string]string // picture by path, by name and by name without ending; "" where several go by it
	labels map[string]string // label by path
	tables []string          // that say so
}

// listed reads the tables among files that name pictures; nil: none does.
func listedIn(files, pictures []Placed) *listing {
	l := &listing{named: map[string]string{}, labels: map[string]string{}}
	for _, p := range pictures {
		full := strings.ToLower(p.Path)
		base := path.Base(full)
		for _, name := range []string{base, strings.TrimSuffix(base, path.Ext(base))} {
			if other, known := l.named[name]; known && other != full {
				l.named[name] = ""
			} else {
				l.named[name] = full
			}
		}
	}
	for _, p := range pictures {
		l.named[strings.ToLower(p.Path)] = strings.ToLower(p.Path)
	}
	for _, f := range files {
		if IsTable(f.Path) && f.Size <= maxListing && f.read != nil {
			if b, err := f.Read(nil); err == nil && l.read(b, f.Path) {
				l.tables = append(l.tables, f.Path)
			}
		}
	}
	if len(l.tables) == 0 {
		return nil
	}
	return l
}

// picture is the path of the picture that a cell of a table names, "" for none. A path may begin above or below folder,
// where the table lies.
func (l *listing) picture(cell, folder string) string {
	cell = strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(strings.TrimSpace(cell), `\`, "/")),
		"/"))
	if full := l.named[strings.ToLower(path.Join(folder, cell))]; full != "" {
		return full
	}
	for name := cell; ; {
		if full := l.named[name]; full != "" {
			return full
		}
		_, rest, below := strings.Cut(name, "/")
		if !below {
			return ""
		}
		name = rest
	}
}

// read takes the labels of a table of which half the rows or more name pictures.
func (l *listing) read(b []byte, name string) bool {
	t, err := NewTable(b, recipe.Source{Form: FormOf(name)})
	if err != nil || t.each == nil {
		return false
	}
	var rows [][]string
	if t.each(func(_ int, cells []string, _ bool) error {
		rows = append(rows, cells)
		return nil
	}) != nil {
		return false
	}
	rows = rows[titles(rows[:min(len(rows), mostTitles)]):]
	file, hits := l.fileColumn(rows, path.Dir(name))
	if 2*hits < len(rows)-1 || hits == 0 {
		return false
	}
	label := labelBeside(rows, file)
	found := false
	for _, cells := range rows {
		if file >= len(cells) {
			continue
		}
		full := l.picture(cells[file], path.Dir(name))
		if got := label(cells); full != "" && got != "" {
			l.labels[full], found = got, true
		}
	}
	return found
}

// fileColumn is the column with the most names of pictures, and how many rows have one.
func (l *listing) fileColumn(rows [][]string, folder string) (column, hits int) {
	var count []int
	for _, cells := range rows {
		for i, c := range cells {
			if i == len(count) {
				count = append(count, 0)
			}
			if l.picture(c, folder) != "" {
				count[i]++
			}
		}
	}
	for i, n := range count {
		if n > hits {
			column, hits = i, n
		}
	}
	return column, hits
}

// labelBeside finds the labels beside the column of files: in a column that says so by its name or by values that
// recur, or in the name of the one column of zeros and ones that has the one.
func labelBeside(rows [][]string, file int) func([]string) string {
	if classes := onesOf(rows, file); classes != nil {
		return func(cells []string) string {
			for i, c := range cells {
				if i != file && isOne(c) && i < len(classes) {
					return classes[i]
				}
			}
			return ""
		}
	}
	column, best := -1, 0
	for i := range rows[0] {
		if i == file {
			continue
		}
		p := &profile{count: map[string]int{}}
		for _, cells := range rows[1:] {
			if i < len(cells) {
				p.add(cells[i])
			}
		}
		m, exact := meant(rows[0][i])
		rank := 1
		switch {
		case p.filled == 0 || m == meansOther:
			rank = 0
		case m == meansLabel && exact:
			rank = 5
		case m == meansLabel:
			rank = 4
		case p.labelled():
			rank = 3
		case p.share(p.links)+p.share(p.decimals) < 0.5:
			rank = 2
		}
		if rank > best {
			column, best = i, rank
		}
	}
	return func(cells []string) string {
		if column < 0 || column >= len(cells) {
			return ""
		}
		if l := Label(cells[column]); !isMissing(l) {
			return l
		}
		return ""
	}
}

// isOne tells a 1, also as pandas writes it in a column with gaps.
func isOne(cell string) bool {
	cell = strings.TrimSpace(cell)
	return cell == "1" || cell == "1.0"
}

// onesOf are the names of the columns when all but that of the files hold zeros and a single one per row; else nil.
func onesOf(rows [][]string, file int) []string {
	if len(rows) < 2 || len(rows[0]) < 3 {
		return nil
	}
	for _, cells := range rows[1:] {
		ones := 0
		for i, c := range cells {
			switch c = strings.TrimSpace(c); {
			case i == file:
			case isOne(c):
				ones++
			case c != "0" && c != "0.0":
				return nil
			}
		}
		if ones != 1 {
			return nil
		}
	}
	names := make([]string, len(rows[0]))
	for i, n := range rows[0] {
		names[i] = Label(n)
	}
	return names
}
