package data

import (
	"os"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

func readCase(t *testing.T, s recipe.Source, o Options) *Set {
	t.Helper()
	set, err := Read(os.DirFS("testdata/cases"), []recipe.Source{s}, o)
	if err != nil {
		t.Errorf("%s: %v", s.Path, err)
		return &Set{}
	}
	return set
}

func caseForm(path string) string {
	if strings.HasSuffix(path, ".csv") {
		return "csv"
	}
	return "table"
}

// Tables with the columns that people have: two classes of twelve, and a row of names is never an example.
func TestColumnsAreFoundByEvidence(t *testing.T) {
	for path, labels := range map[string]string{
		"id-review-sentiment.csv": "neg pos", "text-rating-sentiment.csv": "neg pos", "phrase.tsv": "0 1",
		"tweet.csv": "neg pos", "v1v2.csv": "neg pos",
		"statement-status.csv": "neg pos",
	} {
		s := readCase(t, recipe.Source{Form: caseForm(path), Path: "table-columns/" + path}, Options{})
		if strings.Join(s.Labels, " ") != labels || !slices.Equal(counts(s), []int{12, 12}) {
			t.Errorf("%s: classes %v of %v, expected 12 of %s each", path, s.Labels, counts(s), labels)
		}
		for _, one := range s.Samples[:min(1, len(s.Samples))] {
			if one.Input.Text != "I love this café" {
				t.Errorf("%s: the first text is %q", path, one.Input.Text)
			}
		}
	}
}

// One table as different programs save it.
func TestTablesAsProgramsSaveThem(t *testing.T) {
	for _, path := range []string{"blank-rows.csv", "cr.csv", "pipe.csv", "semi-1252.csv", "semi-head-comma.csv",
		"sep-comma.csv", "sep-semi.csv", "tab.csv", "utf16le-tab.txt", "utf16le.csv"} {
		for _, header := range []*bool{nil, new(true)} {
			s := readCase(t, recipe.Source{Form: caseForm(path), Path: "table-encodings/" + path, Header: header},
				Options{})
			if strings.Join(s.Labels, " ") != "neg pos" || !slices.Equal(counts(s), []int{12, 12}) ||
				s.Samples[0].Input.Text != "I love this café" {
				t.Errorf("%s: classes %v of %v, first %+v; expected neg and pos, 12 each", path, s.Labels, counts(s),
					s.Samples[:1])
			}
			if len(s.Notes) != 1 || !strings.Contains(s.Notes[0], "rows: 24") {
				t.Errorf("%s: notes %q, expected one line that says what was taken", path, s.Notes)
			}
		}
	}
}

// An empty cell is no class; the row is left out and counted.
func TestRowsWithoutALabelAreLeftOut(t *testing.T) {
	for _, path := range []string{"empty-label.csv", "empty-label.tsv", "empty-label.jsonl"} {
		form := path[len("empty-label."):]
		s := readCase(t, recipe.Source{Form: form, Path: "empty-label/" + path}, Options{})
		if strings.Join(s.Labels, " ") != "neg pos" || len(s.Samples) != 22 ||
			!strings.Contains(strings.Join(s.Notes, "\n"), "2 × no label (line ") {
			t.Errorf("%s: %d samples of %v, notes %q; expected 22 of neg and pos, and two left out", path,
				len(s.Samples), s.Labels, s.Notes)
		}
	}
}

func TestStrayFilesArePassedOver(t *testing.T) {
	for _, c := range []struct {
		form, path, labels string
		kind               task.Kind
		each               int
		note               string
	}{
		{"folder", "stray-files-in-folders/licence", "cat dog", task.Image, 8, "1 × of another kind (LICENSE.txt)"},
		{"zip", "stray-files-in-folders/licence.zip", "cat dog", task.Image, 8, "1 × of another kind (LICENSE.txt)"},
		{"folder", "stray-files-in-folders/lists", "neg pos", task.Text, 8,
			"1 × of another kind (labeledBow.feat); 1 × beside the folders of the classes (urls_pos.txt)"},
		{"folder", "stray-files-in-folders/notes", "cat dog", task.Image, 8, "1 × of another kind (cat/labels.txt)"},
		{"zip", "hidden-files-on-the-page/mac.zip", "cat dog", task.Image, 8,
			"8 × hidden, or left behind by a system ("},
		{"folder", "hidden-files-on-the-page/nested", "cat dog", task.Image, 0, ""},
	} {
		s := readCase(t, recipe.Source{Form: c.form, Path: c.path}, Options{})
		want := []int{c.each, c.each}
		if c.each == 0 {
			want = []int{10, 8}
		}
		if strings.Join(s.Labels, " ") != c.labels || s.Kind != c.kind || !slices.Equal(counts(s), want) ||
			!strings.Contains(strings.Join(s.Notes, "\n"), c.note) {
			t.Errorf("%s: %v of %v, notes %q; expected %v of %s and %q", c.path, counts(s), s.Labels, s.Notes, want,
				c.labels, c.note)
		}
	}
}

// A few kilobytes that unpack to much are a sentence, and the budget is looked at while bytes come.
func TestPackedDataIsRefusedWhileItComes(t *testing.T) {
	s := recipe.Source{Form: "clinc", Path: "packed-data-larger-than-memory/lists.json.gz", Part: "train"}
	for _, c := range []struct {
		budget int64
		want   string
	}{{50e6, "unpacks to more than 100 times its size"}, {1e6, "takes more than the 1.00 MB of memory"}} {
		left := c.budget
		_, err := Read(os.DirFS("testdata/cases"), []recipe.Source{s}, Options{Budget: &left})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("with %d bytes: %v, expected an error with %q", c.budget, err, c.want)
		}
	}
}
