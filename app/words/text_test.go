package words

import (
	"errors"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var blanks, plural = regexp.MustCompile(`\{\d\}`), regexp.MustCompile(`\{(\d):[a-z -]+\|[a-z -]+\}`)

func TestEveryTextIsThereInBothLanguages(t *testing.T) {
	learn(t)
	chinese := chinese.Load().texts
	for key := range chinese {
		if texts[key] == "" {
			t.Errorf("%s: is in static/words/zh.json, and no text of the page", key)
		}
	}
	for key, english := range texts {
		if strings.TrimSpace(english) == "" || strings.TrimSpace(chinese[key]) == "" {
			t.Errorf("%s: expected a text in English and in Chinese (static/words/zh.json), found %q and %q", key,
				english, chinese[key])
		}
		en := blanks.FindAllString(plural.ReplaceAllString(english, "{$1}"), -1)
		zh := blanks.FindAllString(chinese[key], -1)
		slices.Sort(en)
		slices.Sort(zh)
		if !slices.Equal(slices.Compact(en), slices.Compact(zh)) {
			t.Errorf("%s: the languages have different blanks: %v and %v", key, en, zh)
		}
	}
}

// keyed matches string literals in the sources that look like keys.
var keyed = regexp.MustCompile(`"((?:nav|shell|title|unit|kept|classify|batch|models|teach|jobs|read|ask|table)(?:\.[a-z0-9]+)+)"`)

func TestEveryKeyInTheSourcesHasAText(t *testing.T) {
	found := 0
	err := fs.WalkDir(os.DirFS(".."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := fs.ReadFile(os.DirFS(".."), path)
		for _, m := range keyed.FindAllStringSubmatch(string(source), -1) {
			if strings.HasSuffix(m[1], ".html") {
				continue
			}
			found++
			if _, ok := texts[m[1]]; !ok {
				t.Errorf("%s uses the text %q, which the catalogue does not have", path, m[1])
			}
		}
		return err
	})
	if err != nil || found < 100 {
		t.Fatalf("expected to find the keys of all pages, found %d (%v)", found, err)
	}
}

// learn takes the page's own Chinese, for a test.
func learn(t testing.TB) {
	t.Helper()
	page, err := os.ReadFile("../../static/words/zh.json")
	errs, err2 := os.ReadFile("../../static/words/errors-zh.json")
	if err := errors.Join(err, err2, Learn(page, errs)); err != nil {
		t.Fatal(err)
	}
}

func TestT(t *testing.T) {
	learn(t)
	defer language.Store(English)
	if got := T("classify.loading.bytes", "1 KB", 1234); got != "1 KB of 1,234" {
		t.Errorf("blanks should be filled with thousands apart, got %q", got)
	}
	for n, want := range map[int]string{1: "Added 1 example.", 2: "Added 2 examples.", 0: "Added 0 examples.",
		1001: "Added 1,001 examples."} {
		if got := T("teach.added", n); got != want {
			t.Errorf("%d are %q, expected %q", n, got, want)
		}
	}
	if got := T("no.such.key"); got != "no.such.key" {
		t.Errorf("an unknown key should come back as it is, got %q", got)
	}
	language.Store(Chinese)
	if got := T("nav.models"); got != "模型" {
		t.Errorf("expected the Chinese text, got %q", got)
	}
}
