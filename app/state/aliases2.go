package state

import (
	"wafer/app/bridge"
	"wafer/nn/task"
)

// Words that pages use and that are defined elsewhere.
type (
	Model  = task.Model
	Kind   = task.Kind
	Result = task.Result
	Score  = task.Score
	File   = bridge.File
	Intake = bridge.Intake
	Pad    = bridge.Pad
)

const (
	Image = task.Image
	Text  = task.Text
)
