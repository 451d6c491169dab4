package model

import (
	"wafer/nn/document"
	"wafer/nn/format"
	"wafer/nn/json"
	"wafer/nn/names"
	"wafer/nn/say"
)

// Retitled is a model file with another title, in every language; weights and all else are the same. hash is nil for
// Go's.
func Retitled(file []byte, title string, hash format.Sum) ([]byte, error) {
	if err := checkTitle(title); err != nil {
		return nil, err
	}
	var header json.RawMessage
	if _, err := hash.Decode(file, &header); err != nil {
		return nil, err
	}
	doc, err := document.Read(header)
	if err != nil {
		return nil, err
	}
	doc.Info.Title, doc.Info.TitleZH = title, ""
	return hash.WithMeta(file, doc)
}

// checkTitle is for titles that somebody gave.
func checkTitle(title string) error {
	if err := names.Line.Check(title); err != nil {
		return say.Errorf("the title %w", err)
	}
	return nil
}
