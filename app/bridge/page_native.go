//go:build !js

package bridge

import "errors"

// NewClient returns a client whose calls all fail: workers exist in browsers only.
func NewClient(url string) *Client {
	return &Client{dial: func(func(string, [][]byte), func(string)) (transport, error) {
		return nil, errors.New("models run in the browser, not while the page is generated")
	}}
}
