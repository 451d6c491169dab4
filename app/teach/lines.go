package teach

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"wafer/app/words"
)

// Limits of what a paste or a table may bring in at once.
const (
	MaxLines      = 20_000
	MaxTextBytes  = 10_000     // of one sample; more than any small text model reads
	MaxTableBytes = 20_000_000 // of one file
)

// Labelled is one text with the name of its class, "" where none was given.
type Labelled struct{ Label, Text string }

// ParseLines reads pasted lines, each a text or a label, a tab and a text.
// Empty lines are passed over. The error is a sentence about the first line
// that cannot be used.
func ParseLines(pasted string) ([]Labelled, *words.Say) {
	if s := checkBytes(pasted); s != nil {
		return nil, s
	}
	var list []Labelled
	for i, line := range strings.Split(strings.ReplaceAll(pasted, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(line) == "" {
			continue
		}
		label, text, found := strings.Cut(line, "\t")
		if !found {
			label, text = "", line
		}
		l, s := labelled(i+1, label, text)
		if s != nil {
			return nil, s
		}
		if found && l.Label == "" {
			return nil, words.Of("teach.lines.nolabel", i+1)
		}
		if list = append(list, l); len(list) > MaxLines {
			return nil, words.Of("teach.lines.many", MaxLines)
		}
	}
	if len(list) == 0 {
		return nil, words.Of("teach.lines.empty")
	}
	return list, nil
}

func labelled(line int, label, text string) (Labelled, *words.Say) {
	l := Labelled{words.CleanName(label), strings.TrimSpace(text)}
	switch {
	case l.Text == "":
		return l, words.Of("teach.lines.notext", line)
	case len(l.Text) > MaxTextBytes:
		return l, words.Of("teach.lines.long", line, words.Size(int64(len(l.Text))), words.Size(MaxTextBytes))
	}
	return l, nil
}

func checkBytes(s string) *words.Say {
	if len(s) > MaxTableBytes {
		return words.Of("teach.lines.big", words.Size(int64(len(s))), words.Size(MaxTableBytes))
	}
	if !utf8.ValidString(s) {
		return words.Of("teach.lines.utf8", 1+strings.Count(s[:invalidAt(s)], "\n"))
	}
	if strings.ContainsRune(s, 0) {
		return words.Of("teach.lines.binary")
	}
	return nil
}

func invalidAt(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n == 1 {
				return i
			}
		}
	}
	return len(s)
}

// ParseTable reads a CSV or TSV file (comma, semicolon or tab, whichever the
// first line has most of) with a column of labels and a column of texts. A
// first row such as "label,text" names them; without one, the column with
// fewer different values holds the labels. One column alone holds texts.
func ParseTable(file []byte) ([]Labelled, *words.Say) {
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	if s := checkBytes(string(file)); s != nil {
		return nil, s
	}
	rows, lines, s := readRows(file)
	if s != nil {
		return nil, s
	}
	if len(rows) == 0 {
		return nil, words.Of("teach.lines.empty")
	}
	label, text, header := columns(rows)
	if header {
		rows, lines = rows[1:], lines[1:]
	}
	list := make([]Labelled, 0, len(rows))
	for i, row := range rows {
		if text >= len(row) || label >= len(row) {
			return nil, words.Of("teach.lines.columns", lines[i], len(row), max(text, label)+1)
		}
		name := ""
		if label >= 0 {
			if name = row[label]; words.CleanName(name) == "" {
				return nil, words.Of("teach.lines.nolabel", lines[i])
			}
		}
		l, s := labelled(lines[i], name, row[text])
		if s != nil {
			return nil, s
		}
		list = append(list, l)
	}
	if len(list) == 0 {
		return nil, words.Of("teach.lines.empty")
	}
	return list, nil
}

func readRows(file []byte) (rows [][]string, lines []int, s *words.Say) {
	r := csv.NewReader(bytes.NewReader(file))
	r.Comma = delimiter(file)
	r.FieldsPerRecord = -1
	r.LazyQuotes = r.Comma == '\t' // quotes have no meaning in most TSV files
	for {
		row, err := r.Read()
		if err == io.EOF {
			return rows, lines, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, nil, words.Of("teach.lines.quote", bad.StartLine)
		}
		if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
			continue
		}
		line, _ := r.FieldPos(0)
		rows, lines = append(rows, row), append(lines, line)
		if len(rows) > MaxLines+1 {
			return nil, nil, words.Of("teach.lines.many", MaxLines)
		}
	}
}

func delimiter(file []byte) rune {
	first, _, _ := bytes.Cut(file, []byte("\n"))
	best, most := ',', 0
	for _, d := range []rune{'\t', ';', ','} {
		if n := bytes.Count(first, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

var (
	labelNames = []string{"label", "class", "category", "intent", "target", "标签", "类别"}
	textNames  = []string{"text", "sentence", "review", "message", "question", "utterance", "文本", "句子", "内容"}
)

// columns finds which column holds labels (-1: none) and which texts.
func columns(rows [][]string) (label, text int, header bool) {
	label, text = -1, -1
	for i, cell := range rows[0] {
		name := strings.ToLower(strings.TrimSpace(cell))
		if label < 0 && slices.Contains(labelNames, name) {
			label = i
		} else if text < 0 && slices.Contains(textNames, name) {
			text = i
		}
	}
	switch {
	case label >= 0 && text >= 0, text >= 0 && len(rows[0]) == 1:
		return label, text, true
	case len(rows[0]) == 1:
		return -1, 0, false
	case label == 0:
		return 0, 1, true
	case label > 0:
		return label, 0, true
	case text == 0:
		return 1, 0, true
	case text > 0:
		return 0, text, true
	}
	if distinct(rows, 1) < distinct(rows, 0) {
		return 1, 0, false
	}
	return 0, 1, false
}

func distinct(rows [][]string, column int) int {
	seen := map[string]bool{}
	for _, row := range rows {
		if column < len(row) {
			seen[row[column]] = true
		}
	}
	return len(seen)
}
