package pull

import (
	"context"
	"fmt"
	"path"

	"wafer/nn/convert"
	"wafer/nn/format/foreign"
	"wafer/static"
)

// Model makes a .wafer file of what Fetch gave.
func Model(e Entry, files foreign.Files) ([]byte, error) {
	o := convert.Options{Name: e.Name, Card: e.Card}
	if e.Labels != "" {
		b, err := static.Files.ReadFile(path.Join("cards", e.Labels))
		if err == nil {
			o.Labels, err = convert.ParseLabels(string(b))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	file, err := convert.Model(files, o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.Name, err)
	}
	return file, nil
}

// Pull fetches a model and makes a .wafer file of it.
func (f Fetcher) Pull(ctx context.Context, e Entry, progress func(done int64)) ([]byte, error) {
	files, err := f.Fetch(ctx, e, progress)
	if err != nil {
		return nil, err
	}
	return Model(e, files)
}
