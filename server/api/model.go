package api

import (
	"time"

	"wafer/nn/task"
)

// Model answers GET /api/models/{name}: a name on the server with what it stands for.
type Model struct {
	Name    string     `json:"name"`
	Info    task.Model `json:"info"`
	File    File       `json:"file"`              // the model file
	License string     `json:"license,omitempty"` // of the weights: an SPDX identifier or a sentence
	Recipe  *File      `json:"recipe,omitempty"`  // that made it
	Job     string     `json:"job,omitempty"`     // that made it, by ID
	Created time.Time  `json:"created,omitzero"`  // zero for those that came with the server
}

// Upload answers requests about an upload: where the next byte belongs. The content
// is complete when Offset is Size.
type Upload struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Offset int64  `json:"offset"`
}

// Prediction answers POST /api/models/{name}/predict for one input: all labels, most
// probable first. For a batch the answer is a list of them.
type Prediction []Score

// Score is a label with its probability, 0…1.
type Score struct {
	Label    string  `json:"label"`
	Score    float32 `json:"score"`
	Rejected bool    `json:"rejected,omitempty"` // of every label: the input is none of them, these are the nearest
}
