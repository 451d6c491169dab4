package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"wafer/nn"
	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/edge"
)

// put stores model files in R2 and their entries in KV: weights first, so that the
// catalogue never names what is not there.
func put(s settings, names []string, remote bool) error {
	where := []string{"--remote"}
	if !remote {
		dir, err := filepath.Abs(s.state)
		if err != nil {
			return err
		}
		where = []string{"--local", "--persist-to", dir}
	}
	var added []task.Model
	for _, name := range names {
		m, err := putWeights(s, name, where)
		if err != nil {
			return err
		}
		added = append(added, m)
	}
	return putCatalogue(added, where)
}

func putWeights(s settings, name string, where []string) (task.Model, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return task.Model{}, err
	}
	m, err := nn.Entry(b, nil)
	if err != nil {
		return task.Model{}, fmt.Errorf("%s: %w", name, err)
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return m, err
	}
	_, err = wrangler(append([]string{"r2", "object", "put", s.bucket + "/" + edge.WeightsPrefix + m.SHA256, "--file", full}, where...)...)
	fmt.Printf("%s: %d bytes as %s%s\n", m.ID, len(b), edge.WeightsPrefix, m.SHA256)
	return m, err
}

func putCatalogue(added []task.Model, where []string) error {
	old, err := wrangler(append([]string{"kv", "key", "list", "--binding", "MODELS", "--prefix", edge.CatalogueKey}, where...)...)
	if err != nil {
		return err
	}
	var c api.Catalogue
	if strings.Contains(old, `"`+edge.CatalogueKey+`"`) {
		text, err := wrangler(append([]string{"kv", "key", "get", edge.CatalogueKey, "--binding", "MODELS", "--text"}, where...)...)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			return fmt.Errorf("the catalogue in KV is not what it should be: %w", err)
		}
	}
	c.Models = edge.Merge(c.Models, added)
	b, err := json.Marshal(c)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", "catalogue-*.json")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	if _, err := file.Write(b); err != nil {
		return err
	}
	if err := file.Close(); err != nil {
		return err
	}
	_, err = wrangler(append([]string{"kv", "key", "put", edge.CatalogueKey, "--path", file.Name(), "--binding", "MODELS"}, where...)...)
	return err
}
