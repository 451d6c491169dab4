package data

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"wafer/nn/recipe"
	"wafer/nn/task"
)

// placed says where every file of a set is put: "part class" by path, in the order of paths.
func placed(files map[string]string) (string, Arrangement) {
	var list []File
	for name, content := range files {
		list = append(list, NewFile(name, []byte(content)))
	}
	a := Arrange(list, "")
	var out []string
	for _, p := range a.Files {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s", p.Part, p.Class)))
	}
	return strings.Join(out, ", "), a
}

// A table from file to label beside the pictures has the classes, however it names the files.
func TestClassesFromATableBesidePictures(t *testing.T) {
	pictures := func(folder string, more map[string]string) map[string]string {
		all := map[string]string{}
		for i := range 4 {
			all[fmt.Sprintf("%s%d.jpg", folder, i)] = "x"
		}
		for name, content := range more {
			all[name] = content
		}
		return all
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"beside": {pictures("", map[string]string{"labels.csv": "image,label\n0.jpg,cat\n1.jpg,dog\n" +
			"2.jpg,cat\n3.jpg,dog\n"}), "cat, dog, cat, dog"},
		"in a folder": {pictures("set/images/",
			map[string]string{"set/labels.csv": "image,label\n0.jpg,cat\n1.jpg,dog\n2.jpg,cat\n3.jpg,dog\n"}),
			"cat, dog, cat, dog"},
		"paths": {pictures("set/images/",
			map[string]string{"set/labels.csv": "label;path\ncat;./images/0.jpg\ndog;images\\1.JPG\n" +
				"cat;C:\\data\\images\\2.jpg\ndog;/data/images/3.jpg\n"}), "cat, dog, cat, dog"},
		"no endings": {pictures("train/", map[string]string{"labels.csv": "id,breed\n0,cat\n1,dog\n2,cat\n3,dog\n"}),
			"cat, dog, cat, dog"},
		"no header": {pictures("", map[string]string{"list.txt.csv": "0.jpg,cat\n1.jpg,dog\n2.jpg,cat\n" +
			"3.jpg,dog\n"}), "cat, dog, cat, dog"},
		"one of classes": {pictures("train/", map[string]string{"train/_classes.csv": "filename, cat, dog\n" +
			"0.jpg,1,0\n1.jpg,0,1\n2.jpg,1,0\n3.jpg,0,1\n"}), "cat, dog, cat, dog"},
		"JSON": {pictures("", map[string]string{"labels.json": `{"0.jpg":"cat","1.jpg":"dog","2.jpg":"cat","3.jpg":"Dog"}`}), "cat, dog, cat, dog"},
		"a workbook": {pictures("", map[string]string{"labels.xlsx": book(
			`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>` +
				`<row><c t="x"><v>0.jpg</v></c><c><v>cat</v></c></row><row><c><v>2.jpg</v></c><c><v>dog</v></c></row>`)}), "cat, dog"},
		"a split": {map[string]string{"train/a.jpg": "x", "train/b.jpg": "x",
			"train/_classes.csv": "file,label\na.jpg,cat\nb.jpg,dog\n",
			"valid/c.jpg":        "x", "valid/_classes.csv": "file,label\nc.jpg,cat\n"},
			"train cat, train dog, validation cat"},
		"the same names": {map[string]string{"a/1.jpg": "x", "b/1.jpg": "x",
			"l.csv": "file,label\na/1.jpg,cat\nb/1.jpg,dog\n"}, "a, b"},
		"folders win": {map[string]string{"cat/1.jpg": "x", "dog/2.jpg": "x",
			"meta.csv": "file,label\n1.jpg,dog\n2.jpg,cat\n"}, "cat, dog"},
		"another table": {pictures("", map[string]string{"notes.csv": "text,label\nhello there,a\nyou,b\n"}), ""},
	} {
		got, a := placed(c.files)
		if got != c.want {
			t.Errorf("%s: placed %q of tables %q, left %v; expected %q", name, got, a.List, a.Left, c.want)
		}
	}
	files := pictures("set/", map[string]string{"set/labels.csv": "image,label\n0.jpg,cat\n1.jpg,dog\n2.jpg,cat\n"})
	for name := range files {
		if strings.HasSuffix(name, ".jpg") {
			files[name] = pngFile(8)
		}
	}
	for _, form := range []string{"folder", "zip"} {
		root := folder(files)
		if form == "zip" {
			var pairs []string
			for name, content := range files {
				pairs = append(pairs, name, content)
			}
			root = folder(map[string]string{"set": zipped(pairs...)})
		}
		set, err := Read(root, []recipe.Source{{Form: form, Path: "set"}}, Options{})
		if err != nil || !slices.Equal(counts(set), []int{2, 1}) ||
			!strings.Contains(strings.Join(set.Notes, "\n"), "1 × not in the table of labels") ||
			!strings.Contains(strings.Join(set.Notes, "\n"), "labels.csv") {
			t.Errorf("as a %s: %+v (%v), expected two cats and a dog, and one that the table does not name", form, set,
				err)
		}
	}
}

