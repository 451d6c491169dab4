package state

import "wafer/server/api"

// Words of the server that pages use.
type (
	Job      = api.Job
	JobState = api.State
	Move     = api.Move
	JobEvent = api.Event
)

const (
	JobRunning   = api.Running
	JobPaused    = api.Paused
	JobQueued    = api.Queued
	JobSucceeded = api.Succeeded
	JobFailed    = api.Failed
)
