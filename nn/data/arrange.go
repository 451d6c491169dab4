package data

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"wafer/nn/order"
	"wafer/nn/say"
	"wafer/nn/task"
)

// File is a file of a folder, of an archive or of what somebody dropped on a page.
type File struct {
	Path string // with the folders above it, slashes
	Size int64
	Link bool // to another file or folder
	Tag  int  // the caller's own number of it

	read func(*meter) ([]byte, error)
}

// NewFile makes a File of bytes in memory.
func NewFile(name string, b []byte) File {
	return File{Path: name, Size: int64(len(b)), read: func(*meter) ([]byte, error) { return b, nil }}
}

// Read reads the file; budget may be nil.
func (f File) Read(budget *int64) ([]byte, error) { return f.read(newMeter(budget)) }

// Unpacked is a file whose content, where it is packed by gzip, is read as what was packed, and whose name loses the
// ending .gz.
func (f File) Unpacked() File {
	packed := f
	if strings.EqualFold(path.Ext(f.Path), ".gz") {
		f.Path = strings.TrimSuffix(f.Path, path.Ext(f.Path))
	}
	f.read = func(m *meter) ([]byte, error) {
		b, err := packed.read(m)
		if err != nil || !bytes.HasPrefix(b, gzipMark) {
			return b, err
		}
		return m.file(bytes.NewReader(b), packed.Path, 0)
	}
	return f
}

// Part is one of the parts of a data set that comes split.
type Part string

const (
	Training   Part = "train"
	Validation Part = "validation" // on which the best epoch is chosen
	Testing    Part = "test"       // measured once, in the end
)

// Placed is a file that becomes a sample.
type Placed struct {
	File
	Class string
	Part  Part // "": the set is not split
}

// Arrangement says what the files of a folder are for.
type Arrangement struct {
	Kind  task.Kind
	Sure  bool     // of the kind
	Split bool     // into folders such as train and test
	List  []string // tables that have the classes of the files, nil: the folders have them
	Files []Placed
	Left  []Left

	Tables []Placed // that hold the texts, where neither folders nor tables have classes for files; Files is nil
}

// Extensions that are read from folders; other files are left out, as Keras does.
var (
	pictureNames = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp"}
	textNames    = []string{".txt"}
	foreignNames = []string{".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".jxl", ".jp2", ".svg", ".psd", ".dng",
		".cr2", ".nef", ".arw", ".raw"}
)

// KindOf is the kind of a file by its name, "" for another.
func KindOf(name string) task.Kind {
	ext := strings.ToLower(path.Ext(name))
	switch {
	case slices.Contains(pictureNames, ext):
		return task.Image
	case slices.Contains(textNames, ext):
		return task.Text
	}
	return ""
}

// Arrange sorts files into classes, as flow_from_directory and text_dataset_from_directory of Keras do: a class is a
// folder, with everything below it. Folders around all of them are seen through; folders that are called train, test
// and so on are the parts of a split, each with the folders of the classes. What systems leave behind, links, files
// beside the folders and files of another kind are left out. kind "" takes the kind that most files have.
func Arrange(files []File, kind task.Kind) Arrangement {
	list, left := visible(files)
	a := Arrangement{Kind: kind, Sure: true}
	top := wrapper(list, "", kind)
	if a.Kind == "" {
		a.Kind, a.Sure = majority(list, top)
	}
	subsets := splitOf(list, top, a.Kind)
	a.Split = len(subsets) > 1
	for _, p := range list {
		switch {
		case KindOf(p.Path) != a.Kind:
			left.addOther(p.Path)
		case !p.place(top, subsets):
			left.add(Beside, p.Path)
		default:
			a.Files = append(a.Files, p)
		}
	}
	a.Left = left
	if a.classes() < 2 {
		a.byTable(list, subsets)
	}
	if a.List == nil && kind != task.Image && (a.Kind == task.Text && a.classes() < 2 || len(a.Files) == 0) {
		a.inTables(list)
	}
	if a.boxed(list) {
		for _, p := range a.Files {
			(*lefts)(&a.Left).add(Boxes, p.Path)
		}
		a.Files = nil
	}
	a.unify()
	return a
}

