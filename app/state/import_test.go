package state

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/reader"
	"wafer/app/state/statetest"
	real "wafer/app/worker"
	"wafer/nn/sharedtest"
	"wafer/nn/task"
)

// converting answers as the program that reads other tools' models does, in this process.
type converting struct {
	*statetest.Worker
	stopped int
}

func (c *converting) Stop() { c.stopped++ }

func newConverting() *converting {
	c := &converting{Worker: statetest.NewWorker()}
	c.On(string(bridge.Convert), reader.Handler())
	return c
}

// machine is the files of an export of Teachable Machine, and the same as a zip.
func machine(t *testing.T) (files []browser.File, zipped browser.File) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"metadata.json", "model.json", "weights.bin"} {
		data := sharedtest.Read(t, "models/teachable-machine-tiny-gray-tfjs/"+name)
		files = append(files, browser.NewFile(name, "", data))
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return files, browser.NewFile("waving.zip", "application/zip", b.Bytes())
}

// opening is a store whose models are opened by the page's own worker.
func opening(t *testing.T) (*Store, *converting) {
	t.Helper()
	s, w := opened(t)
	opener := real.New(real.NN{})
	for _, verb := range []string{string(bridge.Describe), string(bridge.Load), string(bridge.Classify)} {
		w.On(verb, opener.Handle)
	}
	c := newConverting()
	s.Reader = c
	return s, c
}

// An export of Teachable Machine that is dropped where inputs are classified becomes a model with its labels and is
// taken into use, as a zip, as a folder and as loose files.
func TestAModelDroppedOnClassifyIsTakenIntoUse(t *testing.T) {
	files, zipped := machine(t)
	inFolder := append([]browser.File(nil), files...)
	for i := range inFolder {
		inFolder[i].Path = "my hand/" + inFolder[i].Name
	}
	for title, dropped := range map[string][]browser.File{"waving": {zipped}, "my hand": inFolder,
		"tm-my-image-model": files} {
		s, _ := opening(t)
		s.Take(browser.Intake{Files: dropped})
		st := s.Get()
		m, ok := st.Model(task.Image)
		if !ok || m.Title != title || strings.Join(m.Labels, " ") != "Class 1 Class 2" {
			t.Errorf("%q with %v is in use, expected %q with its two classes; the page says %q", m.Title, m.Labels,
				title, st.Notice["classify"])
		}
		if st.Importing != "" || !strings.Contains(st.Notice[Imported], title) {
			t.Errorf("%q: the page says %q and %q, expected that it was imported", title, st.Importing,
				st.Notice[Imported])
		}
		if bases := st.Bases(task.Image); len(bases) == 0 || bases[len(bases)-1].ID != m.ID {
			t.Errorf("%q is not offered to build upon", title)
		}
	}
}

// What cannot be read is one sentence where it was dropped.
func TestAModelThatCannotBeReadIsSaid(t *testing.T) {
	files, _ := machine(t)
	s, _ := opening(t)
	s.Take(browser.Intake{Files: files[:2]})
	if got := s.Get().Notice["classify"]; !strings.Contains(got, "weights.bin") {
		t.Errorf("the page says %q, expected which file is missing", got)
	}
}

// Files of models are told from pictures and tables by their names, an archive by those in it.
func TestIsModel(t *testing.T) {
	files, zipped := machine(t)
	for name, want := range map[string]bool{"a.wafer": true, "A.ONNX": true, "x.h5": true, "cat.jpg": false,
		"data.json": false} {
		if got := IsModel([]browser.File{browser.NewFile(name, "", nil)}); got != want {
			t.Errorf("%s is a model: %v, expected %v", name, got, want)
		}
	}
	if !IsModel(files) || !IsModel([]browser.File{zipped}) {
		t.Error("an export of Teachable Machine is no model")
	}
	if IsModel([]browser.File{browser.NewFile("cats.zip", "", []byte("PK\x03\x04 cats/1.jpg"))}) {
		t.Error("an archive of pictures is a model")
	}
}
