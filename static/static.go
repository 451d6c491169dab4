// Package static holds every file that Wafer ships beside its programs: style
// sheets, scripts, icons, samples, recipes, trained models, and (once make has
// run) the built page under site/.
package static

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"io"
	"io/fs"
)

// Files has all of them, by their path below static/. site/ holds nothing but a
// .gitignore in a fresh clone, so that plain go build and go test work before make.
//
//go:embed all:*
var Files embed.FS

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
