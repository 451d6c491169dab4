package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// inChromium opens an address in a headless Chromium.
func inChromium(ctx context.Context, url string) (<-chan struct{}, func(), error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	if path := chromium(); path != "" {
		options = append(options, chromedp.ExecPath(path))
	}
	ctx, stopBrowser := chromedp.NewExecAllocator(ctx, options...)
	ctx, stopTab := chromedp.NewContext(ctx)
	stop := func() {
		stopTab()
		stopBrowser()
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
		stop()
		return nil, nil, fmt.Errorf("Chromium: %w", err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		chromedp.WaitClosed(ctx) // an error, too, means that it has gone
	}()
	return gone, stop, nil
}

// chromium is the browser to use: $CHROME, or what tools/chromium.sh found.
func chromium() string {
	if path := os.Getenv("CHROME"); path != "" {
		return path
	}
	self, err := os.Executable()
	if err != nil {
		return ""
	}
	b, _ := os.ReadFile(filepath.Join(filepath.Dir(self), "chromium")) // absent: chromedp looks itself
	return strings.TrimSpace(string(b))
}
