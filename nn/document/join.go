package document

import (
	"bytes"
	"encoding/hex"

	"wafer/nn/format"
	"wafer/nn/json"
	"wafer/nn/say"
)

// Finder gets a model file by its SHA-256, hex.
type Finder func(sha256 string) ([]byte, error)

// Read reads a header. A key that nobody knows is an error: it may be one that was damaged, in a file of before headers
// had a hash.
func Read(header json.RawMessage) (d Document, err error) {
	r := json.NewDecoder(bytes.NewReader(header))
	r.DisallowUnknownFields()
	if err := r.Decode(&d); err != nil {
		return d, say.Errorf("model file: its header cannot be read: %w", err)
	}
	return d, nil
}

// Whole is a model file with all of its weights: one that names a base (task.Model.Needs) gets those of its from there,
// and is then a file like any other. hash is nil for Go's.
func Whole(file []byte, hash format.Sum, find Finder) ([]byte, error) {
	var header json.RawMessage
	if err := format.Meta(file, &header); err != nil {
		return nil, err
	}
	d, err := Read(header)
	if err != nil || d.Info.Needs == "" {
		return file, err
	}
	return d.Join(file, hash, find)
}

// Join is Whole for a file whose header was read: d, with a base.
func (d Document) Join(file []byte, hash format.Sum, find Finder) ([]byte, error) {
	needs := d.Info.Needs
	if find == nil {
		return nil, say.Errorf("model file: is only the head of a model; the base that it names, %.12s…, "+
			"is not at hand", needs)
	}
	if err := d.Check(); err != nil {
		return nil, say.Errorf("model file: %w", err)
	}
	base, err := find(needs)
	if err != nil {
		return nil, err
	}
	sum := hash.Of(base)
	if got := hex.EncodeToString(sum[:]); got != needs {
		return nil, say.Errorf("model file: is the head of the model %.12s…, but found %.12s…", needs, got)
	}
	own := map[string]bool{}
	for _, w := range d.Layers.Weights() {
		own[w.Name] = true
	}
	d.Info.Needs = ""
	return hash.Join(file, base, d, func(name string) bool { return own[name] })
}
