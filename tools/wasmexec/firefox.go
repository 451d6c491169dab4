package main

import (
	"context"

	"wafer/tools/bidi"
)

// inFirefox opens an address in a headless Firefox.
func inFirefox(ctx context.Context, url string) (<-chan struct{}, func(), error) {
	path, err := bidi.Find()
	if err != nil {
		return nil, nil, err
	}
	f, err := bidi.Start(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	if err := f.Navigate(ctx, url); err != nil {
		f.Close()
		return nil, nil, err
	}
	return f.Gone(), func() { f.Close() }, nil
}
