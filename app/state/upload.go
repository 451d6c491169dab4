package state

import (
	"errors"
	"sync/atomic"
	"time"

	"wafer/app/client"
	"wafer/app/words"
	"wafer/server/api"
)

// piece is how much of a file is sent at once where the server allows it, bytes.
const piece = 1 << 20

// tries is how often in a row a piece may fail before the upload gives up.
const tries = 6

// ErrStopped is the end of an upload that was stopped.
var ErrStopped = errors.New("stopped")

// Upload sends one file from where the server has it, and goes on after interruptions. sent hears how many bytes the
// server has. It blocks until the server has everything, stop is set, or it is of no use to go on.
func Upload(server Server, limits api.Server, f api.File, data []byte, stop *atomic.Bool, wait func(time.Duration),
	sent func(int64)) error {
	size := int64(max(piece, limits.MinChunk))
	if limits.MaxChunk > 0 {
		size = min(size, int64(limits.MaxChunk))
	}
	begun, at := false, int64(0)
	for failures := 0; ; wait(time.Second << ((failures - 1) / 2)) {
		err := error(nil)
		for err == nil {
			if stop.Load() {
				return ErrStopped
			}
			var u api.Upload
			if !begun {
				u, err = server.Begin(f)
			} else if u, err = server.Send(f, at, data[at:min(at+size, f.Size)]); err == nil && u.Offset <= at {
				err = &client.Error{Message: words.T("jobs.send.stuck")}
			} else if err == nil {
				failures = 0
			}
			if err != nil {
				break
			}
			if u.Offset < 0 || u.Offset > f.Size {
				return errors.New(words.T("jobs.send.odd", int(u.Offset), int(f.Size)))
			}
			begun, at = true, u.Offset
			if sent(at); at == f.Size {
				return nil
			}
		}
		if !client.Passing(err) && client.Status(err) != 409 { // 409: the server has more or less of it than we think
			return err
		}
		begun = false // ask where to go on
		if failures++; failures >= tries {
			return err
		}
	}
}
