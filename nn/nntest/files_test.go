package nntest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// One file name for one op in every stage: the files of package graph that declare ops are the
// families, and each stage has a file of each. Kernels are named by their loops instead.
func TestOneFileNameInEveryStage(t *testing.T) {
	files, err := filepath.Glob("../graph/*.go")
	if err != nil || len(files) == 0 {
		t.Skip("the source of package graph is not here")
	}
	families := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "\tspecs[") && !strings.Contains(string(text), "{ specs[") {
			continue
		}
		families++
		name := filepath.Base(file)
		stages := []string{"eval", "grad", "native", "compile", "nntest"}
		if name == "dropout.go" { // has no gradient
			stages = slices.DeleteFunc(stages, func(s string) bool { return s == "grad" })
		}
		for _, stage := range stages {
			if _, err := os.Stat(filepath.Join("..", stage, name)); err != nil {
				t.Errorf("nn/%s has no %s, where the ops of nn/graph/%s would be looked for", stage, name, name)
			}
		}
	}
	if families < 10 {
		t.Errorf("%d files of nn/graph declare ops, want ten or more: the test looks for them in vain", families)
	}
}
