package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"wafer/nn/task"
	"wafer/server/api"
)

// run does a job as a worker would: progress, log lines, and success.
func (x *site) run(steps int) {
	x.Helper()
	c, err := x.o.Queue.Claim(x.Context(), "worker")
	if err != nil {
		x.Error(err)
		return
	}
	for i := range steps {
		c.Progress(task.Progress{Phase: task.Training, Epoch: i + 1, Epochs: steps, EpochEnd: true,
			Note: strings.Repeat("x", 100)})
		c.Log(fmt.Sprintf("epoch %d", i+1))
	}
	if err := c.Succeed(x.Context(), api.Result{RecipeHash: "r"}); err != nil {
		x.Error(err)
	}
}

// sent is one server-sent event as it came.
type sent struct {
	id   string
	data api.Event
}

// listen reads events until the stream ends or use says so.
func (x *site) listen(id string, after string, use func(sent) bool) (status int) {
	x.Helper()
	ctx, cancel := context.WithCancel(x.Context())
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", x.url+"/api/jobs/"+id+"/events", nil)
	if err != nil {
		x.Fatal(err)
	}
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		x.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		return res.StatusCode
	}
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		x.Errorf("the type of the stream is %q", got)
	}
	var e sent
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch {
		case field == "id":
			e.id = value
		case field == "data":
			e.data = api.Event{}
			if err := json.Unmarshal([]byte(value), &e.data); err != nil {
				x.Errorf("%v in %s", err, value)
			}
		case lines.Text() == "" && e.id != "":
			if !use(e) {
				return 200
			}
			e = sent{}
		}
	}
	return 200
}

func TestEventsComeAsTheyHappenAndEnd(t *testing.T) {
	x := start(t)
	j := x.submitted()
	go x.run(5)
	var last uint64
	status := x.listen(j.ID, "", func(e sent) bool {
		if e.data.Seq != last+1 || e.id != fmt.Sprint(e.data.Seq) {
			t.Errorf("event %s is %d, after %d", e.id, e.data.Seq, last)
		}
		last = e.data.Seq
		return true
	})
	end := into[api.Job](x, x.ask("GET", "/api/jobs/"+j.ID, nil))
	if status != 200 || end.Status.State != api.Succeeded || last != end.Seq {
		t.Errorf("the stream ended with event %d (%d), the job stands at %d, %s", last, status, end.Seq,
			end.Status.State)
	}
	for after, want := range map[string]int{fmt.Sprint(end.Seq): 204, fmt.Sprint(end.Seq + 1): 400, "-1": 400, "x": 400,
		"99999999999999999999": 400} {
		if got := x.ask("GET", "/api/jobs/"+j.ID+"/events", nil, "Last-Event-ID", after); got.status != want {
			t.Errorf("after %s: got %d %s, expected %d", after, got.status, got.body, want)
		}
	}
	if got := x.ask("GET", fmt.Sprintf("/api/jobs/%s/events?after=%d", j.ID, end.Seq), nil); got.status != 204 {
		t.Errorf("?after: got %d", got.status)
	}
}

// A connection that breaks after any event, and a client that comes back as an EventSource does, get every
// event once.
func TestReconnectingAtEveryCutLosesAndRepeatsNothing(t *testing.T) {
	x := start(t)
	j := x.submitted()
	x.run(12)
	end := into[api.Job](x, x.ask("GET", "/api/jobs/"+j.ID, nil)).Seq
	for length := 1; length <= int(end); length++ { // events per connection
		var got []uint64
		after := ""
		for status := 200; status == 200; {
			left := length
			status = x.listen(j.ID, after, func(e sent) bool {
				got, after, left = append(got, e.data.Seq), e.id, left-1
				return left > 0
			})
			if len(got) > int(end) {
				break
			}
		}
		for i, seq := range got {
			if seq != uint64(i)+1 {
				t.Fatalf("%d events a connection: got %v", length, got)
			}
		}
		if len(got) != int(end) {
			t.Fatalf("%d events a connection: got %d of %d", length, len(got), end)
		}
	}
}

// A job that was retried has a final event in the middle, and the stream goes on.
func TestAStreamGoesOnAfterARetry(t *testing.T) {
	x := start(t)
	j := x.submitted()
	for _, move := range []string{"cancel", "retry", "cancel"} {
		x.want(x.ask("POST", "/api/jobs/"+j.ID+"/"+move, nil), 200, "")
	}
	var kinds []string
	x.listen(j.ID, "", func(e sent) bool { kinds = append(kinds, string(e.data.Kind)); return true })
	if got := strings.Join(kinds, " "); got != "submit cancel retry cancel" {
		t.Errorf("got %s", got)
	}
}

