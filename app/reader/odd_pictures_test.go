package reader

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"wafer/app/bridge"
	"wafer/nn/data"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/nn/vision"
)

// png16 is a grey picture of 16 bits.
func png16(t *testing.T) string {
	m := image.NewGray16(image.Rect(0, 0, 4, 3))
	m.SetGray16(1, 1, color.Gray16{Y: 0xabcd})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// turnedJPEG is a picture that EXIF turns by a quarter.
func turnedJPEG(t *testing.T) string {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 4)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" +
		"\x00\x00\x00\x00"
	return b.String()[:2] + "\xff\xe1" + string(binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))) + exif +
		b.String()[2:]
}

// cmykJPEG is a picture of four inks, as programs for print write it: one block, all of it in the middle.
func cmykJPEG() string {
	table := "\x01" + strings.Repeat("\x00", 16) // one code of one bit, for 0
	return "\xff\xd8" + "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00" +
		"\xff\xdb\x00\x43\x00" + strings.Repeat("\x01", 64) +
		"\xff\xc0\x00\x14\x08\x00\x08\x00\x08\x04\x01\x11\x00\x02\x11\x00\x03\x11\x00\x04\x11\x00" +
		"\xff\xc4\x00\x14\x00" + table + "\xff\xc4\x00\x14\x10" + table +
		"\xff\xda\x00\x0e\x04\x01\x00\x02\x00\x03\x00\x04\x00\x00\x3f\x00" + "\x00" + "\xff\xd9"
}

func animatedGIF(t *testing.T) string {
	two := []color.Color{color.Black, color.White}
	frame := image.NewPaletted(image.Rect(0, 0, 2, 2), two)
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// animatedWebP has two frames of one pixel on a canvas of two by two.
func animatedWebP(t *testing.T) string {
	still, err := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==")
	if err != nil {
		t.Fatal(err)
	}
	chunk := func(kind, content string) string {
		s := kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(content)))) + content
		return s + strings.Repeat("\x00", len(content)%2)
	}
	frame := chunk("ANMF", "\x00\x00\x00\x00\x00\x00"+"\x00\x00\x00\x00\x00\x00"+"\x0a\x00\x00\x00"+string(still[12:]))
	body := "WEBP" + chunk("VP8X", "\x12\x00\x00\x00\x01\x00\x00\x01\x00\x00") +
		chunk("ANIM", "\xff\xff\xff\xff\x00\x00") + frame + frame
	return chunk("RIFF", body)
}

// oddPictures is a folder as people have them: pictures of every kind that is read, under endings of any kind, and
// files of kinds that are not.
func oddPictures(t *testing.T) map[string]string {
	heic := "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
	return map[string]string{"set/Cat/1.PNG": png16(t), "set/Cat/2.JPEG": turnedJPEG(t), "set/Cat/3.jpe": cmykJPEG(),
		"set/Cat/4.gif": animatedGIF(t), "set/Cat/5.WebP": animatedWebP(t), "set/Cat/6.png": turnedJPEG(t),
		"set/dog /1.jfif": turnedJPEG(t), "set/dog /2.TIF": "II*\x00", "set/dog /3.HEIC": heic,
		"set/dog /4.avif": "\x00\x00\x00\x1cftypavif", "set/dog /5.jpg": heic, "set/dog /6.png": "",
		"set/dog /7": png16(t), "set/dog /8.svg": "<svg/>", "set/dog /9.jpg": turnedJPEG(t)[:40],
		"set/Thumbs.db": "x", "set/Cat/desktop.ini": "x", "set/.DS_Store": "x", "__MACOSX/set/Cat/._1.PNG": "x",
		"set/readme.txt": "x"}
}

