package reader

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"

	"wafer/app/bridge"
	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
)

// odd is a file as people have them, and what every door makes of it.
type odd struct {
	file    string
	content string
	want    string // samples by class: "neg 6, pos 6"; "asks"; or what the sentence says that refuses it
	left    string // the sentence about what was left out or kept
}

// rowsOf writes the opinions in turn as pos and neg; %[1]s is the text, %[2]s the label, %[3]d the number.
func rowsOf(head, format string) string {
	var b strings.Builder
	b.WriteString(head)
	for i, o := range opinions {
		s := fmt.Sprintf(format+"\x00%[1]s%[2]s%[3]d", o, [2]string{"pos", "neg"}[i%2], i+1)
		line, _, _ := strings.Cut(s, "\x00")
		b.WriteString(line + "\n")
	}
	return b.String()
}

// behind puts a line behind the one with that number, from 1.
func behind(content string, line int, inserted string) string {
	lines := strings.SplitAfter(content, "\n")
	return strings.Join(slices.Insert(lines, line, inserted+"\n"), "")
}

// wide is a text as UTF-16 without a mark.
func wide(s string, bigEndian bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if bigEndian {
			u = u>>8 | u<<8
		}
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// workbook is an Excel file of one sheet.
func workbook(t *testing.T, rows [][]string) string {
	var b strings.Builder
	for i, cells := range rows {
		fmt.Fprintf(&b, `<row r="%d">`, i+1)
		for j, c := range cells {
			if c != "" {
				fmt.Fprintf(&b, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+j, i+1, c)
			}
		}
		b.WriteString("</row>")
	}
	return archive(t, "[Content_Types].xml", "<Types/>",
		"xl/workbook.xml", `<workbook><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+b.String()+"</sheetData></worksheet>")
}

// gridOf are the opinions as rows of cells below others.
func gridOf(head ...[]string) (rows [][]string) {
	rows = head
	for i, o := range opinions {
		rows = append(rows, []string{o, [2]string{"pos", "neg"}[i%2]})
	}
	return rows
}

// answers is what a door says: samples by class, or that it asks or refuses.
func answers(labels []string, err error) string {
	if err != nil {
		return err.Error()
	}
	count := map[string]int{}
	for _, l := range labels {
		count[l]++
	}
	var list []string
	for _, l := range slices.Sorted(maps.Keys(count)) {
		list = append(list, fmt.Sprintf("%s %d", l, count[l]))
	}
	return strings.Join(list, ", ")
}

// pageReads is what the page makes of a file of texts, with the texts, and what it says that was left out.
func pageReads(o odd) (got string, texts, left []string) {
	req := bridge.ReadRequest{Kind: task.Text, Most: 10_000,
		Files: []bridge.Name{{Path: o.file, Size: int64(len(o.content))}}}
	answer, _, err := read(bridge.Asked[bridge.None]{Buffers: [][]byte{[]byte(o.content)}}, req)
	var labels []string
	asks := false
	list := answer.Left
	for _, table := range answer.Tables {
		if table.Error != "" {
			err = fmt.Errorf("%s", table.Error)
		}
		asks = asks || !table.Sure && err == nil
		for _, r := range table.Rows {
			labels, texts = append(labels, r.Label), append(texts, r.Label+" "+r.Text)
		}
		list = append(list, table.Left...)
	}
	for _, f := range answer.Files {
		labels, texts = append(labels, f.Class), append(texts, f.Class+" "+f.Text)
	}
	for _, l := range list {
		for i, w := range l.Where { // which the page names below the archive
			l.Where[i] = strings.TrimPrefix(w, "a/")
		}
		left = append(left, data.Left{Why: data.Reason(l.Why), Count: l.Count, Where: l.Where}.String())
	}
	switch {
	case asks:
		return "asks", nil, left
	case slices.Contains(labels, ""): // which the page asks a class for
		return "no label", nil, left
	case len(labels) == 0 && err == nil:
		return "empty", nil, left
	}
	return answers(labels, err), texts, left
}

// classifyReads are the texts that Classify has of a file, those with a label where it is a table.
func classifyReads(o odd) (texts []string) {
	req := bridge.ReadRequest{Kind: task.Text, Cells: true, OneClass: true, Most: 10_000,
		Files: []bridge.Name{{Path: o.file, Size: int64(len(o.content))}}}
	answer, _, _ := read(bridge.Asked[bridge.None]{Buffers: [][]byte{[]byte(o.content)}}, req)
	for _, table := range answer.Tables {
		for _, r := range table.Rows {
			if r.Label != "" {
				texts = append(texts, r.Label+" "+r.Text)
			}
		}
	}
	slices.Sort(texts)
	return texts
}

// recipeReads is what a recipe makes of it, on the command line and on the server.
func recipeReads(o odd) (got string, texts []string, notes string) {
	set, err := data.Read(fstest.MapFS{o.file: {Data: []byte(o.content)}},
		[]recipe.Source{{Form: data.FormOf(o.file), Path: o.file}}, data.Options{})
	if err != nil {
		if strings.Contains(err.Error(), "is not certain") {
			return "asks", nil, err.Error()
		}
		return err.Error(), nil, err.Error()
	}
	var labels []string
	for _, s := range slices.Concat(set.Samples, set.Validation, set.Test) {
		l := set.Labels[s.Label]
		labels, texts = append(labels, l), append(texts, l+" "+s.Input.Text)
	}
	return answers(labels, nil), texts, strings.Join(set.Notes, "\n")
}

// Odd tables give the same samples at every door, those that a person would take, and the same sentence about what was
// left out.
func TestOddTables(t *testing.T) {
	plain := rowsOf("text,label\n", `"%[1]s",%[2]s`)
	encoded := func(s string, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	both := "neg 6, pos 6"
	above, below := "1 × above the names of the columns", "1 × units, types or names below the names of the columns"
	again := "1 × the names of the columns once more"
	var many strings.Builder
	many.WriteString("text,label\n")
	for i := range 6000 {
		fmt.Fprintf(&many, "a sentence of number %d,kind %d\n", i, i/2)
	}
	for name, o := range map[string]odd{
		"a title": {"a.csv", "Export of today\n" + plain, both, above + " (line 1)"},
		"titles of two cells": {"a.csv",
			"Exported by;Anna\nDate;2026-03-01\n;\n" + rowsOf("Text;Label\n", "%[1]s;%[2]s"),
			both, "2 × above the names of the columns (line 1, line 2)"},
		"a page of titles": {"a.csv",
			"Bank\nAccount 17\nFrom\nTo\nTotal\n\n" + plain,
			both, "5 × above the names of the columns (line 1, line 2, line 3, …)"},
		"sep and a title": {"a.csv",
			"sep=;\nReport\n" + rowsOf("text;label\n", "%[1]s;%[2]s"), both, above + " (line 2)"},
		"a title and names of other words": {"a.csv",
			"Report\n\n" + rowsOf("Inhalt;Gruppe\n", "%[1]s;%[2]s"), both, above + " (line 1)"},
		"a title above tabs": {"a.tsv",
			"Report, of today\n" + rowsOf("text\tlabel\n", "%[1]s\t%[2]s"), both, above + " (line 1)"},
		"Excel's title": {"a.xlsx",
			workbook(t, gridOf([]string{"Report", "2026"}, []string{}, []string{"Text", "Label"})),
			both, above + " (line 1)"},
		"Excel, one title": {"a.XLSX",
			workbook(t, gridOf([]string{"Report"}, []string{"Text", "Label"}, []string{"[free]", "[class]"})),
			both, above + " (line 1); " + below + " (line 3)"},

		"units": {"a.csv",
			behind(rowsOf("text;length;label\n", "%[1]s;%[3]d;%[2]s"), 1, "(free);(words);(class)"),
			both, below + " (line 2)"},
		"a unit of a number": {"a.csv",
			behind(rowsOf("text,length,label\n", `"%[1]s",%[3]d,%[2]s`), 1, "words,s,kind of"),
			both, below + " (line 2)"},
		"types": {"a.csv", behind(plain, 1, "string,category"), both, below + " (line 2)"},
		"Orange's three lines": {"a.tab",
			behind(behind(rowsOf("review\tsentiment\n", "%[1]s\t%[2]s"), 1, "meta\tclass"), 1, "string\tdiscrete"),
			both, "2 × units, types or names below the names of the columns (line 2, line 3)"},
		"names in another language": {"a.csv", behind(plain, 1, "文本,标签"), both, below + " (line 2)"},
		"SurveyMonkey": {"a.csv",
			behind(rowsOf("comment,category\n", `"%[1]s",%[2]s`), 1, "Open-Ended Response,Response"),
			both, below + " (line 2)"},
		"Qualtrics": {"a.csv", behind(behind(rowsOf("Duration,Comment,Sentiment\n", `%[3]d,"%[1]s",%[2]s`), 1, `"{""ImportId"":""duration""}","{""ImportId"":""QID1_TEXT""}","{""ImportId"":""QID2""}"`), 1, `Duration (in seconds),What do you think?,How was it?`), both,
			"2 × units, types or names below the names of the columns (line 2, line 3)"},

		"names once more": {"a.csv",
			behind(plain, 7, "text,label"), both, again + " (line 8)"},
		"names once more, in capitals": {"a.csv",
			behind(plain, 7, ` TEXT ,"Label"`), both, again + " (line 8)"},
		"files with marks": {"a.csv",
			"\ufeff" + behind(plain, 7, "\ufefftext,label"), both, again + " (line 8)"},
		"other names once more": {"a.csv",
			behind(rowsOf("Inhalt;Gruppe\n", "%[1]s;%[2]s"), 7, "inhalt;gruppe"), both, again + " (line 8)"},
		"Excel's names once more": {"a.xlsx",
			workbook(t, append(gridOf([]string{"Inhalt", "Gruppe"}), []string{"Inhalt", "Gruppe "})),
			both, again + " (line 14)"},
		"names once more in JSON": {"a.json",
			`[["text","label"],["a day","x"],["text","label"],["a night","y"]]`, "x 1, y 1", again + " (line 1)"},
		"a sample that is there twice": {"a.csv",
			rowsOf("", "%[1]s\t%[2]s") + opinions[0] + "\tpos\n", "neg 6, pos 7", ""},
		"a label that is the name of a column": {"a.csv",
			behind(plain, 7, "so it is,label"), "label 1, neg 6, pos 6", ""},
		"a text that is the name of a column": {"a.csv", behind(plain, 7, "text,pos"), "neg 6, pos 7", ""},

		"UTF-16, little end first": {"a.csv", wide(plain, false), both, ""},
		"UTF-16, big end first":    {"a.csv", wide(strings.ReplaceAll(plain, "\n", "\r\n"), true), both, ""},
		"UTF-16 of tabs, Chinese":  {"a.txt", wide(rowsOf("评论\t类别\n", "这家店的服务很好 %[1]s\t%[2]s"), false), both, ""},
		"GB18030": {"a.csv",
			encoded(simplifiedchinese.GB18030.NewEncoder().String(rowsOf("评论,类别\n", "质量很差不会再买 %[3]d,%[2]s"))),
			both, ""},
		"Shift-JIS": {"a.csv",
			encoded(japanese.ShiftJIS.NewEncoder().String(rowsOf("レビュー,ラベル\n", "とても良いお店です %[3]d,%[2]s"))),
			both, ""},
		"mixed line ends": {"a.csv",
			strings.Replace(strings.Replace(plain, "\n", "\r\n", 3), "\n", "\r", 1), both, ""},
		"NUL between": {"a.csv", strings.Replace(plain, "\nwe", "\n\x00we", 1), both, ""},

		"decimal commas": {"a.csv", rowsOf("text;score;label\n", "%[1]s;%[3]d,5;%[2]s"), both, ""},
		"tabs":           {"A.TSV", rowsOf("text\tlabel\n", "%[1]s\t%[2]s"), both, ""},
		"pipes":          {"a.csv", rowsOf("text|label\n", "%[1]s|%[2]s"), both, ""},
		"sep":            {"a.CSV", "SEP=|\r\n" + rowsOf("text|label\n", "%[1]s|%[2]s"), both, ""},
		"line ends in cells": {"a.csv",
			rowsOf("text,label\n", "\"%[1]s\r\n\r\ntext,label\r\nand so\",%[2]s"), both, ""},
		"a delimiter behind the rows": {"a.csv", rowsOf("text,label\n", `"%[1]s",%[2]s,`), both, ""},
		"one column":                  {"a.csv", rowsOf("text\n", "%[1]s"), "! no label", ""},
		"one column of labels":        {"a.csv", rowsOf("label\n", "%[2]s"), "! no label", ""},

		"label first": {"a.csv", rowsOf("label,text\n", `%[2]s,"%[1]s"`), both, ""},
		"zeros and ones": {"a.csv",
			strings.NewReplacer("pos\n", "1\n", "neg\n", "0\n").Replace(plain), "0 6, 1 6", ""},
		"zeros and ones without names": {"a.csv",
			strings.NewReplacer("pos\n", "1\n", "neg\n", "0\n").Replace(rowsOf("", `"%[1]s",%[2]s`)),
			"0 6, 1 6", ""},
		"stars": {"a.csv",
			strings.NewReplacer("pos\n", "5\n", "neg\n", "1\n").Replace(rowsOf("review,stars\n", `"%[1]s",%[2]s`)),
			"1 6, 5 6", ""},
		"an index":            {"a.csv", rowsOf("id,text,label\n", `%[3]d,"%[1]s",%[2]s`), both, ""},
		"an index of letters": {"a.csv", rowsOf("id,text,label\n", `a-%[3]d,"%[1]s",%[2]s`), both, ""},
		"dates": {"a.csv",
			rowsOf("date,text,label\n", `%[3]d.03.2026 10:00,"%[1]s",%[2]s`), both, ""},
		"sixty columns": {"a.csv",
			rowsOf("text,label"+strings.Repeat(",x", 58)+"\n", `"%[1]s",%[2]s`+strings.Repeat(",%[3]d", 58)),
			both, ""},
		"German":  {"a.csv", rowsOf("Nr.;Satz;Kategorie\n", "%[3]d;%[1]s;%[2]s"), both, ""},
		"Chinese": {"a.csv", rowsOf("编号,内容,类别\n", `%[3]d,"%[1]s",%[2]s`), both, ""},
		"French":  {"a.csv", rowsOf("n°;avis;catégorie\n", "%[3]d;%[1]s;%[2]s"), both, ""},
		"Spanish, decomposed": {"a.csv",
			rowsOf("id;reseña;categori\u0301a\n", "%[3]d;%[1]s;%[2]s"), both, ""},
		"many labels": {"a.csv", many.String(), "! kind 2999 2", ""},

		"labels that look alike": {"a.csv",
			plain + "a,po\u200bs\nb,\"pos \"\nc,\u00a0pos\nd,POS\n",
			"neg 6, pos 10", `1 × a label in other capitals, taken as the same ("POS" as "pos")`},
		"labels that are decomposed": {"a.csv",
			rowsOf("text,label\n", `"%[1]s",caf`+"e\u0301") + "a day,café\n", "café 13", ""},
		"no labels": {"a.csv",
			plain + "nothing, really,\n\"so\",\n",
			both, "1 × more cells than columns: a text that holds a delimiter needs quotation marks (line 14); " +
				"1 × no label (line 15)"},

		"JSON by lines": {"a.JSONL",
			rowsOf("", `{"meta":{"id":%[3]d,"lang":"en"},"input":{"text":"%[1]s"},"output":{"label":"%[2]s"}}`),
			both, ""},
		"JSON with NaN": {"a.jsonl",
			rowsOf("", `{"text":"%[1]s","label":"%[2]s"}`) + `{"text":"so","label":NaN}` + "\n",
			both, "1 × no label (line 13)"},
		"JSON with true and false": {"a.jsonl",
			strings.NewReplacer(`"pos"`, "true", `"neg"`, "false").Replace(rowsOf("", `{"text":"%[1]s","label":"%[2]s"}`)),
			"false 6, true 6", ""},
		"JSON with a mark": {"a.json",
			"\ufeff" + `[{"text":"a day","label":"x"},{"text":"a night","label":"y"}]`, "x 1, y 1", ""},
		"JSON called CSV": {"a.csv", rowsOf("", `{"text":"%[1]s","label":"%[2]s"}`), both, ""},
		"JSON called text": {"a.txt",
			`[{"text":"a day","label":"x"},{"text":"a night","label":"y"}]`, "x 1, y 1", ""},

		"a web page called Excel": {"a.xls",
			"<html><body><table><tr><td>text</td><td>label</td></tr></table></body></html>", "! HTML", ""},
		"a web page": {"a.csv", "<!DOCTYPE html>\n<html><body>Not found</body></html>", "! HTML", ""},
		"XML of Excel": {"a.xlsx",
			`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>`,
			"! XML", ""},
		"Word": {"a.txt",
			archive(t, "[Content_Types].xml", "<Types/>", "word/document.xml", "<w:document/>"), "! Word", ""},
		"PDF":       {"a.txt", "%PDF-1.7\n", "! a PDF", ""},
		"old Excel": {"a.csv", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "! an old Excel", ""},
		"no zip":    {"a.zip", plain, "! expected a zip archive", ""},
		"zeros":     {"a.csv", strings.Repeat("\x00", 4096), "! empty", ""},
		"Thumbs": {"a.zip",
			archive(t, "Thumbs.db", "x", "__MACOSX/a/._1.txt", "x", "desktop.ini", "x",
				"c/1.txt", "a day", "c/.DS_Store", "x", "b/2.TXT", "a night"),
			"b 1, c 1", "4 × hidden, or left behind by a system (Thumbs.db, __MACOSX/a/._1.txt, desktop.ini, …)"},
		"a folder twice deep": {"a.zip",
			archive(t, "x/y/train/pos/1.txt", "a", "x/y/train/neg/2.txt", "b",
				"x/y/val/pos/3.txt", "c", "x/y/README.md", "#"),
			"neg 1, pos 2", "1 × of another kind (x/y/README.md)"},
		"folders in another case": {"a.zip",
			archive(t, "Pos/1.txt", "a", "POS/2.txt", "b", "pos /3.txt", "c", "neg/1.txt", "d"),
			"POS 3, neg 1", `2 × a label in other capitals, taken as the same ("Pos" as "POS", "pos" as "POS")`},
		"texts of other encodings": {"a.zip",
			archive(t, "a/1.txt", wide("a fine day", false), "a/2.txt", "caf\xe9 au lait", "b/1.txt", "\ufefflate"),
			"a 2, b 1", ""},
		"a PDF among texts": {"a.zip",
			archive(t, "c/1.txt", "a day", "c/2.txt", "%PDF-1.4",
				"b/1.txt", "a night", "b/2.txt", "", "b/3.txt", " \n"),
			"b 1, c 1", "1 × empty (b/2.txt); 1 × no text (b/3.txt); " +
				"1 × cannot be read (c/2.txt: expected a text, found a PDF)"},
		"packed tables": {"a.zip",
			archive(t, "x/train.csv", behind(plain, 3, "text,label"),
				"x/test.tsv", rowsOf("text\tlabel\n", "%[1]s\t%[2]s")),
			"neg 12, pos 12", "1 × the names of the columns once more (line 4)"},
	} {
		page, texts, left := pageReads(o)
		there, same, notes := recipeReads(o)
		refused, isRefused := strings.CutPrefix(o.want, "! ")
		if isRefused && (!strings.Contains(page, refused) || !strings.Contains(there, refused)) ||
			!isRefused && (page != there || page != o.want) {
			t.Errorf("%s: the page reads %s (%q), a recipe %s (%s); expected %s", name,
				page, left, there, notes, o.want)
			continue
		}
		slices.Sort(texts)
		slices.Sort(same)
		if !slices.Equal(texts, same) {
			t.Errorf("%s: the page reads\n%q\na recipe\n%q", name, texts, same)
		}
		if got := classifyReads(o); !isRefused && !strings.HasSuffix(o.file, ".zip") && !slices.Equal(got, texts) {
			t.Errorf("%s: Classify reads\n%q\nof those with a label, Teach\n%q", name, got, texts)
		}
		if got := strings.Join(left, "; "); got != o.left {
			t.Errorf("%s: the page says that it left out %q, expected %q", name, got, o.left)
		}
		for _, l := range left {
			if !strings.Contains(notes, l) {
				t.Errorf("%s: a recipe says %q, expected %q in it", name, notes, l)
			}
		}
		if n := strings.Count(notes, " × "); there == both && n != len(left) {
			t.Errorf("%s: a recipe names %d reasons, the page %d: %s", name, n, len(left), notes)
		}
	}
}
