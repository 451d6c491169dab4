package model

import (
	"wafer/nn/format"
	"wafer/nn/names"
	"wafer/nn/say"
)

// Retitled is a model file with another title, in every language; weights and all else are the same. hash is nil for
// Go's.
func Retitled(file []byte, title string, hash format.Sum) ([]byte, error) {
	if err := checkTitle(title); err != nil {
		return nil, err
	}
	return changed(file, hash, func(d *Document) { d.Info.Title, d.Info.TitleZH = title, "" })
}

// checkTitle is for titles that somebody gave.
func checkTitle(title string) error {
	if err := names.Line.Check(title); err != nil {
		return say.Errorf("the title %w", err)
	}
	return nil
}
