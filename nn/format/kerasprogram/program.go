// Package kerasprogram reads programs for Keras, Python or a notebook, as the recipe of the run that they describe. It
// runs nothing: of Python it follows assignments, calls of Keras' names and functions that the program defines itself;
// what it does not understand it names by line.
//
// Names and defaults are those of keras.io/api and, for ImageDataGenerator, Tokenizer and pad_sequences, of TensorFlow
// 2's keras.preprocessing.
package kerasprogram

import (
	"bytes"
	"strings"

	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// MaxBytes is the longest program that Read reads.
const MaxBytes = 1 << 20

// Options say what a program leaves to its data.
type Options struct {
	Name    string // of the recipe; "": keras-program
	Classes int    // labels of the data; 0: as many as the program's last layer has units
}

// Program is what was read.
type Program struct {
	Recipe *recipe.Recipe
	JSON   []byte // of the recipe, with what differs from the defaults only
	Notes  []Note // what was not understood or replaced, by line
}

// Note is a sentence about a line.
type Note struct {
	Line int    // from 1; 0: about no single line
	Code string // the line as it is written
	Err  error  // the sentence; a say.Error
}

// Read reads a Python program or a Jupyter notebook. The error says why no recipe could be made of it.
func Read(program []byte, o Options) (*Program, error) {
	if len(program) > MaxBytes {
		return nil, say.Errorf("the program is %d bytes long, at most %d are read", len(program), MaxBytes)
	}
	source, err := code(program)
	if err != nil {
		return nil, err
	}
	all, err := lines(source)
	if err != nil {
		return nil, err
	}
	r := &reader{options: o, names: map[string]value{}, imports: map[string]string{}, known: functions(),
		steps: maxSteps}
	r.block(all)
	return r.program()
}

// code is the text of a program; of a notebook, that of its code cells.
func code(b []byte) (string, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		return string(b), nil
	}
	var notebook struct {
		Cells []struct {
			Kind   string          `json:"cell_type"`
			Source json.RawMessage `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(b, &notebook); err != nil {
		return "", say.Errorf("the notebook is not JSON: %w", err)
	}
	var out strings.Builder
	for _, c := range notebook.Cells {
		var whole string
		var parts []string
		if c.Kind != "code" {
			continue
		}
		if json.Unmarshal(c.Source, &parts) == nil {
			whole = strings.Join(parts, "")
		} else if err := json.Unmarshal(c.Source, &whole); err != nil {
			return "", say.New("a cell of the notebook has no text")
		}
		out.WriteString(whole + "\n")
	}
	return out.String(), nil
}

// maxSteps bounds the lines that are followed, since functions may call each other.
const maxSteps = 20000

// reader follows a program.
type reader struct {
	options Options
	names   map[string]value
	imports map[string]string // name → dotted path
	known   map[string]func(*reader, arguments) value
	notes   []Note
	now     line // that is followed
	steps   int
	calls   int // of the program's own functions in each other
	made    int // layers

	data     data
	model    *chain // the last one that was compiled or fitted
	compiled compiled
	fits     []fit
	returned value // by the function that is followed, nil: not yet
	failed   error // why no recipe can be made
}

// note says something about the line that is followed, once.
func (r *reader) note(err error) {
	for _, n := range r.notes {
		if n.Line == r.now.number && n.Err.Error() == err.Error() {
			return
		}
	}
	r.notes = append(r.notes, Note{r.now.number, r.now.source, err})
}

// fail says why no recipe can be made; the first reason counts.
func (r *reader) fail(err error) {
	if r.failed == nil {
		r.failed = say.Errorf("line %d: %w", r.now.number, err)
	}
}
