package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// maxFile is the most that is read of a data file, unpacked.
const maxFile = 2 << 30

// readFile reads a file, unpacking gzip by its first bytes.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := bufio.NewReader(f)
	var r io.Reader = in
	if head, _ := in.Peek(2); string(head) == "\x1f\x8b" {
		if r, err = gzip.NewReader(in); err != nil {
			return nil, err
		}
	}
	b, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("is larger than %d bytes", maxFile)
	}
	return b, err
}

// readTable reads csv (quoted), tsv (not quoted) or jsonl.
func readTable(path string, s recipe.Source) ([]row, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	if s.Form == "jsonl" {
		return readJSONL(b, s)
	}
	var records [][]string
	if s.Form == "csv" {
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
		r.FieldsPerRecord = -1
		if records, err = r.ReadAll(); err != nil {
			return nil, err
		}
	} else {
		for _, line := range strings.Split(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n") {
			if line != "" {
				records = append(records, strings.Split(line, "\t"))
			}
		}
	}
	return tableRows(records, s)
}

func tableRows(records [][]string, s recipe.Source) ([]row, error) {
	if len(records) == 0 {
		return nil, errors.New("is empty")
	}
	first := 0
	var header []string
	if s.Header {
		header, first = records[0], 1
	}
	textColumn, err := column(s.TextColumn, "0", header)
	if err != nil {
		return nil, err
	}
	labelColumn, err := column(s.LabelColumn, "1", header)
	if err != nil {
		return nil, err
	}
	var rows []row
	for i, r := range records[first:] {
		if max(textColumn, labelColumn) >= len(r) {
			return nil, fmt.Errorf("row %d has %d columns, needs %d", first+i+1, len(r), max(textColumn, labelColumn)+1)
		}
		rows = append(rows, newRow(s, first+i, r[textColumn], r[labelColumn]))
	}
	return rows, nil
}

func newRow(s recipe.Source, i int, text, label string) row {
	labels := []string{label}
	if s.Separator != "" {
		labels = strings.Split(label, s.Separator)
	}
	return row{task.Input{Name: fmt.Sprintf("%s:%d", s.Path, i+1), Text: text}, labels}
}

// column finds a column by its name in the header, or by its number.
func column(name, standard string, header []string) (int, error) {
	if name == "" {
		name = standard
	}
	if i := slices.Index(header, name); i >= 0 {
		return i, nil
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < 1000 {
		return i, nil
	}
	return 0, fmt.Errorf("has no column %q; the columns are %q", name, header)
}

func readJSONL(b []byte, s recipe.Source) ([]row, error) {
	var rows []row
	for i, line := range bytes.Split(b, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		var fields map[string]any
		if err := json.Unmarshal(line, &fields); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		text, ok := fields[s.TextColumn].(string)
		label, ok2 := fields[s.LabelColumn]
		if !ok || !ok2 {
			return nil, fmt.Errorf("line %d: needs %q, a string, and %q", i+1, s.TextColumn, s.LabelColumn)
		}
		rows = append(rows, newRow(s, i, text, fmt.Sprint(label)))
	}
	return rows, nil
}

// readCLINC reads one part of the JSON of CLINC150: {"train": [[text, intent], …], …}.
func readCLINC(path, part string) ([]row, error) {
	b, err := readFile(path)
	if err != nil {
		return nil, err
	}
	var parts map[string][][2]string
	if err := json.Unmarshal(b, &parts); err != nil {
		return nil, err
	}
	if parts[part] == nil {
		return nil, fmt.Errorf("has no part %q", part)
	}
	var rows []row
	for i, r := range parts[part] {
		rows = append(rows, row{task.Input{Name: fmt.Sprintf("%s:%d", part, i+1), Text: r[0]}, []string{r[1]}})
	}
	return rows, nil
}
