package figures

import (
	"regexp"
	"testing"
)

func TestATableIsMarkdown(t *testing.T) {
	want := "| job | ms | gain |\n|---|--:|--:|\n| copy | 1 | 2 |\n"
	if got := Head(1, "job", "ms", "gain") + Row("copy", "1", "2"); got != want {
		t.Errorf("found\n%sexpected\n%s", got, want)
	}
}

func TestWhatFiguresDependOn(t *testing.T) {
	if got := Machine(); !regexp.MustCompile(`^\d{4}-\d\d-\d\d: .+, \d+ cores$`).MatchString(got) {
		t.Errorf("the machine is %q, expected a date, a processor and a number of cores", got)
	}
	if got := Said("go", "env", "GOVERSION"); got == "" {
		t.Error("go says no version")
	}
	if got := Said("a-program-that-is-not-here"); got != "" {
		t.Errorf("a program that is not there said %q", got)
	}
}
