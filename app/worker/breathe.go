package worker

import "time"

// breather makes a long computation stop now and then, so that a Cancel is heard:
// in the browser Go runs on the thread that messages arrive on, and messages only
// arrive while every goroutine waits.
type breather struct{ last time.Time }

// A computation stops for pause after every stretch.
const (
	stretch = 30 * time.Millisecond
	pause   = time.Millisecond
)

func (b *breather) breathe() {
	if !mustBreathe {
		return
	}
	if now := time.Now(); now.Sub(b.last) >= stretch {
		time.Sleep(pause)
		b.last = time.Now()
	}
}
