package kerasprogram

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/nn/recipe"
)

var update = flag.Bool("update", false, "write the expected recipes anew")

// told is a program as its test sees it: the recipe, then the notes.
func told(p *Program) string {
	var out bytes.Buffer
	if err := json.Indent(&out, p.JSON, "", " "); err != nil {
		return err.Error()
	}
	for _, n := range p.Notes {
		fmt.Fprintf(&out, "\n%d: %s\n   %v", n.Line, n.Code, n.Err)
	}
	return out.String() + "\n"
}

func TestProgramsBecomeRecipes(t *testing.T) {
	files, err := filepath.Glob("testdata/*.py")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d programs, %v", len(files), err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Read(b, Options{Name: strings.TrimSuffix(filepath.Base(f), ".py"), Classes: classesOf(f)})
		if err != nil {
			t.Errorf("%s: %v", f, err)
			continue
		}
		if _, err := recipe.Parse(p.JSON); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		golden := strings.TrimSuffix(f, ".py") + ".txt"
		if *update {
			if err := os.WriteFile(golden, []byte(told(p)), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if got := told(p); err != nil || got != string(want) {
			t.Errorf("%s gives\n%s\nexpected\n%s(%v)", f, got, want, err)
		}
	}
}

// classesOf is the number of labels of a test's data; the programs for photos leave it open.
func classesOf(file string) int {
	if strings.Contains(file, "image") || strings.Contains(file, "fine-tune") {
		return 6
	}
	return 0
}

// A notebook's cells are one program, without its commands.
func TestNotebook(t *testing.T) {
	p, err := Read([]byte(`{"cells":[{"cell_type":"markdown","source":["# x("]},
 {"cell_type":"code","source":["!pip install 'x\n","import keras\n","m = keras.Sequential([keras.layers.Embedding(500, 8),\n"]},
 {"cell_type":"code","source":" keras.layers.Flatten(), keras.layers.Dense(2)])\n%timeit m"}]}`), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(p.Recipe.Define.Stack()); n != 3 || p.Recipe.Preprocess.Text.Tokenizer.NumWords != 500 {
		t.Errorf("%d layers, %s", n, p.JSON)
	}
}

// What makes no recipe says why, with the line where there is one.
func TestWhatMakesNoRecipe(t *testing.T) {
	network := "from keras import *\nfrom keras.layers import *\nm = Sequential()\n"
	for program, want := range map[string]string{
		"":                 "no network was found",
		"print('hello')":   "no network was found",
		"m = Sequential([": "no network was found",
		"x = 'abc":         "line 1: a string has no end",
		"x = 1)":           "line 1: \")\" closes nothing",
		"m.add(Dense(1)":   "no network was found",
		network + "m.add(Dense(8, input_dim=4))\nm.add(Dense(3))\n":               "rows of numbers",
		network + "m.add(Embedding(9, 9))\nm.add(Dense(n))\n":                     "how many labels",
		network + "m.add(Embedding(9, 9))\nm.add(Dense(k))\nm.add(Dense(2))\n":    "how many units",
		network + "a = Input((8,8,3))\nb = Add()([Flatten()(a), Flatten()(a)])\n": "line 5: a layer joins several",
		"from keras.applications import *\nb = Xception()\n":                      "line 2: the base Xception",
		"def f():\n  return f()\nf()\n":                                           "line 2: functions call",
		"def f():\n  f()\n  f()\n  f()\nf()\n":                                    "functions call each other deeper",
		strings.Repeat("(", 100):                                                  "nested deeper",
		`{"cells":[{"cell_type":"code","source":7}]}`:                             "a cell of the notebook has no text",
		`{"cells":`: "the notebook is not JSON",
	} {
		_, err := Read([]byte(program), Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, expected %q", program, err, want)
		}
	}
	if _, err := Read(make([]byte, MaxBytes+1), Options{}); err == nil {
		t.Error("a program above the limit is read")
	}
}

// No program is run for long, and what comes out is a recipe.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.py")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Add("x = [a[1:2, ...], {1: 2}, lambda x: x if x else [y for y in z], f\"{x}\", -2 ** -x, not a == b]\nx /= 255\n")
	f.Fuzz(func(t *testing.T, program string) {
		if p, err := Read([]byte(program), Options{Classes: 2}); err == nil {
			if _, err := recipe.Parse(p.JSON); err != nil {
				t.Error(err)
			}
		}
	})
}

// A loop whose rounds are not known says so where it makes layers.
func TestLoopsThatAreNotKnown(t *testing.T) {
	p, err := Read([]byte("from keras import *\nm = Sequential()\nm.add(layers.Embedding(9, 9))\n"+
		"for n in sizes:\n  m.add(layers.Conv1D(4, 3))\nm.add(layers.Flatten())\nm.add(layers.Dense(2))\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Notes) == 0 || p.Notes[0].Line != 4 || !strings.Contains(p.Notes[0].Err.Error(), "how often") {
		t.Errorf("the notes are %v", p.Notes)
	}
}
