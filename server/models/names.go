// Package models keeps models by name, and answers with them: files opened by their content, kept open while
// memory allows, inputs of several callers put into one batch.
package models

import (
	"encoding/json"
	"fmt"

	"wafer/server/api"
	"wafer/server/store"
)

// recipeKey is under which a manifest has the recipe.
const recipeKey = "recipe"

// Manifest is how the store keeps a model's name.
func Manifest(m api.Model) (store.Manifest, error) {
	meta, err := json.Marshal(m)
	if err != nil {
		return store.Manifest{}, fmt.Errorf("models: %w", err)
	}
	kept := store.Manifest{Name: m.Name, File: store.Ref{SHA256: m.File.SHA256, Size: m.File.Size}, License: m.License,
		Meta: meta, Created: m.Created}
	if m.Recipe != nil {
		kept.More = map[string]store.Ref{recipeKey: {SHA256: m.Recipe.SHA256, Size: m.Recipe.Size}}
	}
	return kept, nil
}

// Of is the model that a manifest keeps, or an error if it keeps something else.
func Of(kept store.Manifest) (api.Model, error) {
	var m api.Model
	if err := json.Unmarshal(kept.Meta, &m); err != nil {
		return api.Model{}, fmt.Errorf("models: what is kept as %s is no model: %w", kept.Name, err)
	}
	if m.File.SHA256 != kept.File.SHA256 || m.Name != kept.Name {
		return api.Model{}, fmt.Errorf("models: what is kept as %s describes something else", kept.Name)
	}
	return m, nil
}