// addOther counts a file of another kind.
func (l *lefts) addOther(name string) {
	if slices.Contains(foreignNames, strings.ToLower(path.Ext(name))) {
		l.add(Unread, name)
		return
	}
	l.add(OtherKind, name)
}

// classes is how many there are.
func (a *Arrangement) classes() int {
	seen := map[string]bool{}
	for _, p := range a.Files {
		seen[p.Class] = true
	}
	return len(seen)
}

// inTables takes the tables among files for the samples, where there are such. Those called train, test and so on are
// the parts of a split.
func (a *Arrangement) inTables(list []Placed) {
	var left lefts
	for _, p := range list {
		if !IsTable(p.Path) {
			left.addOther(p.Path)
			continue
		}
		a.Tables = append(a.Tables, p)
	}
	if a.Tables == nil {
		return
	}
	a.Split = PartTables(a.Tables)
	a.Kind, a.Sure, a.Files, a.Left = task.Text, true, nil, append(a.unseen(), left...)
}

// PartTables gives tables their parts by their names, unless there is none to train on, and says whether there are
// several.
func PartTables(tables []Placed) (split bool) {
	found := map[Part]bool{}
	for i, p := range tables {
		tables[i].Part, _ = partOf(strings.TrimSuffix(path.Base(p.Path), path.Ext(p.Path)))
		found[tables[i].Part] = true
	}
	if found[""] || found[Training] {
		return len(found) > 1
	}
	for i := range tables {
		tables[i].Part = ""
	}
	return false
}

// unseen is what was left out before anything was looked at.
func (a *Arrangement) unseen() lefts {
	return slices.DeleteFunc(a.Left, func(x Left) bool { return x.Why != Hidden && x.Why != Link })
}

// byTable takes the classes from tables that name the files, where there are such.
func (a *Arrangement) byTable(list []Placed, subsets map[string]subset) {
	var samples []Placed
	for _, p := range list {
		if KindOf(p.Path) == a.Kind {
			samples = append(samples, p)
		}
	}
	l := listedIn(list, samples)
	if l == nil {
		return
	}
	a.List, a.Files = l.tables, nil
	left := a.unseen()
	for _, p := range list {
		switch label := l.labels[strings.ToLower(p.Path)]; {
		case slices.Contains(l.tables, p.Path):
		case KindOf(p.Path) != a.Kind:
			left.addOther(p.Path)
		case label == "":
			left.add(Unlisted, p.Path)
		default:
			p.Class = label
			for _, s := range subsets {
				if strings.HasPrefix(p.Path, s.top) {
					p.Part = s.part
				}
			}
			a.Files = append(a.Files, p)
		}
	}
	a.Left = left
}

// boxed says whether pictures come with boxes or outlines of things, as YOLO, VOC and COCO have them, in place of
// classes.
func (a *Arrangement) boxed(list []Placed) bool {
	if a.Kind != task.Image || len(a.Files) == 0 || a.List != nil {
		return false
	}
	for _, p := range a.Files {
		if name := strings.ToLower(p.Class); name != "images" && name != "jpegimages" && name != "labels" {
			return false
		}
	}
	return slices.ContainsFunc(list, func(p Placed) bool {
		name := strings.ToLower(p.Path)
		return strings.Contains("/"+name, "/labels/") || strings.Contains("/"+name, "/annotations/") ||
			strings.HasSuffix(name, ".xml") || strings.HasSuffix(name, "annotations.coco.json")
	})
}

