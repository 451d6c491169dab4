package cli

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestPullListsAndNames(t *testing.T) {
	out, err := runWafer(t, "pull")
	if err != nil || !strings.Contains(out, "minilm-l6-v2") || !strings.Contains(out, "Apache-2.0") {
		t.Errorf("got %v %q, expected the list with licences", err, out)
	}
	folder := t.TempDir()
	for name, says := range map[string]string{"nonesuch": "there is no public model",
		"potion-base-8m": "no such file"} {
		_, err := runWafer(t, "pull", name, "--mirror", folder, "--cache", filepath.Join(folder, "cache"), "--out",
			filepath.Join(folder, "m.wafer"))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, expected %q", name, err, says)
		}
	}
}
