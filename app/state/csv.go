package state

import (
	"strconv"
	"strings"

	"wafer/app/words"
)

// CSV writes the answers of a batch as a table (RFC 4180, UTF-8 with a byte order
// mark, by which Excel knows it): a row per input with its name or text, best label,
// probability, time in milliseconds and error. Of a table all columns come first.
// Numbers have full precision and labels are English, so that programs can read them.
func (b Batch) CSV() string {
	var out strings.Builder
	out.WriteString("\ufeff")
	if b.Table == nil {
		row(&out, cells("input", "text", "label"), answerNames)
	} else {
		row(&out, cells(b.Table.columnNames()...), cells("predicted_label"), answerNames)
	}
	for _, it := range b.Items {
		given := []string{it.Name, it.Text}
		if b.Table != nil {
			given = b.Table.padded(it.Cells)
		}
		row(&out, cells(given...), it.answer())
	}
	return out.String()
}

var answerNames = []string{"probability", "rejected", "ms", "error"}

// answer is the label and what follows it.
func (it Item) answer() []string {
	r := it.Result
	switch {
	case it.Step != Answered:
		return []string{"", "", "", "", ""}
	case r.Error != "" || len(r.Scores) == 0:
		return []string{"", "", "", "", cell(r.Error)}
	}
	best := r.Scores[0]
	return []string{cell(best.Label), strconv.FormatFloat(float64(best.Probability), 'g', -1, 32),
		strconv.FormatBool(r.Rejected), strconv.FormatFloat(r.Millis, 'f', 2, 64), ""}
}

// row joins cells that are written already.
func row(out *strings.Builder, parts ...[]string) {
	for i, p := range parts {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(strings.Join(p, ","))
	}
	out.WriteString("\r\n")
}

// cells are texts as cells of a row.
func cells(list ...string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = cell(s)
	}
	return out
}

// cell writes what people wrote. It quotes what holds a comma, a semicolon, a quote, a line end or outer spaces. What a
// spreadsheet would take for a formula begins with an apostrophe (OWASP, CSV injection); a plain number is none.
func cell(s string) string {
	if live(s) {
		return `"'` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	if strings.ContainsAny(s, ",;\"\r\n\t") || strings.TrimSpace(s) != s {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

// live says whether a spreadsheet would compute a cell: after spaces, and also in full width.
func live(s string) bool {
	start := strings.TrimLeft(s, " \u00a0\u3000\ufeff")
	if start == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(start)[0]) {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err != nil || !strings.ContainsAny(s, "0123456789") || strings.ContainsAny(s, "xXpP_")
}

// columnNames are the names of a table's columns, or their numbers from 1.
func (t *Table) columnNames() (names []string) {
	for i := range t.Width {
		names = append(names, t.Name(i))
	}
	return names
}

// Name is what people call a column.
func (t *Table) Name(i int) string {
	if i < len(t.Names) && t.Names[i] != "" {
		return t.Names[i]
	}
	return words.T("read.column", i+1)
}

// padded are the cells of a row, as many as the table has columns.
func (t *Table) padded(cells []string) []string {
	out := make([]string, t.Width)
	copy(out, cells)
	return out
}
