package say_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"wafer/nn/say"
)

// said are the texts of a server that a page may show, by where they stand: errors that packages export or keep for
// all of their functions, what web and fit refuse, and the notes of a run.
func said(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, dir := range []string{"server/web", "server/queue", "server/store", "server/models", "server/trainer",
		"server/fit", "nn/train"} {
		files, err := os.ReadDir("../../" + dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f.Name(), ".go") && !strings.HasSuffix(f.Name(), "_test.go") {
				saidIn(t, dir, f.Name(), found)
			}
		}
	}
	if len(found) < 80 {
		t.Fatalf("expected to find what a server says, found %d texts", len(found))
	}
	return found
}

func saidIn(t *testing.T, dir, name string, found map[string]string) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, filepath.Join("../..", dir, name), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	take := func(e ast.Expr) {
		// fmt.Sprintf, errors.New
		for call, ok := e.(*ast.CallExpr); ok && len(call.Args) > 0; call, ok = e.(*ast.CallExpr) {
			e = call.Args[0]
		}
		text, ok := literal(e)
		inside := strings.HasPrefix(text, "queue: ") || strings.HasPrefix(text, "models: ") ||
			strings.HasPrefix(text, "store: ")
		if ok && strings.Contains(text, " ") && !inside { // these stay in the log
			found[text] = dir + "/" + name + ":" + strconv.Itoa(set.Position(e.Pos()).Line)
		}
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			ast.Inspect(g, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && isCall(call, "errors", "New") {
					take(call)
				}
				return true
			})
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			f, ok := n.Fun.(*ast.Ident)
			if ok && (f.Name == "invalid" || f.Name == "unusable") ||
				(dir == "server/fit" || dir == "server/trainer") && isCall(n, "fmt", "Errorf") {
				take(n.Args[0])
			}
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && (key.Name == "Note" || dir == "server/web" && key.Name == "text") {
				take(n.Value)
			}
		case *ast.AssignStmt:
			if f, ok := n.Lhs[0].(*ast.SelectorExpr); ok && f.Sel.Name == "Note" {
				take(n.Rhs[0])
			}
		}
		return true
	})
}

func isCall(call *ast.CallExpr, pkg, name string) bool {
	f, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != name {
		return false
	}
	p, ok := f.X.(*ast.Ident)
	return ok && p.Name == pkg
}

// What a server says is there in Chinese, with the same blanks.
func TestWhatAServerSaysIsThereInChinese(t *testing.T) {
	zh := chinese(t)
	for text, at := range said(t) {
		form, ok := zh[text]
		if n := len(blank.FindAllString(form, -1)); !ok || n != say.Blanks(text) {
			t.Errorf("%s: static/words/errors-zh.json has %q for %q, expected %d places", at, form, text,
				say.Blanks(text))
		}
	}
}
