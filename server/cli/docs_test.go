package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// typed is a command of wafer as a text shows it: at the beginning of a line or of a piece of code.
var typed = regexp.MustCompile("(?m)(?:^[ \t]*|`|-- |\\./)(?:build/)?wafer ([a-z]+)([^`\n]*)")

// flagged is a flag of such a command.
var flagged = regexp.MustCompile(`(?:^|[\s(\[])--?([a-z][a-z0-9-]*)`)

// Every command that the texts for people show has the flags that it is shown with: one that was renamed or taken out
// would stay in them unseen.
func TestCommandsInTheTextsExist(t *testing.T) {
	help, shown := map[string]string{}, 0
	for _, text := range []string{"README.md", "docs/deploy.md", "docs/http-api.md", "docs/wasm-export.md",
		"examples/keras-text/README.md", "examples/keras-image/README.md"} {
		b, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(text)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range typed.FindAllStringSubmatch(string(b), -1) {
			name := m[1]
			if !slices.ContainsFunc(commands, func(c command) bool { return c.name == name }) {
				if strings.HasPrefix(strings.TrimSpace(m[0]), "wafer ") || strings.HasPrefix(m[0], "`") {
					t.Errorf("%s shows %q, and there is no command %q", text, strings.TrimSpace(m[0]), name)
				}
				continue
			}
			if help[name] == "" {
				_, err := runWafer(t, name, "-h")
				help[name] = err.Error() + "\n"
			}
			arguments, _, _ := strings.Cut(m[2], " #")
			for _, f := range flagged.FindAllStringSubmatch(arguments, -1) {
				shown++
				if f[1] != "h" && !regexp.MustCompile(`(?m)^\s*-`+f[1]+`\b`).MatchString(help[name]) {
					t.Errorf("%s shows wafer %s with --%s, which it does not have", text, name, f[1])
				}
			}
		}
	}
	if shown < 30 {
		t.Errorf("the texts show %d flags, expected 30 or more: the test looks for them in vain", shown)
	}
}
