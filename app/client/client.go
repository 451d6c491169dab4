// Package client calls the server that the page came from.
package client

import (
	"wafer/nn/json"
	"wafer/nn/say"
	"wafer/server/api"
)

const catalogueURL = "/api/models"

// Models asks the server for the catalogue, and also returns its answer as it
// came, to be kept for a time without a connection and read by Parse. It blocks.
func Models() (catalogue api.Catalogue, body string, err error) {
	if body, err = get(catalogueURL); err != nil {
		return api.Catalogue{}, "", err
	}
	catalogue, err = Parse(body)
	return catalogue, body, err
}

// Parse reads the server's answer and makes sure that every model has what the
// page cannot do without.
func Parse(body string) (api.Catalogue, error) {
	var c api.Catalogue
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		return c, say.Errorf("the list of models is not what the page expects: %w", err)
	}
	for i, m := range c.Models {
		if m.ID == "" || len(m.Labels) < 2 && !m.Encoder() || m.SHA256 == "" {
			return c, say.Errorf("entry %d of the list of models lacks its id, labels or hash", i+1)
		}
	}
	return c, nil
}

// get returns the text at a same-origin address.
func get(url string) (string, error) {
	a, err := call("GET", url, nil, nil)
	return string(a.body), err
}