func TestFoldersOfOtherKinds(t *testing.T) {
	for name, c := range map[string]struct {
		files string
		want  string
		left  string
	}{
		"only train, beside samples": {"train/cat/1.jpg train/dog/2.jpg samples/3.jpg", "train cat, train dog",
			"beside the folders of the classes (samples/3.jpg)"},
		"classes called train": {"train/1.jpg train/2.jpg bus/3.jpg", "bus, train, train", ""},
		"YOLO": {"train/images/1.jpg train/images/2.jpg train/labels/1.txt valid/images/3.jpg " +
			"valid/labels/3.txt data.yaml", "", "boxes"},
		"YOLO, images above": {"images/train/1.jpg images/val/2.jpg labels/train/1.txt labels/val/2.txt", "",
			""},
		"VOC": {"VOC/JPEGImages/1.jpg VOC/Annotations/1.xml", "", ""},
		"photographs of a telephone": {"cat/1.jpg cat/IMG_1.HEIC dog/2.png dog/3.avif dog/4.bmp", "cat, dog",
			"3 × a picture as HEIC"},
		"capitals": {"Cat/1.jpg cat/2.jpg cat/3.jpg dog/4.jpg", "cat, cat, cat, dog",
			`1 × a label in other capitals, taken as the same ("Cat" as "cat")`},
		"what systems leave": {"cat/1.jpg cat/Thumbs.db dog/2.jpg dog/desktop.ini .ipynb_checkpoints/1.jpg " +
			"@eaDir/1.jpg __MACOSX/cat/._1.jpg ~$x.xlsx cat/.DS_Store", "cat, dog", "7 × hidden"},
		"names": {"1_cat/1.jpg cat␣(1)/2.jpg New␣folder␣/3.jpg 🐶/4.jpg", "1_cat, New folder, cat (1), 🐶", ""},
	} {
		files := map[string]string{}
		for _, f := range strings.Fields(c.files) {
			files[strings.ReplaceAll(f, "␣", " ")] = "x"
		}
		got, a := placed(files)
		if note := lefts(a.Left).note(); got != c.want || !strings.Contains(note, c.left) {
			t.Errorf("%s: placed %q, %s; expected %q and %q", name, got, note, c.want, c.left)
		}
	}
}

// An archive or a folder of tables holds their rows; those called train and test are parts.
func TestTablesInAnArchive(t *testing.T) {
	content := table("text,label\n", func(i int, text, label string) string { return quoted(text) + "," + label })
	for name, c := range map[string]struct {
		files []string
		want  [3]int
	}{
		"one":     {[]string{"data/reviews.csv", content, "__MACOSX/._reviews.csv", "x"}, [3]int{12, 0, 0}},
		"a split": {[]string{"train.csv", content, "test.csv", content, "README.md", "# read me"}, [3]int{12, 0, 12}},
		"two":     {[]string{"a.csv", content, "b.jsonl", `{"text":"one more","label":"pos"}`}, [3]int{13, 0, 0}},
	} {
		set, err := Read(folder(map[string]string{"z": zipped(c.files...)}), []recipe.Source{{Form: "zip", Path: "z"}},
			Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := [3]int{len(set.Samples), len(set.Validation), len(set.Test)}; got != c.want ||
			set.Kind != task.Text || strings.Join(set.Labels, " ") != "neg pos" {
			t.Errorf("%s: %v samples of %s, %q; expected %v of texts, neg and pos", name, got, set.Kind, set.Labels,
				c.want)
		}
	}
}
