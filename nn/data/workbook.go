package data

import (
	"bytes"
	"path"
	"strconv"
	"strings"

	"wafer/nn/charset"
	"wafer/nn/say"
)

// A workbook of Excel is a zip of XML files (ECMA-376, part 1, 18). Its first visible sheet that is not empty is read
// as a table: the values of cells as they are stored, so that a date is a number. Formulas give what they gave when the
// file was saved; formats, and further sheets, do not count.

const mostColumns = 1000 // of a sheet that are read

// workbook is an open XLSX file.
type workbook struct {
	files  map[string]File
	shared []string
	meter  *meter
}

// isWorkbook says whether a file is a zip that holds a workbook.
func isWorkbook(b []byte) bool {
	return bytes.HasPrefix(b, []byte("PK\x03\x04")) && bytes.Contains(b, []byte("xl/workbook.xml"))
}

// sheetOf opens the first sheet: what it is, in words, and its rows.
func sheetOf(b []byte, m *meter) (name string, each func(rowFunc) error, err error) {
	list, err := Unzip(b)
	if err != nil {
		return "", nil, err
	}
	w := &workbook{files: map[string]File{}, meter: m}
	for _, f := range list {
		w.files[f.Path] = f
	}
	if err := w.strings(); err != nil {
		return "", nil, err
	}
	targets, err := w.targets()
	if err != nil {
		return "", nil, err
	}
	book, err := w.text("xl/workbook.xml")
	if err != nil {
		return "", nil, err
	}
	sheets := 0
	for x := (markup{rest: book}); x.next(); {
		if x.name != "sheet" || x.kind != opening {
			continue
		}
		if sheets++; each != nil || strings.Contains(strings.ToLower(x.attribute("state")), "hidden") {
			continue
		}
		sheet, err := w.text(targets[x.attribute("id")])
		if err != nil {
			return "", nil, err
		}
		rows := func(do rowFunc) error { return w.rows(sheet, do) }
		if err := rows(func(int, []string, bool) error { return errEnough }); err == errEnough {
			name, each = x.attribute("name"), rows
		} else if err != nil {
			return "", nil, err
		}
	}
	if each == nil {
		return "", nil, say.New("expected a workbook with rows in a visible sheet, found none")
	}
	name = "a sheet of Excel, " + strconv.Quote(name)
	if sheets > 1 {
		name += ", one of " + strconv.Itoa(sheets)
	}
	return name, each, nil
}

// text unpacks a file of the workbook.
func (w *workbook) text(name string) (string, error) {
	f, ok := w.files[name]
	if !ok {
		return "", say.Errorf("expected the file %q in the workbook, found none", name)
	}
	b, err := f.read(w.meter)
	if err != nil {
		return "", err
	}
	s, _, err := charset.Text(b, "")
	return s, err
}

// targets are the files of the sheets by the identifiers that the workbook has for them.
func (w *workbook) targets() (map[string]string, error) {
	s, err := w.text("xl/_rels/workbook.xml.rels")
	to := map[string]string{}
	for x := (markup{rest: s}); x.next(); {
		if x.name == "Relationship" && x.kind == opening {
			target := x.attribute("Target")
			if !strings.HasPrefix(target, "/") {
				target = "/xl/" + target
			}
			to[x.attribute("Id")] = path.Clean(target)[1:]
		}
	}
	return to, err
}

// strings reads the texts that cells refer to by their number. Readings beside Japanese words (rPh) are no part of
// them.
func (w *workbook) strings() error {
	if _, ok := w.files["xl/sharedStrings.xml"]; !ok {
		return nil
	}
	s, err := w.text("xl/sharedStrings.xml")
	if err != nil {
		return err
	}
	var one strings.Builder
	inText, reading := false, false
	for x := (markup{rest: s}); x.next(); {
		switch open := x.kind == opening; {
		case x.kind == between:
			if inText && !reading {
				one.WriteString(x.text)
			}
		case x.name == "t":
			inText = open
		case x.name == "rPh":
			reading = open
		case x.name == "si" && !open:
			if err := w.meter.take(each); err != nil {
				return err
			}
			w.shared = append(w.shared, one.String())
			one.Reset()
		}
	}
	return nil
}

// rows reads the rows of a sheet that are not blank.
func (w *workbook) rows(sheet string, do rowFunc) error {
	var cells []string
	var value strings.Builder
	line, column, kind, inValue := 0, 0, "", false
	for x := (markup{rest: sheet}); x.next(); {
		switch open := x.kind == opening; {
		case x.kind == between:
			if inValue {
				value.WriteString(x.text)
			}
		case x.name == "row" && open:
			line++
			if n, err := strconv.Atoi(x.attribute("r")); err == nil {
				line = n
			}
			cells, column = nil, 0
		case x.name == "row":
			if !blank(cells) {
				if err := do(line, cells, false); err != nil {
					return err
				}
			}
			cells = nil
		case x.name == "c" && open:
			if at := columnOf(x.attribute("r")); at >= 0 {
				column = at
			}
			kind = x.attribute("t")
			value.Reset()
		case x.name == "c":
			if v := w.value(kind, value.String()); v != "" {
				if column >= mostColumns {
					return say.Errorf("line %d: expected at most %d columns, found more", line, mostColumns)
				}
				for len(cells) <= column {
					cells = append(cells, "")
				}
				cells[column] = v
			}
			column++
		case x.name == "v" || x.name == "t":
			inValue = open
		}
	}
	return nil
}

// value is what a cell of a type shows.
func (w *workbook) value(kind, text string) string {
	switch kind {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && i >= 0 && i < len(w.shared) {
			return w.shared[i]
		}
		return ""
	case "b":
		if text == "1" {
			return "TRUE"
		}
		return "FALSE"
	}
	return text
}

// columnOf is the number of the column of a cell such as "AB12", −1 where it has none.
func columnOf(place string) int {
	n := 0
	for i := 0; i < len(place) && place[i] >= 'A' && place[i] <= 'Z' && n < 1<<20; i++ {
		n = 26*n + int(place[i]-'A') + 1
	}
	return n - 1
}