// unify gives files of one class one name for it.
func (a *Arrangement) unify() {
	var found spellings
	for _, p := range a.Files {
		found.add(p.Class)
	}
	to := found.chosen(nil)
	for i, p := range a.Files {
		if b := to[p.Class]; b != "" {
			a.Files[i].Class = b
		}
	}
	(*lefts)(&a.Left).noteCase(found, to)
}

// Gather takes the files of a kind out of a folder whatever folders they lie in, as all of one class.
func Gather(files []File, kind task.Kind) Arrangement {
	list, left := visible(files)
	a := Arrangement{Kind: kind, Sure: true}
	for _, p := range list {
		if KindOf(p.Path) != kind {
			left.addOther(p.Path)
			continue
		}
		a.Files = append(a.Files, p)
	}
	a.Left = left
	return a
}

// visible are the files that are neither hidden nor links, by their paths.
func visible(files []File) (list []Placed, left lefts) {
	for _, f := range files {
		f.Path = strings.TrimPrefix(path.Clean("/"+f.Path), "/")
		switch {
		case IsHidden(f.Path):
			left.add(Hidden, f.Path)
		case f.Link:
			left.add(Link, f.Path)
		default:
			list = append(list, Placed{File: f})
		}
	}
	order.Stable(list, func(a, b Placed) int { return strings.Compare(key(a.Path), key(b.Path)) })
	return list, left
}

// key sorts a folder before what only begins like it.
func key(p string) string { return strings.ReplaceAll(p, "/", "\x00") }

// place finds class and part below the folder top.
func (p *Placed) place(top string, subsets map[string]subset) bool {
	rest, below := strings.CutPrefix(p.Path, top)
	if subsets != nil {
		name, _, _ := strings.Cut(rest, "/")
		s, known := subsets[name]
		p.Part = s.part
		rest, below = strings.CutPrefix(p.Path, s.top)
		below = below && known
	}
	class, _, ok := strings.Cut(rest, "/")
	p.Class = Label(class)
	return ok && below && p.Class != ""
}

var systemNames = []string{"__MACOSX", "Thumbs.db", "Thumbs.db:encryptable", "ehthumbs.db", "desktop.ini", "Icon\r",
	"$RECYCLE.BIN",
	"System Volume Information", "@eaDir", "#recycle",
	"lost+found", "__pycache__"}

// IsHidden says whether a file, or a folder above it, is hidden or what a system leaves behind.
func IsHidden(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if strings.HasPrefix(part, ".") || strings.HasPrefix(part, "~$") {
			return true
		}
		for _, s := range systemNames {
			if strings.EqualFold(part, s) {
				return true
			}
		}
	}
	return false
}

// below counts, for the folder top ("" or ending in a slash), the files of a kind directly in it and those in its
// folders, by folder. kind "" counts pictures and texts.
func below(list []Placed, top string, kind task.Kind) (direct int, folders map[string]int) {
	folders = map[string]int{}
	for _, p := range list {
		rest, ok := strings.CutPrefix(p.Path, top)
		if k := KindOf(p.Path); !ok || k == "" || kind != "" && k != kind {
			continue
		}
		if name, _, nested := strings.Cut(rest, "/"); nested {
			folders[name]++
		} else {
			direct++
		}
	}
	return direct, folders
}

// wrapper is the folder at or below top that the folders of the classes lie in: "" or one with a slash behind.
func wrapper(list []Placed, top string, kind task.Kind) string {
	for {
		direct, folders := below(list, top, kind)
		if len(folders) != 1 || direct > 1 {
			return top
		}
		for name, files := range folders {
			inside, more := below(list, top+name+"/", kind)
			if len(more) == 0 || inside > 0 && (len(more) == 1 || 2*inside > files) {
				return top
			}
			top += name + "/"
		}
	}
}

