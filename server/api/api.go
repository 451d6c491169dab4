// Package api holds the words on the wire between the server and its clients.
// Types only.
package api

import "wafer/nn/task"

// Catalogue answers GET /api/models: the models that the server has, in the
// order in which lists show them.
type Catalogue struct {
	Models []task.Model `json:"models"`           // shipped with the server
	Stored []Model      `json:"stored,omitempty"` // kept by name, for callers who may read
}

// Error is the body of every answer of /api/ that is not a success.
type Error struct {
	Error   string   `json:"error"`             // a sentence
	Missing []string `json:"missing,omitempty"` // hashes that have to be uploaded first
}

// Role is what a caller may do; each may all that the ones before it may.
type Role string

const (
	Nobody    Role = ""       // the page, the shipped models, /healthz
	Reader    Role = "read"   // see jobs, models and files; predict
	Submitter Role = "submit" // upload, submit and move jobs
	Admin     Role = "admin"  // delete jobs, name and delete models, /metrics
)

// Server answers GET /api/server: what this server can do for the caller.
type Server struct {
	Jobs        bool   `json:"jobs"`          // it takes jobs
	Role        Role   `json:"role"`          // of the caller
	Tokens      bool   `json:"tokens"`        // callers need a token
	MaxFile     int64  `json:"max_file"`      // bytes of one file
	MaxSeconds  int    `json:"max_seconds"`   // of one attempt of a job
	MinChunk    int    `json:"min_chunk"`     // bytes of every chunk of an upload but the last
	MaxChunk    int    `json:"max_chunk"`     //
	MaxJobFiles int    `json:"max_job_files"` // files of one job
	Version     string `json:"version"`
}

// Session is the body of POST /api/session, by which a page signs in.
type Session struct {
	Token string `json:"token"`
}

// Health answers GET /healthz.
type Health struct {
	OK     bool `json:"ok"`
	Models int  `json:"models"` // in the catalogue
	Page   bool `json:"page"`   // the page is built in
}
