package data

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"wafer/nn/task"
)

// table reads CSV (RFC 4180, quotes in the middle of a field allowed), TSV (never quoted)
// or JSONL (one object a line). Without names of columns they are "text" and "label" where
// there are names, else label<TAB>text for TSV and text,label for CSV.
func (r *reader) table() ([]sample, task.Kind, error) {
	content, err := r.text(r.Path)
	if err != nil {
		return nil, "", err
	}
	var list []sample
	add := func(line int, text string, labels []string) error {
		if len(list) == MaxEntries {
			return fmt.Errorf("%s: expected at most %d rows, found more", r.Path, MaxEntries)
		}
		list = append(list, sample{input: task.Input{Text: text}, labels: labels, where: fmt.Sprintf("%s:%d", r.Path, line)})
		return nil
	}
	switch r.Form {
	case "jsonl":
		err = r.jsonl(content, add)
	case "csv":
		err = r.columns(csvRows(content), add)
	default:
		err = r.columns(tsvRows(content), add)
	}
	return list, task.Text, err
}

type adder func(line int, text string, labels []string) error

// rows gives one row after another with the line it starts in, io.EOF behind the last.
type rows func() (line int, cells []string, err error)

func csvRows(content string) rows {
	c := csv.NewReader(strings.NewReader(content))
	c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = -1, true, true
	if first, _, _ := strings.Cut(content, "\n"); !strings.Contains(first, ",") && strings.Contains(first, ";") {
		c.Comma = ';' // spreadsheets write it where the comma is the decimal mark
	}
	return func() (int, []string, error) {
		cells, err := c.Read()
		if err != nil {
			return 0, nil, err
		}
		line, _ := c.FieldPos(0)
		return line, cells, nil
	}
}

func tsvRows(content string) rows {
	line := 0
	return func() (int, []string, error) {
		for content != "" {
			var row string
			row, content, _ = strings.Cut(content, "\n")
			if line++; row != "" {
				return line, strings.Split(row, "\t"), nil
			}
		}
		return 0, nil, io.EOF
	}
}

func (r *reader) columns(next rows, add adder) error {
	text, label := -1, -1
	for {
		line, cells, err := next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: expected a row of %s: %w", r.Path, strings.ToUpper(r.Form), err)
		}
		if text < 0 {
			if text, label, err = r.find(cells); err != nil {
				return fmt.Errorf("%s:%d: %w", r.Path, line, err)
			}
			if r.Header {
				continue
			}
		}
		if need := max(text, label) + 1; len(cells) < need {
			return fmt.Errorf("%s:%d: expected at least %d columns, found %d: %s", r.Path, line, need, len(cells), shorten(strings.Join(cells, " | ")))
		}
		var labels []string
		if label >= 0 {
			labels = r.cell(cells[label])
		}
		if err := add(line, strings.Clone(cells[text]), labels); err != nil {
			return err
		}
	}
}

// find is the positions of text and label; label is −1 if the file has none and none
// is named.
func (r *reader) find(first []string) (text, label int, err error) {
	textName, labelName := r.TextColumn, r.LabelColumn
	if textName == "" && labelName == "" && !r.Header {
		if len(first) == 1 {
			return 0, -1, nil
		}
		if r.Form == "tsv" {
			return 1, 0, nil
		}
		return 0, 1, nil
	}
	if text, err = r.position(first, or(textName, "text")); err != nil {
		return
	}
	label, err = r.position(first, or(labelName, "label"))
	if err != nil && labelName == "" {
		return text, -1, nil
	}
	return
}

func (r *reader) position(first []string, name string) (int, error) {
	if r.Header {
		if i := slices.IndexFunc(first, func(c string) bool { return strings.TrimSpace(c) == name }); i >= 0 {
			return i, nil
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(first) {
		return i, nil
	}
	if r.Header {
		return 0, fmt.Errorf("expected a column %q, found %s", name, some(first))
	}
	return 0, fmt.Errorf("expected a column with the number %q from 0, found %d columns without names", name, len(first))
}

// cell cuts the labels of one cell.
func (r *reader) cell(s string) []string {
	if r.Separator == "" {
		return []string{strings.TrimSpace(s)}
	}
	var list []string
	for _, l := range strings.Split(s, r.Separator) {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}

func (r *reader) jsonl(content string, add adder) error {
	for line := 1; content != ""; line++ {
		var row string
		row, content, _ = strings.Cut(content, "\n")
		if strings.TrimSpace(row) == "" {
			continue
		}
		text, labels, err := r.object(row)
		if err == nil {
			err = add(line, text, labels)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", r.Path, line, err)
		}
	}
	return nil
}

func (r *reader) object(row string) (text string, labels []string, err error) {
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(row))
	d.UseNumber()
	if err := d.Decode(&fields); err != nil || fields == nil || d.More() {
		return "", nil, fmt.Errorf("expected one JSON object, found %s", shorten(row))
	}
	name := or(r.TextColumn, "text")
	text, ok := fields[name].(string)
	if !ok {
		return "", nil, fmt.Errorf("expected a string under %q, found %s", name, shorten(row))
	}
	name = or(r.LabelColumn, "label")
	switch v := fields[name].(type) {
	case string:
		return text, r.cell(v), nil
	case json.Number, bool:
		return text, []string{fmt.Sprint(v)}, nil
	case []any:
		for _, e := range v {
			switch e.(type) {
			case string, json.Number, bool:
				labels = append(labels, fmt.Sprint(e))
			default:
				return "", nil, fmt.Errorf("expected names under %q, found %s", name, shorten(row))
			}
		}
		return text, labels, nil
	case nil:
		if r.LabelColumn == "" {
			return text, nil, nil
		}
	}
	return "", nil, fmt.Errorf("expected a label under %q, found %s", name, shorten(row))
}

// clinc reads one part of CLINC150's data_full.json: {"train": [[text, intent], …], …}.
func (r *reader) clinc() ([]sample, task.Kind, error) {
	content, err := r.text(r.Path)
	if err != nil {
		return nil, "", err
	}
	var parts map[string][][]string
	if err := json.Unmarshal([]byte(content), &parts); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line := 1 + strings.Count(content[:min(int(syntax.Offset), len(content))], "\n")
			return nil, "", fmt.Errorf("%s:%d: expected JSON: %w", r.Path, line, err)
		}
		return nil, "", fmt.Errorf(`expected {"part": [[text, intent], …], …}: %w`, err)
	}
	part, ok := parts[r.Part]
	if !ok {
		keys := []string{}
		for k := range parts {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		return nil, "", fmt.Errorf("expected the part %q, found %s", r.Part, some(keys))
	}
	var list []sample
	for i, pair := range part {
		where := fmt.Sprintf("%s: %s[%d]", r.Path, r.Part, i)
		if len(pair) != 2 {
			return nil, "", fmt.Errorf("%s: expected [text, intent], found %d strings", where, len(pair))
		}
		list = append(list, sample{input: task.Input{Text: pair[0]}, labels: []string{pair[1]}, where: where})
	}
	return list, task.Text, nil
}

func or(s, standard string) string {
	if s == "" {
		return standard
	}
	return s
}

// shorten quotes the start of a row.
func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
}
