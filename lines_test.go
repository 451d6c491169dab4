package wafer_test

import (
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lineWidth is the most columns of a line of Go, a tab counted as tabWidth of them.
const lineWidth, tabWidth = 120, 4

// Two files stand beside each other on a screen. What stands in a raw string (JSON, JavaScript, HTML) keeps the form
// of its own language.
func TestLinesFitThePage(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (path == "build" || strings.HasPrefix(entry.Name(), ".") && path != "."):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		files++
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, line := range wideLines(source) {
			t.Errorf("%s:%d has more than %d columns (a tab counts %d)", path, line, lineWidth, tabWidth)
		}
		return nil
	})
	if err != nil || files < 500 {
		t.Fatalf("%d files of Go, %v; expected all of the repository", files, err)
	}
}

func TestWideLinesAreFound(t *testing.T) {
	code, text := strings.Repeat("a", lineWidth-1), strings.Repeat("b", lineWidth)
	for source, wide := range map[string]bool{
		code: false, "\t" + code: true, code + "ü": false, code + "üü": true, "// " + text: true,
		"x = \"" + text + "\"": true, "x = `" + text + "\n" + text + "`": false, code + " + `a`": true,
		"`" + text + "`: " + text:                                true,
		"`" + text + "`:" + strings.Repeat(" ", lineWidth) + "1": false,
	} {
		if got := wideLines([]byte(source)); len(got) > 0 != wide {
			t.Errorf("of %q the lines %v are too wide, expected that to be %v", source, got, wide)
		}
	}
}

// wideLines are the numbers, from 1, of the lines in Go's source with more than lineWidth columns. Raw strings do not
// count, and on their lines the blanks that align what is behind them count as one.
func wideLines(source []byte) []int {
	var wide []int
	lines := strings.Split(string(source), "\n")
	for i, line := range strings.Split(withoutRaw(source), "\n") {
		if line != lines[i] {
			line = strings.Repeat("\t", len(line)-len(strings.TrimLeft(line, "\t"))) +
				strings.Join(strings.Fields(line), " ")
		}
		if columns(line) > lineWidth {
			wide = append(wide, i+1)
		}
	}
	return wide
}

// withoutRaw is the source with nothing but line ends in its raw strings.
func withoutRaw(source []byte) string {
	var out strings.Builder
	file := token.NewFileSet().AddFile("", -1, len(source))
	var s scanner.Scanner
	s.Init(file, source, nil, 0)
	done := 0
	for pos, kind, text := s.Scan(); kind != token.EOF; pos, kind, text = s.Scan() {
		if at := file.Offset(pos); kind == token.STRING && text[0] == '`' {
			out.Write(source[done:at])
			out.WriteString(strings.Repeat("\n", strings.Count(text, "\n")))
			done = at + len(text)
		}
	}
	out.Write(source[done:])
	return out.String()
}

// columns is the width of a line without its end.
func columns(line string) int {
	n := 0
	for _, r := range line {
		if n++; r == '\t' {
			n += (tabWidth - n%tabWidth) % tabWidth
		}
	}
	return n
}