func TestAHeadRequestDoesNotFollow(t *testing.T) {
	x := start(t)
	if got := x.ask("HEAD", "/api/jobs/"+x.submitted().ID+"/events", nil); got.status != 200 ||
		got.header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("got %d %v", got.status, got.header)
	}
}

func TestQuietStreamsAreKeptAlive(t *testing.T) {
	x := start(t, func(s *server) { s.beat = time.Millisecond })
	j := x.submitted()
	res, err := http.Get(x.url + "/api/jobs/" + j.ID + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines, comments := bufio.NewScanner(res.Body), 0
	for comments < 3 && lines.Scan() {
		if strings.HasPrefix(lines.Text(), ":") {
			comments++
		}
	}
	if comments < 3 {
		t.Errorf("got %d comments: %v", comments, lines.Err())
	}
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	stop := make(chan struct{})
	x := start(t, func(s *server) { s.o.Stop = stop })
	j := x.submitted()
	x.listen(j.ID, "", func(sent) bool { close(stop); return true })
	x.want(x.ask("GET", "/api/jobs/"+j.ID+"/events", nil), 503, "stopping")
	x.want(x.ask("POST", "/api/jobs", x.spec()), 503, "stopping")
	if got := x.ask("GET", "/readyz", nil); got.status != 503 || !strings.Contains(string(got.body), "stopping") {
		t.Errorf("/readyz: got %d %s", got.status, got.body)
	}
}

// Who does not read loses the connection, nobody else does, and the rest is there when the reader comes back.
func TestASlowReaderOnlyLosesItsOwnConnection(t *testing.T) {
	x := start(t, func(s *server) { s.eventTime = 50 * time.Millisecond })
	j := x.submitted()
	conn, err := net.Dial("tcp", strings.TrimPrefix(x.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /api/jobs/%s/events HTTP/1.1\r\nHost: localhost\r\n\r\n", j.ID)
	for ; x.streams.count() != 1; time.Sleep(time.Millisecond) {
	}
	c, err := x.o.Queue.Claim(t.Context(), "worker")
	if err != nil {
		t.Fatal(err)
	}
	for i := uint64(0); x.streams.count() == 1; i++ { // more than the buffers between hold
		c.Progress(task.Progress{Epoch: int(i), EpochEnd: true, Note: strings.Repeat("x", 32<<10)})
		for seq := uint64(0); seq <= i; time.Sleep(time.Millisecond / 10) {
			j, err := x.o.Queue.Job(t.Context(), j.ID)
			if err != nil {
				t.Fatal(err)
			}
			seq = j.Seq
		}
		if i > 1500 {
			t.Fatal("the server waits for a reader that does not read")
		}
	}
	if err := c.Succeed(t.Context(), api.Result{}); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	text, err := io.ReadAll(conn)
	var late net.Error
	if errors.As(err, &late) && late.Timeout() {
		t.Fatal("the connection is still open")
	}
	whole := string(text[:strings.LastIndex(string(text), "\n\n")+1])
	last, end := strings.LastIndex(whole, "id: "), into[api.Job](x, x.ask("GET", "/api/jobs/"+j.ID, nil)).Seq
	id, _, _ := strings.Cut(whole[last+4:], "\n")
	next, got := uint64(0), 0
	x.listen(j.ID, id, func(e sent) bool { next, got = e.data.Seq, got+1; return true })
	var seen uint64
	fmt.Sscan(id, &seen)
	if next != end || uint64(got) != end-seen {
		t.Errorf("after event %s it got %d more up to %d, the job has %d", id, got, next, end)
	}
}

// A stream ends when its token is removed, whether anything happens or not.
func TestAStreamEndsWithItsToken(t *testing.T) {
	for name, happens := range map[string]bool{"an event": true, "silence": false} {
		t.Run(name, func(t *testing.T) {
			x := startClosed(t, func(s *server) {
				if s.beat = time.Hour; !happens {
					s.beat = 10 * time.Millisecond
				}
			})
			j, err := x.o.Queue.Submit(t.Context(), "", api.Spec{Recipe: json.RawMessage(moodRecipe)})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			r, err := http.NewRequestWithContext(ctx, "GET", x.url+"/api/jobs/"+j.ID+"/events", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+x.tokens[api.Reader])
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			lines := bufio.NewScanner(res.Body)
			for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") {
			}
			if err := x.o.Tokens.Remove(string(api.Reader), false); err != nil {
				t.Fatal(err)
			}
			if happens {
				if _, err := x.o.Queue.Move(t.Context(), j.ID, api.Cancel); err != nil {
					t.Fatal(err)
				}
			}
			for lines.Scan() {
				if strings.HasPrefix(lines.Text(), "data: ") {
					t.Errorf("got %s", lines.Text())
				}
			}
			if ctx.Err() != nil {
				t.Error("the stream goes on")
			}
		})
	}
}
