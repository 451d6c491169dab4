package remote

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wafer/server/api"
)

// silence is after how long without a word, not even a comment, a connection counts as broken.
const silence = time.Minute

const maxEvent = 4 << 20 // bytes

// Events yields the events of a job after a number, each once, as they come. It ends when the job has ended.
func (c *Client) Events(ctx context.Context, id string, after uint64) iter.Seq2[api.Event, error] {
	return func(yield func(api.Event, error) bool) {
		left := false // yield wants no more
		err := c.persist(ctx, func() (bool, error) {
			before := after
			ended, err := c.listen(ctx, id, &after, func(e api.Event) bool {
				left = !yield(e, nil)
				return !left
			})
			if ended || left {
				return true, nil
			}
			if err == nil {
				err = io.ErrUnexpectedEOF // the server stops, or a proxy had enough
			}
			return after > before, err
		})
		if err != nil && !left {
			yield(api.Event{}, err)
		}
	}
}

// listen reads one connection's events. ended: there are no more, and will be none.
func (c *Client) listen(ctx context.Context, id string, after *uint64, use func(api.Event) bool) (ended bool,
	err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watch := time.AfterFunc(silence, cancel)
	defer watch.Stop()
	res, err := c.request(ctx, "GET", "/api/jobs/"+url.PathEscape(id)+"/events", nil, 0, "Last-Event-ID",
		fmt.Sprint(*after), "Accept", "text/event-stream")
	if err != nil {
		return false, err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNoContent {
		return true, nil
	}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, maxEvent)
	for lines.Scan() {
		watch.Reset(silence)
		text, is := strings.CutPrefix(lines.Text(), "data: ")
		if !is {
			continue
		}
		var e api.Event
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			return false, errors.New("an event cannot be read: " + err.Error())
		}
		if e.Seq <= *after {
			continue
		}
		*after = e.Seq
		if !use(e) {
			return false, nil
		}
	}
	return false, lines.Err()
}
