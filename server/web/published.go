package web

import (
	"io/fs"
	"slices"
	"strings"
)

// Published is a file that a server sends to everyone who asks for its address.
type Published struct {
	Address   string // "/teach"
	Type      string // MIME
	Immutable bool   // its address changes with its content
	Body      []byte // not compressed
}

// Publish lists all of them, the page and the weights, by their addresses: for editions of
// Wafer that another server serves. The catalogue, which is no file there, is not among them.
func Publish(files fs.FS) ([]Published, error) {
	assets, err := loadAssets(files)
	if err != nil {
		return nil, err
	}
	_, weights, err := loadModels(files)
	if err != nil {
		return nil, err
	}
	var all []Published
	for address, a := range assets {
		body, err := a.plain()
		if err != nil {
			return nil, err
		}
		all = append(all, Published{address, a.mime, a.immutable, body})
	}
	for hash, body := range weights {
		all = append(all, Published{"/weights/" + hash, "application/octet-stream", true, body})
	}
	slices.SortFunc(all, func(a, b Published) int { return strings.Compare(a.Address, b.Address) })
	return all, nil
}
