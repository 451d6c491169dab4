package model

import (
	"bytes"
	"encoding/json"

	"wafer/nn/format"
	"wafer/nn/say"
)

// Retitled is a model file with another title, in every language; weights and all else are the same. hash is nil for
// Go's.
func Retitled(file []byte, title string, hash format.Sum) ([]byte, error) {
	var header json.RawMessage
	if _, err := hash.Decode(file, &header); err != nil {
		return nil, err
	}
	var doc Document
	d := json.NewDecoder(bytes.NewReader(header))
	d.DisallowUnknownFields()
	if err := d.Decode(&doc); err != nil {
		return nil, say.Errorf("model file: its header cannot be read: %w", err)
	}
	doc.Info.Title, doc.Info.TitleZH = title, ""
	return hash.WithMeta(file, doc)
}
