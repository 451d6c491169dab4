package say_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"wafer/nn/say"
)

func TestAnErrorIsTakenApart(t *testing.T) {
	inner := say.Errorf("has %d bytes of 100%%, not %.1f", 7, 2.5)
	err := fmt.Errorf("%w", say.Errorf("%s: line %d: %w", "a.csv", 3, inner))
	if got := err.Error(); got != "a.csv: line 3: has 7 bytes of 100%, not 2.5" || !errors.Is(err, inner) {
		t.Errorf("the error is %q", got)
	}
	got, _ := json.Marshal(say.Of(err))
	want := `{"format":"%s: line %d: %w","values":[{"text":"a.csv"},{"text":"3"},` +
		`{"text":"has 7 bytes of 100%, not 2.5","said":{"format":"has %d bytes of 100%%, not %.1f","values":[{"text":"7"},{"text":"2.5"}]}}]}`
	if string(got) != want {
		t.Errorf("taken apart it is %s, expected %s", got, want)
	}
	if say.Of(errors.New("x")) != nil || say.Of(nil) != nil || say.Of(fmt.Errorf("more: %w", inner)) != nil {
		t.Error("what is no error of say, or only a part of it is, was taken apart")
	}
}

// chinese is the catalogue of the page.
func chinese(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("../../static/words/errors-zh.json")
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// formats are the literals that the sources make errors of, with their places.
func formats(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS("../.."), ".", func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && (path == "build" || path == ".git") {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "../../"+path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && makes(call) {
				at := path + ":" + strconv.Itoa(set.Position(call.Pos()).Line)
				if text, ok := literal(call.Args[0]); ok {
					found[text] = at
					// damage passes formats on
				} else if file.Name.Name != "say" && !strings.Contains(path, "nn/data/zip.go") {
					t.Errorf("%s: expected a literal, so that it can be said in Chinese", at)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || len(found) < 100 {
		t.Fatalf("expected to find what errors are made of, found %d (%v)", len(found), err)
	}
	return found
}

// makes reports calls of say.Errorf, say.New and damage, which calls it.
func makes(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		p, ok := f.X.(*ast.Ident)
		return ok && p.Name == "say" && (f.Sel.Name == "Errorf" || f.Sel.Name == "New")
	case *ast.Ident:
		return f.Name == "damage"
	}
	return false
}

func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		left, ok1 := literal(e.X)
		right, ok2 := literal(e.Y)
		return left + right, ok1 && ok2
	}
	return "", false
}

var blank = regexp.MustCompile(`\{\d\}`)

// Every error that can be said in Chinese is, with the same blanks.
func TestEveryErrorIsThereInChinese(t *testing.T) {
	zh := chinese(t)
	for format, at := range formats(t) {
		form, ok := zh[format]
		if !ok {
			t.Errorf("%s: static/words/errors-zh.json lacks %q", at, format)
			continue
		}
		for i := range say.Blanks(format) {
			if !strings.Contains(form, "{"+strconv.Itoa(i)+"}") {
				t.Errorf("%s: %q has no place for value %d of %q", at, form, i, format)
			}
		}
		if n := len(blank.FindAllString(form, -1)); n > say.Blanks(format) {
			t.Errorf("%s: %q has %d places, %q has %d values", at, form, n, format, say.Blanks(format))
		}
	}
}
