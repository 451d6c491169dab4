package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wafer/nn/model"
	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/edge"
	"wafer/static"
)

// put stores model files in R2 and their entries in KV: weights first, so that the
// catalogue never names what is not there.
func put(names []string, state string, remote bool) error {
	bucket, err := bucketName()
	if err != nil {
		return err
	}
	where := []string{"--remote"}
	if !remote {
		dir, err := filepath.Abs(state)
		if err != nil {
			return err
		}
		where = []string{"--local", "--persist-to", dir}
	}
	var added []task.Model
	for _, name := range names {
		m, err := putWeights(bucket, name, where)
		if err != nil {
			return err
		}
		added = append(added, m)
	}
	return putCatalogue(added, where)
}

// bucketName is what the last build calls the bucket.
func bucketName() (string, error) {
	b, err := os.ReadFile(out + "/wrangler.json")
	if errors.Is(err, fs.ErrNotExist) {
		return "", errors.New("the edition has not been built yet: run make edge")
	}
	if err != nil {
		return "", err
	}
	var config struct {
		Buckets []struct {
			Name string `json:"bucket_name"`
		} `json:"r2_buckets"`
	}
	if err := json.Unmarshal(b, &config); err != nil || len(config.Buckets) != 1 {
		return "", fmt.Errorf("%s/wrangler.json does not name one bucket (%v)", out, err)
	}
	return config.Buckets[0].Name, nil
}

// putWeights stores a model file under its hash, so that the same one twice is one.
func putWeights(bucket, name string, where []string) (task.Model, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return task.Model{}, err
	}
	m, err := model.Entry(b, nil, static.Model)
	if err != nil {
		return task.Model{}, fmt.Errorf("%s: %w", name, err)
	}
	full, err := filepath.Abs(name)
	if err != nil {
		return m, err
	}
	_, err = wrangler(append([]string{"r2", "object", "put", bucket + "/" + edge.WeightsPrefix + m.SHA256, "--file",
		full}, where...)...)
	fmt.Printf("%s: %d bytes as %s%s\n", m.ID, len(b), edge.WeightsPrefix, m.SHA256)
	return m, err
}

// putCatalogue joins the models to those that are in KV. Two at once would lose one: the platform has no compare and
// swap.
func putCatalogue(added []task.Model, where []string) error {
	old, err := wrangler(append([]string{"kv", "key", "list", "--binding", "MODELS", "--prefix", edge.CatalogueKey},
		where...)...)
	if err != nil {
		return err
	}
	var c api.Catalogue
	if strings.Contains(old, `"`+edge.CatalogueKey+`"`) {
		text, err := wrangler(append([]string{"kv", "key", "get", edge.CatalogueKey, "--binding", "MODELS", "--text"},
			where...)...)
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
	_, err = wrangler(append([]string{"kv", "key", "put", edge.CatalogueKey, "--path", file.Name(), "--binding",
		"MODELS"}, where...)...)
	return err
}
