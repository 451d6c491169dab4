package wafer_test

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// texts are what people read first.
var texts = []string{"README.md", "ARCHITECTURE.md", "docs/deploy.md", "docs/http-api.md", "docs/wasm-export.md",
	"bench/README.md"}

var (
	quoted   = regexp.MustCompile("`([^`\n]+)`")
	target   = regexp.MustCompile("(?m)(?:`|^ *)make ([a-z][a-z-]+)")
	fileName = regexp.MustCompile(`^[\w./-]+\.(?:go|js|mjs|py|sh)$`)
	goName   = regexp.MustCompile(`^([a-z]+)\.([A-Z]\w*)(?:\.([A-Z]\w*))?$`)
	exported = regexp.MustCompile(`^[A-Z]\w*$`)
	// a package with files or names of it behind, in brackets
	room = regexp.MustCompile("`((?:nn|app|server|tools)/[a-z/]+)`\\s+\\(([^()]*(?:\\([^()]*\\)[^()]*)*)\\)")
)

func readText(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// sources are the paths of all files, and what the files of Go in a folder say.
func sources(t *testing.T) (files []string, source map[string]string) {
	t.Helper()
	source = map[string]string{}
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "build" || strings.HasPrefix(name, ".") && name != "."):
			return fs.SkipDir
		case !entry.IsDir():
			files = append(files, name)
		}
		if path.Ext(name) == ".go" {
			source[path.Dir(name)] += readText(t, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, source
}

// says tells whether a package of this name has the word.
func says(source map[string]string, pkg, word string) bool {
	known := false
	for dir, text := range source {
		if path.Base(dir) == pkg {
			known = true
			if regexp.MustCompile(`\b` + word + `\b`).MatchString(text) {
				return true
			}
		}
	}
	return !known // of somebody else
}

// What the texts put into `quotes` exists: files, names of packages such as fit.Run, and targets of make.
func TestPagesOfTextNameWhatExists(t *testing.T) {
	files, source := sources(t)
	makefile := readText(t, "Makefile")
	for _, text := range texts {
		content := readText(t, text)
		for _, m := range quoted.FindAllStringSubmatch(content, -1) {
			ends := func(f string) bool { return f == m[1] || strings.HasSuffix(f, "/"+m[1]) }
			if fileName.MatchString(m[1]) && !slices.ContainsFunc(files, ends) {
				t.Errorf("%s names the file %s, which does not exist", text, m[1])
			}
			for _, word := range goName.FindStringSubmatch(m[1]) {
				pkg, _, _ := strings.Cut(m[1], ".")
				if !strings.Contains(word, ".") && word != pkg && word != "" && !says(source, pkg, word) {
					t.Errorf("%s names %s, and package %s has no %s", text, m[1], pkg, word)
				}
			}
		}
		for _, m := range target.FindAllStringSubmatch(content, -1) {
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).MatchString(makefile) {
				t.Errorf("%s names make %s, which the Makefile does not have", text, m[1])
			}
		}
	}
}

// The rooms of ARCHITECTURE.md have the files and names that it gives them, and every package is in its table.
func TestEveryRoomIsOnThePage(t *testing.T) {
	files, source := sources(t)
	content := readText(t, "ARCHITECTURE.md")
	found := 0
	for _, m := range room.FindAllStringSubmatch(content, -1) {
		for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
			found++
			if fileName.MatchString(q[1]) && !slices.Contains(files, m[1]+"/"+q[1]) ||
				exported.MatchString(q[1]) && !regexp.MustCompile(`\b`+q[1]+`\b`).MatchString(source[m[1]]) {
				t.Errorf("ARCHITECTURE.md gives %s the room %s, which does not have it", q[1], m[1])
			}
		}
	}
	if found < 30 {
		t.Errorf("ARCHITECTURE.md gives %d names a room, expected 30 or more: the test looks for them in vain", found)
	}
	table := content[strings.Index(content, "\n## Folders"):]
	for name := range source {
		short := strings.TrimPrefix(name, "tools/") // which have one row
		if !strings.Contains(table, "`"+name+"`") && !strings.Contains(table, "`"+short+"`") &&
			!strings.Contains(name, "testdata") && name != "." {
			t.Errorf("the table of folders in ARCHITECTURE.md lacks %s", name)
		}
	}
}
