package layers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strings"
	"testing"

	. "wafer/nn/layers"
)

// layerTypes are the types of this package with a method Class, from its source.
func layerTypes(t *testing.T) []string {
	t.Helper()
	notTest := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	packages, err := parser.ParseDir(token.NewFileSet(), ".", notTest, 0)
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, file := range packages["layers"].Files {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Class" {
				continue
			}
			types = append(types, f.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name)
		}
	}
	return types
}

func typeName(l Layer) string { return reflect.TypeOf(l).Elem().Name() }

// A layer without its line in classes could be built, but a model file with it could not be
// opened again.
func TestEveryLayerHasAClass(t *testing.T) {
	made := map[string]bool{typeName(&OpLayer{}): true} // classes of its own, one per op
	for _, class := range Classes() {
		made[typeName(class())] = true
	}
	types := layerTypes(t)
	for _, name := range types {
		if !made[name] {
			t.Errorf("%s has a method Class, but no line in classes: a file with it could not be read", name)
		}
	}
	t.Logf("%d types of layers", len(types))
}

// A layer without a case would be compared with nothing but itself.
func TestEveryLayerHasACaseOfPyTorch(t *testing.T) {
	compared := map[string]bool{
		"Parameter": true, "Constant": true, // values without arithmetic; op_test.go
		"Dropout": true, // no two draw alike; nn/nntest has its masks
	}
	for _, l := range torchLayers() {
		compared[l.Class()] = true
	}
	for class := range Classes() {
		if !compared[class] {
			t.Errorf("%s has no case in testdata/torch_layers.py", class)
		}
	}
}
