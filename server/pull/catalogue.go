// Package pull fetches public weights of other projects, checks them by hash and makes model files of them.
//
// Catalogue is what may be fetched. None of these bytes has been seen by the tests of this project, which have no
// network: hashes and sizes are those that their publishers and several independent users give, torchvision's the first
// eight digits that are part of the file's name, which is all that it publishes. What is fetched and has another hash
// is refused.
package pull

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"

	"wafer/nn/convert"
	"wafer/nn/task"
)

// File is one of the files of a model.
type File struct {
	Path   string `json:"path"`           // in the model's folder, with slashes
	URL    string `json:"url"`            // https
	SHA256 string `json:"sha256"`         // lower-case hex: all 64 digits, or at least the first eight of them
	Size   int64  `json:"size,omitempty"` // bytes; 0: not known
}

// Entry is a model that can be fetched.
type Entry struct {
	Name    string       `json:"name"`
	Source  string       `json:"source"`  // a page for people
	License string       `json:"license"` // of the weights, SPDX
	Kind    task.Kind    `json:"kind"`
	Labels  string       `json:"labels,omitempty"` // a file of static/cards with the names of the outputs
	Card    convert.Card `json:"card"`
	Files   []File       `json:"files"`
}

//go:embed catalogue.json
var catalogue []byte

// Catalogue lists the models in the order in which they are shown.
func Catalogue() ([]Entry, error) { return parse(catalogue) }

// Find is the entry of a name; an error lists those that there are.
func Find(list []Entry, name string) (Entry, error) {
	names := make([]string, len(list))
	for i, e := range list {
		if e.Name == name {
			return e, nil
		}
		names[i] = e.Name
	}
	return Entry{}, fmt.Errorf("there is no public model %q; there are %s", name, strings.Join(names, ", "))
}

// Size is the bytes of all files as far as they are known.
func (e Entry) Size() (n int64) {
	for _, f := range e.Files {
		n += f.Size
	}
	return n
}

func parse(doc []byte) (list []Entry, err error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.DisallowUnknownFields()
	if err := d.Decode(&list); err != nil {
		return nil, fmt.Errorf("public models: %w", err)
	}
	for _, e := range list {
		for _, f := range e.Files {
			if err := f.check(); err != nil {
				return nil, fmt.Errorf("public models: %s: %w", e.Name, err)
			}
		}
	}
	return list, nil
}

func (f File) check() error {
	u, err := url.Parse(f.URL)
	switch {
	case err != nil:
		return err
	case u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("expected an address of https, found %q", f.URL)
	case f.Path == "" || path.Clean("/"+f.Path) != "/"+f.Path:
		return fmt.Errorf("expected a plain path, found %q", f.Path)
	case len(f.SHA256) < 8 || len(f.SHA256) > 64 || strings.Trim(f.SHA256, "0123456789abcdef") != "":
		return fmt.Errorf("expected 8 to 64 digits of a SHA-256, found %q", f.SHA256)
	case f.Size < 0 || f.Size > maxFile:
		return fmt.Errorf("expected up to %d bytes, found %d", int64(maxFile), f.Size)
	}
	return nil
}
