package teach

import (
	"path"

	"wafer/app/browser"
	"wafer/app/state"
	"wafer/app/words"
	"wafer/nn/task"
)

// A Set is a few examples that are shipped, to play with. Its title is the text "teach.set." + ID.
type Set struct {
	ID   string
	Kind task.Kind
}

// Sets lists the shipped ones.
func Sets() []Set {
	return []Set{{"air", task.Image}, {"mail-en", task.Text}, {"mail-zh", task.Text}}
}

// air are pictures of the set of that name, by the key of their class.
var air = [...]struct{ class, picture string }{
	{"nature", "forest"}, {"nature", "pasture"}, {"nature", "annual-crop"}, {"nature", "river"}, {"nature", "sea-lake"},
	{"town", "industrial"}, {"town", "residential"}, {"town", "highway"},
}

// AddSet adds the examples of a shipped set.
func (t *Teaching) AddSet(s Set) {
	go func() {
		var err error
		if s.Kind == task.Text {
			err = t.addTextSet(s.ID)
		} else {
			err = t.addAir()
		}
		if err != nil {
			t.notify(s.Kind, words.Of("teach.said", err.Error()), true)
		}
	}()
}

// addTextSet fetches a table of texts from this page's own server and keeps its rows. It blocks.
func (t *Teaching) addTextSet(id string) error {
	f, err := browser.Fetch(state.SampleURL("samples/texts/"+id+".tsv"), id)
	if err != nil {
		return err
	}
	b, err := f.Read()
	if err != nil {
		return err
	}
	if bad := t.AddLines("", string(b)); bad != nil {
		return words.Sentence(bad.Text())
	}
	return nil
}

// addAir fetches the pictures taken from above and keeps them under classes named in the page's language. It blocks.
func (t *Teaching) addAir() error {
	var files []browser.File
	for _, a := range air {
		name := a.picture + ".jpg"
		f, err := browser.Fetch(state.SampleURL("samples/land/"+name), name)
		if err != nil {
			return err
		}
		f.Path = path.Join("air", words.T("teach.set.air."+a.class), name)
		files = append(files, f)
	}
	t.addPictures("", files)
	return nil
}
