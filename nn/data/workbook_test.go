package data

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
)

// book is a workbook with one sheet of those rows, as XML.
func book(rows string) string {
	return zipped("xl/workbook.xml", `<workbook><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/sharedStrings.xml", `<sst><si><t>text</t></si><si><r><t>la</t></r><r><t>bel</t></r><rPh><t>x</t></rPh></si></sst>`,
		"xl/worksheets/sheet1.xml", "<worksheet><sheetData>"+rows+"</sheetData></worksheet>")
}

// Workbooks as programs write them: a hidden sheet, an empty one, a table that begins at B2, line ends and references.
func TestWorkbooksAreTables(t *testing.T) {
	for name, line := range map[string]string{"hidden-and-empty-sheets.xlsx": `a sheet of Excel, "Tickets & more", one of 3`, "table-at-b2.xlsx": `a sheet of Excel, "S1"`} {
		set, err := Read(os.DirFS("testdata/cases/workbooks"), []recipe.Source{{Form: "table", Path: name}}, Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if strings.Join(set.Labels, " ") != "neg pos" || !slices.Equal(counts(set), []int{6, 6}) ||
			set.Samples[0].Input.Text != sentences[0] || !strings.Contains(set.Notes[0], line) {
			t.Errorf("%s: %v of %v, first %q, notes %q; expected six of neg and pos and %q", name, counts(set),
				set.Labels, set.Samples[0].Input.Text, set.Notes, line)
		}
		if fourth := set.Samples[3].Input.Text; name[0] == 'h' && fourth != "not good at all\nline <2> & é 😀" {
			t.Errorf("%s: the fourth text is %q", name, fourth)
		}
	}
	var rows strings.Builder
	rows.WriteString(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row>`)
	for i, s := range sentences {
		fmt.Fprintf(&rows, `<row><c t="inlineStr"><is><t>%s &#x263A;&amp;lt;</t></is></c><c/><c t="str"><v>%d</v></c></row>`, s, i%2)
	}
	set := readOne(t, book(rows.String()), recipe.Source{Form: "csv", Path: "f"}, Options{})
	if !slices.Equal(counts(set), []int{6, 6}) || set.Samples[1].Input.Text != sentences[1]+" ☺&lt;" {
		t.Errorf("cells with texts inside: %v, %q", counts(set), set.Samples[1].Input.Text)
	}
}

func TestWorkbooksThatCannotBeRead(t *testing.T) {
	for content, want := range map[string]string{
		book(""): "expected a workbook with rows in a visible sheet",
		book(`<row r="1"><c r="AAAA1"><v>1</v></c></row>`):      "expected at most 1000 columns",
		zipped("xl/workbook.xml", `<sheet name="S" r:id="a"/>`): `expected the file "xl/_rels/workbook.xml.rels"`,
		zipped("xl/workbook.xml", `<sheet r:id="a"/>`,
			"xl/_rels/workbook.xml.rels", "<a/>"): `expected the file ""`,
		zipped("mimetype", "application/vnd.oasis.opendocument.spreadsheet"): "LibreOffice",
		"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":                                   "old Excel",
		book(strings.Repeat(" ", 3<<20)):                                     "unpacks to more than 100 times",
	} {
		if _, err := NewTable([]byte(content), recipe.Source{Form: "csv"}); err == nil ||
			!strings.Contains(err.Error(), want) {
			t.Errorf("%.9q… (%d bytes): %v, expected an error with %q", content, len(content), err, want)
		}
	}
	left := int64(40_000)
	_, err := Read(folder(map[string]string{"f": book(
		strings.Repeat("<row><c><v>words of some length</v></c></row>\n<!-- -->", 2000))}),
		[]recipe.Source{{Form: "csv", Path: "f"}}, Options{Budget: &left})
	if err == nil || !strings.Contains(err.Error(), "memory") {
		t.Errorf("a workbook larger than memory: %v, expected an error about memory", err)
	}
}

func FuzzSheet(f *testing.F) {
	f.Add(`<row r="7"><c r="B2" t="s"><v>0</v></c></row>`)
	f.Add(`<row><c t="inlineStr"><is><t>a&#x41;&b;</t></is></c><c/></row><![CDATA[x]]><!-- --><a b='c>`)
	f.Fuzz(func(t *testing.T, rows string) {
		table, err := NewTable([]byte(book(rows)), recipe.Source{Form: "csv"})
		if err != nil {
			return
		}
		if _, _, err := table.Take(1000, false); err != nil && !strings.Contains(err.Error(), "at most") {
			t.Errorf("%q: found out and then not read: %v", rows, err)
		}
	})
}
