// Package static holds every file that Wafer ships beside its programs: style
// sheets, scripts, icons, samples, recipes, trained models, and (once make has
// run) the built page under site/.
package static

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Files has all of them, by their path below static/. site/ holds nothing but a
// .gitignore in a fresh clone, so that plain go build and go test work before make.
//
//go:embed all:*
var Files embed.FS

// Model is the file of a shipped model by its SHA-256, hex.
func Model(sha256 string) ([]byte, error) {
	catalogue, err := Files.ReadFile("models/catalogue.json")
	if err != nil {
		return nil, err
	}
	var list []struct{ ID, SHA256 string }
	if err := json.Unmarshal(catalogue, &list); err != nil {
		return nil, fmt.Errorf("catalogue.json: %w", err)
	}
	for _, m := range list {
		if m.SHA256 == sha256 {
			return Files.ReadFile("models/" + m.ID + ".wafer")
		}
	}
	return nil, fmt.Errorf("the model is the head of another, %.12s…, which is not among the shipped ones", sha256)
}

// ExportPage is the page that a Model's ExportPage puts a model into, with Wafer's runtime inside. Before make has run,
// the error says so.
func ExportPage() (string, error) {
	names, err := fs.Glob(Files, "site/web/export-*.html.gz")
	if err != nil {
		return "", err
	}
	if len(names) != 1 {
		return "", errors.New("this program holds no page for exported models: it was built before make build")
	}
	b, err := Files.ReadFile(names[0])
	if err != nil {
		return "", err
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return "", err
	}
	page, err := io.ReadAll(r)
	return string(page), err
}