// zipOf packs files in the order of their names.
func zipOf(t *testing.T, files map[string]string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// picturesOnThePage are the classes and what was left out of an archive as the page reads it.
func picturesOnThePage(t *testing.T, content string) (got string, note string) {
	answer, _, err := read(bridge.Asked[bridge.None]{Buffers: [][]byte{[]byte(content)}}, bridge.ReadRequest{
		Kind: task.Image, Most: 100, Files: []bridge.Name{{Path: "a.zip", Size: int64(len(content))}}})
	if err != nil {
		return err.Error(), ""
	}
	var labels []string
	for _, f := range answer.Files {
		labels = append(labels, f.Class)
	}
	var left []data.Left
	for _, l := range answer.Left {
		left = append(left, data.Left{Why: data.Reason(l.Why), Count: l.Count, Where: l.Where})
	}
	return answers(labels, nil), strings.ReplaceAll(data.Note(left), "a/", "")
}

// picturesInARecipe are those that a recipe reads of an archive or a folder.
func picturesInARecipe(t *testing.T, form string, files map[string]string) (got string, note string, set *data.Set) {
	root := fstest.MapFS{}
	if form == "zip" {
		root["a.zip"] = &fstest.MapFile{Data: []byte(zipOf(t, files))}
	}
	for name, content := range files {
		root["a/"+name] = &fstest.MapFile{Data: []byte(content)}
	}
	path := map[string]string{"zip": "a.zip", "folder": "a"}[form]
	set, err := data.Read(root, []recipe.Source{{Form: form, Path: path}}, data.Options{})
	if err != nil {
		return err.Error(), "", nil
	}
	var labels []string
	for _, s := range slices.Concat(set.Samples, set.Validation, set.Test) {
		labels = append(labels, set.Labels[s.Label])
	}
	return answers(labels, nil), strings.TrimPrefix(strings.Join(set.Notes, "\n"), path+": "), set
}

// Odd pictures are the same samples as an archive and as a folder, on the page and in a recipe; what was left out is
// named alike, and what was taken can be decoded.
func TestOddPictures(t *testing.T) {
	files := oddPictures(t)
	page, left := picturesOnThePage(t, zipOf(t, files))
	if want := "Cat 6, dog 1"; page != want {
		t.Errorf("the page takes %s, expected %s; %s", page, want, left)
	}
	for _, want := range []string{"4 × hidden", "4 × a picture as HEIC",
		"2 × of another kind (set/dog /7, set/readme.txt)",
		"1 × empty (set/dog /6.png)", "2 × cannot be read (set/dog /5.jpg: "} {
		if !strings.Contains(left, want) {
			t.Errorf("the page says %q, expected %q in it", left, want)
		}
	}
	for _, form := range []string{"zip", "folder"} {
		got, note, set := picturesInARecipe(t, form, files)
		note = strings.Replace(note, "__MACOSX, ", "__MACOSX/set/Cat/._1.PNG, ", 1) // the folder, not what is in it
		if got != page || note != left {
			t.Errorf("as a %s a recipe takes %s (%s), the page %s (%s)", form, got, note, page, left)
			continue
		}
		for _, s := range set.Samples {
			if _, err := vision.Decode(s.Input.File, vision.White); err != nil {
				t.Errorf("%s is taken and cannot be decoded: %v", s.Input.Name, err)
			}
		}
	}
}

// A table from file to label has the classes, with what people write above and between its rows.
func TestOddTablesBesidePictures(t *testing.T) {
	for name, table := range map[string][2]string{
		"a title":         {"labels.csv", "My labels\n\nimage,label\n0.jpg,cat\n1.JPG,dog\n2.jpg,cat\n"},
		"names once more": {"labels.csv", "image;label\n0.jpg;cat\n1.jpg;dog\nImage;Label\n2.jpg;cat\n"},
		"types":           {"labels.csv", "image;label\nstring;category\n0.jpg;cat\n1.jpg;dog\n2.jpg;cat\n"},
		"Hugging Face": {"metadata.jsonl",
			`{"file_name":"0.jpg","label":"cat"}` + "\n" + `{"file_name":"1.jpg","label":"dog"}` + "\n" + `{"file_name":"2.jpg","label":"cat"}` + "\n"},
		"UTF-16": {"LABELS.CSV",
			wide("Datei\tKlasse\r\nimg\\0.jpg\tcat\r\nimg\\1.jpg\tdog\r\nimg\\2.jpg\tcat \r\n", false)},
		"labels look alike": {"labels.tsv", "0.jpg\tcat\n1.jpg\tdog\n2.jpg\tCat\u200b\n9.jpg\tbird\n"},
		"Excel": {"labels.xlsx",
			workbook(t, [][]string{{"Labels of today"}, {}, {"Datei", "Klasse"},
				{"0.jpg", "cat"}, {"1.jpg", "dog"}, {"2.jpg", "cat"}})},
		"numbers as names": {"labels.csv", "id,breed,split\n0,cat,train\n1,dog,train\n2,cat,train\n"},
		"an empty label":   {"labels.csv", "image,label\n0.jpg,cat\n1.jpg,dog\n2.jpg,cat\n3.jpg,\n"},
		"quotation marks": {"labels.csv",
			"\"image\",\"label\"\n\"0.jpg\",\"cat\"\n\"1.jpg\",\"dog\"\n\"2.jpg\",\"cat\"\n"},
		"semicolons and sep": {"labels.csv", "sep=;\nimage;label\n0.jpg;cat\n1.jpg;dog\n2.jpg;cat\n"},
		"a column of comment": {"labels.csv",
			"image,comment,label\n0.jpg,\"soft, grey\",cat\n1.jpg,loud,dog\n2.jpg,,cat\n"},
	} {
		files := map[string]string{"set/" + table[0]: table[1], "set/.DS_Store": "x"}
		for _, n := range []string{"0", "1", "2", "3"} {
			files["set/img/"+n+".jpg"] = turnedJPEG(t)
		}
		page, left := picturesOnThePage(t, zipOf(t, files))
		if page != "cat 2, dog 1" || !strings.Contains(left, "1 × not in the table of labels (set/img/3.jpg)") {
			t.Errorf("%s: the page takes %s (%s), expected cat 2, dog 1 and the last left out", name, page, left)
		}
		for _, form := range []string{"zip", "folder"} {
			got, note, _ := picturesInARecipe(t, form, files)
			if got != page || !strings.Contains(note, left) {
				t.Errorf("%s: as a %s a recipe takes %s (%s), the page %s (%s)", name, form, got, note, page, left)
			}
		}
	}
}
