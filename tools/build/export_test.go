package main

import (
	"strings"
	"testing"
)

// The page of exports allows just its own style and script, and has three places left.
func TestExportPageIsWhole(t *testing.T) {
	t.Chdir("../..")
	b, err := exportPage([]byte("program"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	for _, element := range []string{"style", "script"} {
		_, rest, _ := strings.Cut(page, "<"+element+">")
		inside, _, found := strings.Cut(rest, "</"+element+">")
		if want := element + "-src '" + policyHash(inside) + "'"; !found || !strings.Contains(page, want) {
			t.Errorf("the policy should have %s", want)
		}
	}
	for place, n := range map[string]int{"{{title}}": 2, "{{weights}}": 1, "{{model}}": 1, "{{": 4} {
		if got := strings.Count(page, place); got != n {
			t.Errorf("the page has %d times %s, expected %d", got, place, n)
		}
	}
}