// majority is the kind of most files in folders below top; it is not sure where there are half as many of the other.
func majority(list []Placed, top string) (task.Kind, bool) {
	count := func(kind task.Kind) (n int) {
		_, folders := below(list, top, kind)
		for _, files := range folders {
			n += files
		}
		return n
	}
	pictures, texts := count(task.Image), count(task.Text)
	if texts > pictures {
		return task.Text, 2*pictures <= texts
	}
	return task.Image, 2*texts <= pictures
}

// parts are the names of the folders of a split.
var parts = map[string]Part{"train": Training, "training": Training, "trainset": Training,
	"训练": Training, "训练集": Training, "訓練": Training, "訓練集": Training, "学習": Training, "学習データ": Training,
	"entraînement": Training, "entrainement": Training, "entrenamiento": Training, "treino": Training,
	"val": Validation, "valid": Validation, "validation": Validation, "dev": Validation,
	"eval": Validation, "验证": Validation, "验证集": Validation, "驗證集": Validation, "検証": Validation, "検証データ": Validation,
	"test": Testing, "tests": Testing, "testing": Testing, "testset": Testing, "prueba": Testing, "teste": Testing,
	"测试": Testing, "测试集": Testing, "測試集": Testing, "テスト": Testing, "テストデータ": Testing}

// partOf is the part that a folder is called after, "" for none. It is exact when the name says no more; others are
// "training_set", "seg_train" and "val2017".
func partOf(name string) (part Part, exact bool) {
	if part = parts[strings.ToLower(Label(name))]; part != "" {
		return part, true
	}
	words := parted(Label(name))
	if len(words) == 0 || len(words) > 3 {
		return "", false
	}
	first, last := parts[words[0]], parts[words[len(words)-1]]
	if first == "" || last == "" || len(words) == 1 {
		return Part(or(string(first), string(last))), false
	}
	return "", false
}

// subset is a folder of a split: its part, and the folder that the folders of its classes lie in.
type subset struct {
	part Part
	top  string
}

// mostSubsets is how many folders a split has at most.
const mostSubsets = 16

// splitOf are the folders of a split below top by their names: one for training and another. It is nil where the
// folders are classes. Folders of other names are in no split, unless that for training holds two classes or more: then
// they are none of it, and it may be the only one where they have no folders themselves. train/train and test/test are
// seen through.
func splitOf(list []Placed, top string, kind task.Kind) map[string]subset {
	_, folders := below(list, top, kind)
	if len(folders) > mostSubsets {
		return nil
	}
	subsets, found := map[string]subset{}, map[Part]bool{}
	classes, wrapped, named := 0, false, false
	for name := range folders {
		part, exact := partOf(name)
		if part == "" {
			continue
		}
		inside := top + name + "/"
		s := subset{part, wrapper(list, inside, kind)}
		if part == Training {
			named = named || exact
			_, more := below(list, s.top, kind)
			if len(more) == 0 && !exact {
				return nil
			}
			classes, wrapped = max(classes, len(more)), wrapped || s.top != inside
		}
		subsets[name], found[part] = s, true
	}
	alone := named && len(subsets) == 1 && len(folders) > 1 && classes >= 2 && !hasClasses(list, top, kind, subsets)
	if !found[Training] || len(found) < 2 && !alone || len(subsets) < len(folders) && classes < 2 {
		return nil
	}
	for name, s := range subsets {
		if !wrapped {
			subsets[name] = subset{s.part, top + name + "/"}
		}
	}
	return subsets
}

// hasClasses says whether a folder below top that is not in a split has folders itself.
func hasClasses(list []Placed, top string, kind task.Kind, subsets map[string]subset) bool {
	_, folders := below(list, top, kind)
	for name := range folders {
		if _, part := subsets[name]; part {
			continue
		}
		if _, more := below(list, top+name+"/", kind); len(more) > 0 {
			return true
		}
	}
	return false
}

// question is the error of a folder with as many pictures as texts.
func (a Arrangement) question() error {
	return say.New("expected pictures or texts, found about as many of both: leave one kind in the folder, or say " +
		"which with preprocess.kind in a recipe")
}
