package data

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
)

// asJSON is a value as JSON.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The sentences in the forms that programs and people write them, six of each class, with their commas.
func TestTablesInOtherForms(t *testing.T) {
	type m = map[string]any
	var texts, labels, split, listed []any
	byText, byRow, byLabel := m{}, m{}, map[string][]string{}
	textAt, labelAt := m{}, m{}
	for i, s := range sentences {
		l := [2]string{"pos", "neg"}[i%2]
		n := fmt.Sprint(i)
		texts, labels = append(texts, s), append(labels, l)
		split, listed = append(split, []any{s, l}), append(listed, m{"text": s, "label": l})
		byText[s], byRow[n], textAt[n], labelAt[n] = l, m{"text": s, "label": l}, s, l
		byLabel[l] = append(byLabel[l], s)
	}
	commas := func(i int, text, label string) string { return label + "," + text }
	for name, content := range map[string]string{
		"MySQL's marks": table("id,text,label\n", func(i int, text, label string) string {
			return fmt.Sprintf(`%d,"%s \"so\"",%s`, i, text, label)
		}),
		"MySQL without marks": table("", func(i int, text, label string) string {
			return strings.ReplaceAll(text, ",", `\,`) + ` \"x\"` + "," + label
		}),
		"Markdown": table("# Reviews\n\n| text | label |\n|:---|---:|\n", func(i int, text, label string) string {
			return "| " + text + " | " + label + " |"
		}),
		"Markdown without outer bars": table("text | label\n--- | ---\n",
			func(i int, text, label string) string { return text + " | " + label }),
		"mysql": table("+----+----+\n| text | label |\n+----+----+\n", func(i int, text, label string) string {
			return fmt.Sprintf("| %-30s | %s |", text, label)
		}) + "+----+----+\n12 rows in set\n",
		"psql": table(" text | label \n------+------\n",
			func(i int, text, label string) string { return " " + text + " | " + label }) + "(12 rows)\n",
		"label first, commas in the text": table("label,text\n", commas),
		"text first, commas in it": table("text,label\n",
			func(i int, text, label string) string { return text + "," + label }),
		"many commas, named": table("label,text\n",
			func(i int, text, label string) string { return label + "," + strings.ReplaceAll(text, " ", ", ") }),
		"many commas, not named": table("", func(i int, text, label string) string {
			return label + "," + strings.ReplaceAll(text, " ", ", ")
		}),
		"many commas, text first": table("", func(i int, text, label string) string {
			return strings.ReplaceAll(text, " ", ", ") + "," + label
		}),
		"wide commas": table("文本，标签\n", func(i int, text, label string) string {
			return strings.ReplaceAll(text, ",", "") + "，" + label
		}),
		"one comma in every text": table("text,label\n", func(i int, text, label string) string {
			return strings.ReplaceAll(text, ",", "") + ", yes," + label
		}),
		"wide commas in every text": table("文本，标签\n", func(i int, text, label string) string {
			return strings.ReplaceAll(text, ",", "") + "， yes，" + label
		}),
		"R's numbers without a name": table("text,label\n", func(i int, text, label string) string {
			return fmt.Sprintf("%d,%s,%s", i+1, quoted(text), label)
		}),
		"files put together": table("text,label\n", func(i int, text, label string) string {
			row := quoted(text) + "," + label
			if i%4 == 3 {
				row += "\ntext,label"
			}
			return row
		}),
		"Label Studio": table("", func(i int, text, label string) string {
			return asJSON(t, m{"id": i, "data": m{"text": text},
				"annotations": []any{m{"result": []any{m{"value": m{"choices": []any{label}}}}}}})
		}),
		"wide semicolons": table("", func(i int, text, label string) string { return text + "；" + label }),
		"fastText": table("", func(i int, text, label string) string {
			return "__label__" + label + " " + text
		}),
		"fastText with a comma": table("", func(i int, text, label string) string {
			return "__label__" + label + " , " + text
		}),
		"a tab before the label":    table("", func(i int, text, label string) string { return text + " \t" + label }),
		"JSON in data":              asJSON(t, m{"version": 1, "data": listed}),
		"JSON in an object in data": asJSON(t, m{"data": m{"items": listed}}),
		"JSON of columns":           asJSON(t, m{"text": texts, "label": labels}),
		"pandas columns":            asJSON(t, m{"text": textAt, "label": labelAt}),
		"pandas index":              asJSON(t, byRow),
		"pandas split": asJSON(t, m{"columns": []string{"text", "label"}, "index": []int{0},
			"data": split}),
		"pandas values":  asJSON(t, split),
		"lists by label": asJSON(t, byLabel),
		"texts as keys":  asJSON(t, byText),
		"Hugging Face's rows": func() string {
			var rows []any
			for i, r := range listed {
				rows = append(rows, m{"row_idx": i, "row": r, "truncated_cells": []any{}})
			}
			return asJSON(t, m{"features": []any{m{"name": "text"}}, "rows": rows, "num_rows_total": 12})
		}(),
		"nested fields": table("", func(i int, text, label string) string {
			return asJSON(t, m{"id": i, "review": m{"text": text, "lang": "en"}, "annotation": m{"label": label}})
		}),
		"JSON over many lines": func() string {
			b, _ := json.MarshalIndent(m{"examples": listed}, "", "  ")
			return string(b)
		}(),
	} {
		set, err := Read(folder(map[string]string{"f": content}), []recipe.Source{{Form: "table", Path: "f"}},
			Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		bare := func(s string) string {
			return strings.NewReplacer(",", "", "，", "", " yes", "", ` "so"`, "", ` "x"`, "").Replace(s)
		}
		var got, want []string
		for i, s := range set.Samples {
			got = append(got, set.Labels[s.Label]+" "+bare(s.Input.Text))
			want = append(want, [2]string{"pos", "neg"}[i%2]+" "+bare(sentences[min(i, len(sentences)-1)]))
		}
		slices.Sort(got)
		slices.Sort(want)
		if len(got) != len(sentences) || !slices.Equal(got, want) {
			t.Errorf("%s: read %d samples of %v: %q, expected the twelve sentences as six of pos and neg; notes %q",
				name, len(got), set.Labels, got, set.Notes)
		}
	}
}

// Labels that differ in what people do not mean are one class, named as most write it; letters are not.
func TestLabelsInOtherCapitalsAreOne(t *testing.T) {
	for content, want := range map[string]string{
		"text,label\na fine day,Positive\na bad day,negative\nwell,POSITIVE\nso good,Positive\n": `Positive=3 negative=1: 1 × a label in other capitals, taken as the same ("POSITIVE" as "Positive")`,
		"text,label\na fine day,❤️\nwell,❤\na bad day,💔\n":                                       `❤=2 💔=1: `,
		"text,label\nthe first,A\nthe second,a\nthe third,B\n":                                   `A=1 B=1 a=1: `,
		"text,label\na fine day,ÉTÉ\nso it was,été\nwinter came,hiver\n":                         `hiver=1 ÉTÉ=2: 1 × a label in other capitals, taken as the same ("été" as "ÉTÉ")`,
	} {
		set := readOne(t, content, recipe.Source{Form: "csv", Path: "f"}, Options{})
		var got []string
		for i, n := range counts(set) {
			got = append(got, fmt.Sprintf("%s=%d", set.Labels[i], n))
		}
		list, note, _ := strings.Cut(want, ": ")
		if strings.Join(got, " ") != list || !strings.Contains(strings.Join(set.Notes, "\n"), note) {
			t.Errorf("%.30q: %v, notes %q; expected %s", content, got, set.Notes, want)
		}
		table, err := NewTable([]byte(content), recipe.Source{Form: "csv"})
		if err != nil {
			t.Fatal(err)
		}
		rows, _, err := table.Take(10, false)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if l := set.Labels[set.Samples[i].Label]; r.Label != l {
				t.Errorf("%.30q: row %d is of %q on the page and of %q in a recipe", content, i, r.Label, l)
			}
		}
	}
	given := readOne(t, "text,label\na fine day,POSITIVE\na bad day,Negative\n", recipe.Source{Form: "csv"},
		Options{Labels: []string{"negative", "positive"}})
	if !slices.Equal(counts(given), []int{1, 1}) {
		t.Errorf("labels that a recipe names: %v, expected one each", counts(given))
	}
	mapped := readOne(t, "text,label\na fine day,POSITIVE\na bad day,Negative\n",
		recipe.Source{Form: "csv", Map: map[string][]string{"good": {"positive"}, "bad": {"negative"}}}, Options{})
	if !slices.Equal(mapped.Labels, []string{"bad", "good"}) {
		t.Errorf("labels that a map names: %q, expected bad and good", mapped.Labels)
	}
}

// Tables whose marks never close are read in one pass per row, not in one per cell: this took minutes.
func TestOpenMarksAreReadOnce(t *testing.T) {
	for _, s := range []string{strings.Repeat(`"a,`, 90000), strings.Repeat(`"\",`, 60000), `"a,` +
		strings.Repeat(`"a,`, 50000) + "\nx\","} {
		if _, err := NewTable([]byte(s), recipe.Source{Form: "csv"}); err != nil {
			t.Errorf("%.20q…: %v, expected a table", s, err)
		}
	}
}
