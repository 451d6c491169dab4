package web

import (
	"encoding/json"
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

// Publish lists all of them by their addresses, the page, the weights and the catalogue: for
// editions of Wafer that another server serves.
func Publish(files fs.FS) ([]Published, error) {
	assets, err := loadAssets(files)
	if err != nil {
		return nil, err
	}
	catalogue, weights, err := loadModels(files)
	if err != nil {
		return nil, err
	}
	list, err := json.Marshal(catalogue)
	if err != nil {
		return nil, err
	}
	all := []Published{{"/api/models", typeOf(".json"), false, append(list, '\n')}}
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
