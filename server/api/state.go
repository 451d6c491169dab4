package api

import "fmt"

// State is where a job stands.
type State string

const (
	Queued    State = "queued"    // waits for a worker
	Running   State = "running"   // a worker has it
	Paused    State = "paused"    // keeps its last checkpoint until somebody resumes it
	Succeeded State = "succeeded" // has a result
	Failed    State = "failed"    // has an error
	Cancelled State = "cancelled" // by a person; may be run again
)

// Move is what changes a job's state. Pause, Resume, Cancel and Retry are for people,
// the others for workers.
type Move string

const (
	Submit  Move = "submit"  // a caller hands a job in
	Claim   Move = "claim"   // a worker takes it
	Release Move = "release" // a worker that stops gives its job back
	Lose    Move = "lose"    // a worker fell silent; the queue takes its job back
	Succeed Move = "succeed" // with a result
	Fail    Move = "fail"    // with an error that another attempt would meet, too
	Pause   Move = "pause"   // keeps the last checkpoint
	Resume  Move = "resume"  // goes on from it
	Cancel  Move = "cancel"  // ends it without a result
	Retry   Move = "retry"   // of one that failed or was cancelled
)

// moves is the one table of what is legal; whatever does not stand here is refused.
// A job comes from the state "".
var moves = []struct {
	move     Move
	from, to State
}{
	{Submit, "", Queued},
	{Claim, Queued, Running},
	{Release, Running, Queued},
	{Lose, Running, Queued},
	{Succeed, Running, Succeeded},
	{Fail, Running, Failed},
	{Pause, Queued, Paused},
	{Pause, Running, Paused},
	{Resume, Paused, Queued},
	{Cancel, Queued, Cancelled},
	{Cancel, Running, Cancelled},
	{Cancel, Paused, Cancelled},
	{Retry, Failed, Queued},
	{Retry, Cancelled, Queued},
}

// IllegalMove is the error of a move that the table does not have.
type IllegalMove struct {
	Move  Move
	State State
}

func (e *IllegalMove) Error() string {
	if e.State == "" {
		return fmt.Sprintf("the first move of a job is %s, not %s", Submit, e.Move)
	}
	return fmt.Sprintf("%s is not possible for a job that is %s", e.Move, e.State)
}

// After returns the state that a move leads to, or an *IllegalMove.
func (s State) After(m Move) (State, error) {
	for _, row := range moves {
		if row.move == m && row.from == s {
			return row.to, nil
		}
	}
	return "", &IllegalMove{Move: m, State: s}
}

// Moves are the legal moves from a state, in the order of the table.
func (s State) Moves() []Move {
	var all []Move
	for _, row := range moves {
		if row.from == s {
			all = append(all, row.move)
		}
	}
	return all
}

// Final reports whether a job in this state does nothing more unless it is retried.
func (s State) Final() bool { return s == Succeeded || s == Failed || s == Cancelled }

// ByPeople reports whether people may ask for a move.
func (m Move) ByPeople() bool { return m == Pause || m == Resume || m == Cancel || m == Retry }
