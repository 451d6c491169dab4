package data

import (
	"slices"
	"strings"
)

// Beside its rows a table may have lines of other kinds: titles above the names of the columns, units or types below
// them, the names once more where files were put together. None of them is a sample.

// mostTitles is how many rows may stand above the names of the columns, mostSeconds below them.
const mostTitles, mostSeconds = 20, 3

// titles counts the rows above the table: those above the first that names a column of texts and one of labels, or the
// first with one cell, before one with more.
func titles(rows [][]string) int {
	if len(rows) == 0 {
		return 0
	}
	if text, label := namedColumns(rows[0]); text >= 0 && label >= 0 {
		return 0
	}
	for i, cells := range rows {
		if namesExactly(cells) && !recurs(rows[i+1:], cells) {
			return i
		}
	}
	for i, cells := range rows[:min(len(rows), 4)] {
		if filled(cells) > 1 {
			return i
		}
	}
	return 0
}

// namesExactly says whether cells are words that people call columns of texts and of labels, and no more.
func namesExactly(cells []string) bool {
	said := map[meaning]bool{}
	for _, c := range cells {
		if m, exact := meant(strings.Trim(c, `" `)); exact {
			said[m] = true
		}
	}
	return said[meansText] && said[meansLabel]
}

// recurs says whether a cell stands below itself, as labels do and names do not, unless the whole row does.
func recurs(rows [][]string, names []string) bool {
	for _, cells := range rows {
		if sameNames(cells, names) {
			continue
		}
		for i, c := range cells[:min(len(cells), len(names))] {
			if c != "" && c == names[i] {
				return true
			}
		}
	}
	return false
}

// sameNames says whether two rows have the same names, as people see them.
func sameNames(cells, names []string) bool {
	for i := range max(len(cells), len(names)) {
		c, n := cellAt(cells, i), cellAt(names, i)
		if len(c) > 4*len(n)+16 || folded(Label(c)) != folded(Label(n)) {
			return false
		}
	}
	return true
}

// cellAt is cell i of a row, "" where it is shorter.
func cellAt(cells []string, i int) string {
	if i < len(cells) {
		return cells[i]
	}
	return ""
}

// explained are the words that programs write below the names of columns: types (Orange, SPSS, data bases), and
// SurveyMonkey's and Qualtrics' second lines.
var explained = strings.Fields("string str text char varchar object factor meta class category categorical discrete " +
	"nominal ordinal continuous numeric number int integer float double real bool boolean date datetime time " +
	"response label unit units einheit unité unidad 单位 單位 単位 类型 類型 字符串 文本")

// explains says whether a cell is a type, a unit in brackets or the like.
func explains(cell string) bool {
	cell = strings.ToLower(Label(cell))
	if len(cell) < 2 {
		return cell == "-"
	}
	switch cell[:1] + cell[len(cell)-1:] {
	case "()", "[]", "<>":
		return len(cell) <= 40
	}
	return cell == "open-ended response" || strings.HasPrefix(cell, `{"importid"`) || slices.Contains(explained, cell)
}

// second says whether the row below the first, which is not counted in e, is none of the table: it explains the names
// or says them in other words, or it has words where a column has numbers. None of its values may be those of others.
func (e *evidence) second(cells []string) bool {
	if e.rows < 2 || filled(cells) < 2 {
		return false
	}
	words, worded, all, labels := 0, 0, 0, 0
	for i, c := range cells[:min(len(cells), len(e.columns))] {
		p := e.columns[i]
		if c = strings.TrimSpace(c); c == "" {
			continue
		}
		if p.count[c] > 0 {
			return false
		}
		all++
		switch {
		case explains(c):
			words++
		case p.filled >= 4 && p.numbers == p.filled && !isNumber(c):
			worded++
		case p.labelled():
			labels++
		}
	}
	return words == all || worded > 0 && words+labels > 0 || namesExactly(cells)
}

// headed is a table from the line on that names its columns; all of it where none of the first lines does. A line that
// names one column must stand above rows as wide as itself.
func headed(content string) string {
	start := content[:min(len(content), looked)]
	rest := start
	tries := 4 // of reading all that is looked at
	for at := range mostTitles {
		line, next := cutLine(rest)
		for _, sep := range delimiters {
			cells := strings.Split(line, sep)
			found := len(cells) > 1 && namesExactly(cells)
			if !found && at > 0 && tries > 0 && len(cells) > 1 && namesOne(cells) {
				found = uniform(rest, sep, len(cells))
				tries--
			}
			if found {
				return content[len(start)-len(rest):]
			}
		}
		rest = next
	}
	return content
}

// namesOne says whether a cell is a word that people call a column of texts or labels.
func namesOne(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool {
		m, exact := meant(strings.Trim(c, `" `))
		return exact && (m == meansText || m == meansLabel)
	})
}

// uniform says whether three rows or more have so many cells, and none another number.
func uniform(content, sep string, width int) bool {
	d := measured(content, sep)
	rows := 0
	d.heads(content, func([]string) { rows++ })
	return rows >= 3 && d.width == width && d.alike(content) == 1
}
