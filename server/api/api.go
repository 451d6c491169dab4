// Package api holds the words on the wire between the server and its clients.
// Types only.
package api

import "wafer/nn/task"

// Catalogue answers GET /api/models: the models that the server has, in the
// order in which lists show them.
type Catalogue struct {
	Models []task.Model `json:"models"`
}

// Error is the body of every answer of /api/ that is not a success.
type Error struct {
	Error string `json:"error"` // a sentence
}

// Health answers GET /healthz.
type Health struct {
	OK     bool `json:"ok"`
	Models int  `json:"models"` // in the catalogue
	Page   bool `json:"page"`   // the page is built in
}
