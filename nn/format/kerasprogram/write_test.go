package kerasprogram

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"wafer/nn/recipe"
)

// What is written of a program's recipe is read as the same recipe, and is Python where that is here to say so.
func TestWrittenProgramsAreReadAsTheSameRecipe(t *testing.T) {
	files, err := filepath.Glob("testdata/*.py")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Read(b, Options{Classes: classesOf(f)})
		if err != nil {
			t.Fatal(err)
		}
		r := p.Recipe
		r.Preprocess.Image = withoutAugment(r.Preprocess.Image)
		r.Train.ClassWeight = "" // Keras wants numbers of labels
		written, err := Write(r)
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		parses(t, written)
		again, err := Read(written, Options{})
		if err != nil {
			t.Errorf("%s: %v in\n%s", f, err, written)
			continue
		}
		r.Name, r.Test = again.Recipe.Name, again.Recipe.Test // shares for a test of pictures are comments
		if !alike(t, r.Bytes(), again.Recipe.Bytes()) {
			t.Errorf("%s: its recipe is\n%s\nwhat was written of it is read as\n%s\nnamely\n%s", f, r.Bytes(),
				again.Recipe.Bytes(), written)
		}
	}
}

// alike reports whether two documents say the same, whatever the order of their keys.
func alike(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := errors.Join(json.Unmarshal(a, &x), json.Unmarshal(b, &y)); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}

func withoutAugment(i *recipe.Image) *recipe.Image {
	if i == nil {
		return nil
	}
	bare := *i
	bare.Augment = nil
	return &bare
}

// parses has Python compile a program, without running it.
func parses(t *testing.T, program []byte) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Log("python3 is not here: whether it is Python is not checked")
		return
	}
	c := exec.Command(python, "-c", "import ast, sys; ast.parse(sys.stdin.read())")
	c.Stdin = strings.NewReader(string(program))
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v: %s in\n%s", err, out, program)
	}
}

// What Keras has not is refused in words.
func TestWhatKerasHasNot(t *testing.T) {
	for _, f := range []string{"digits", "sentiment"} {
		b, err := os.ReadFile("../../../static/recipes/" + f + ".json")
		if err != nil {
			t.Fatal(err)
		}
		r, err := recipe.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := Write(r); err == nil {
			t.Errorf("%s was written as\n%s", f, out)
		}
	}
}

// Odd characters of names and paths stay what they are.
func TestQuotedStrings(t *testing.T) {
	for _, s := range []string{"", "it's", `a"b`, "中文 😀", "a\\b\n\t\x00\x7f", "'''"} {
		l := &lexer{rest: quoted(s), number: 1}
		got, err := l.token()
		if err != nil || got.text != s || l.rest != "" {
			t.Errorf("%q is written %s and read %q, %v", s, quoted(s), got.text, err)
		}
	}
}
