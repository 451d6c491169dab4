package jobs

import "wafer/server/api"

// States of jobs, in the order in which pages list them, and what pages ask of them by name.
var States = []api.State{api.Running, api.Queued, api.Paused, api.Succeeded, api.Failed, api.Cancelled}

// MovesOf are the moves that people may ask of a job now.
func MovesOf(j api.Job) []api.Move {
	var list []api.Move
	for _, m := range j.Status.State.Moves() {
		if m.ByPeople() {
			list = append(list, m)
		}
	}
	return list
}
