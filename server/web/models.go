package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
)

// catalogueFile lists the shipped models; the files beside it are their weights.
const (
	modelDir      = "models"
	catalogueFile = modelDir + "/catalogue.json"
	modelSuffix   = ".wafer"
)

// loadModels reads the catalogue and the model files that belong to it. An entry
// without its file is an error: the page would offer what it cannot get.
func loadModels(files fs.FS) (api.Catalogue, map[string][]byte, error) {
	catalogue := api.Catalogue{Models: []task.Model{}}
	weights := map[string][]byte{}
	b, err := fs.ReadFile(files, catalogueFile)
	if errors.Is(err, fs.ErrNotExist) {
		return catalogue, weights, nil
	}
	if err != nil {
		return catalogue, nil, err
	}
	if err := parseCatalogue(b, &catalogue); err != nil {
		return catalogue, nil, fmt.Errorf("%s: %w", catalogueFile, err)
	}
	if err := hashFiles(files, weights); err != nil {
		return catalogue, nil, err
	}
	for _, m := range catalogue.Models {
		if weights[m.SHA256] == nil {
			return catalogue, nil, fmt.Errorf("%s: the model %q has the hash %s, which no file in %s has",
				catalogueFile, m.ID, m.SHA256, modelDir)
		}
	}
	return catalogue, weights, nil
}

// parseCatalogue reads {"models": […]} or the list alone.
func parseCatalogue(b []byte, c *api.Catalogue) error {
	if bytes.HasPrefix(bytes.TrimSpace(b), []byte("[")) {
		return json.Unmarshal(b, &c.Models)
	}
	return json.Unmarshal(b, c)
}

// hashFiles reads every model file of the folder into weights, by its hash, whether the catalogue lists it or not.
func hashFiles(files fs.FS, weights map[string][]byte) error {
	entries, err := fs.ReadDir(files, modelDir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || path.Ext(e.Name()) != modelSuffix {
			continue
		}
		b, err := fs.ReadFile(files, modelDir+"/"+e.Name())
		if err != nil {
			return err
		}
		sum := sha256.Sum256(b)
		weights[hex.EncodeToString(sum[:])] = b
	}
	return nil
}

// weightsFile answers with a model file by its hash; part of it when asked for a range.
func (s *server) weightsFile(w http.ResponseWriter, r *http.Request) error {
	hash := strings.ToLower(r.PathValue("sha256"))
	if raw, err := hex.DecodeString(hash); err != nil || len(raw) != sha256.Size {
		return errBadHash
	}
	file, ok := s.weights[hash]
	if !ok {
		return errNoModel
	}
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("ETag", `"`+hash+`"`)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
	return nil
}
