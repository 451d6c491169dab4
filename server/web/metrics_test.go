package web

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"wafer/server/broker"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
)

func TestMetrics(t *testing.T) {
	x := start(t)
	a, b := x.submitted(), x.submitted()
	x.want(x.ask("POST", "/api/jobs/"+b.ID+"/cancel", nil), 200, "")
	x.want(x.ask("GET", "/api/jobs/nosuchjob", nil), 404, "")
	x.ask("BREW", "/api/jobs", nil)
	got := ""
	x.listen(a.ID, "", func(sent) bool { got = string(x.ask("GET", "/metrics", nil).body); return false })
	for _, line := range []string{
		`wafer_jobs{state="queued"} 1`, `wafer_jobs{state="cancelled"} 1`, `wafer_jobs{state="running"} 0`,
		"wafer_queue_length 1",
		"wafer_event_streams 1", "wafer_ready 1",
		`wafer_http_requests_total{method="POST",route="POST /api/jobs",status="201"} 2`,
		`wafer_http_requests_total{method="GET",route="GET /api/jobs/{id}",status="404"} 1`, `method="other"`,
		`wafer_http_request_seconds_count{route="POST /api/jobs"} 2`, "go_goroutines",
	} {
		if !strings.Contains(got, line) {
			t.Errorf("the metrics lack %s", line)
		}
	}
	var bytes float64
	if at := strings.Index(got, "\nwafer_store_bytes "); at < 0 {
		t.Error("the metrics lack the size of the store")
	} else if fmt.Sscan(got[at+len("\nwafer_store_bytes "):], &bytes); bytes < 32 {
		t.Errorf("the store has %v bytes", bytes)
	}
	if strings.Contains(got, `wafer_http_request_seconds_count{route="GET /api/jobs/{id}/events"`) {
		t.Error("the time of a stream counts as one to answer")
	}
}

func TestAServerThatIsNotReadySaysWhy(t *testing.T) {
	why := broker.ErrFull
	x := start(t, func(s *server) { s.o.Ready = func() error { return why } })
	got := x.ask("GET", "/readyz", nil)
	if got.status != 507 && got.status != 503 || !strings.Contains(string(got.body), "disk space") {
		t.Errorf("full: got %d %s", got.status, got.body)
	}
	why = errors.New("nats://secret:4222 is gone")
	if got := x.ask("GET", "/readyz", nil); got.status != 503 || strings.Contains(string(got.body), "secret") {
		t.Errorf("no connection: got %d %s", got.status, got.body)
	}
	if got := x.ask("GET", "/healthz", nil); got.status != 200 {
		t.Errorf("it is alive: got %d", got.status)
	}
	if !strings.Contains(string(x.ask("GET", "/metrics", nil).body), "wafer_ready 0") {
		t.Error("the metrics say that it is ready")
	}
}

// A server whose connection stands can still be without its jobs.
func TestAServerWhoseQueueDoesNotAnswerIsNotReady(t *testing.T) {
	b := brokertest.Embedded(t)
	q, err := queue.Open(t.Context(), b.Conn, queue.Options{Name: "gone"})
	if err != nil {
		t.Fatal(err)
	}
	x := start(t, func(s *server) { s.queue.queue = q })
	x.want(x.ask("GET", "/readyz", nil), 200, "")
	js, err := jetstream.New(b.Conn)
	if err == nil {
		err = js.DeleteStream(t.Context(), "gone_jobs")
	}
	if err != nil {
		t.Fatal(err)
	}
	x.queue.mu.Lock()
	x.queue.asked = time.Time{} // a second later
	x.queue.mu.Unlock()
	if got := x.ask("GET", "/readyz", nil); got.status != 503 ||
		!strings.Contains(string(got.body), "cannot reach its data") {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if !strings.Contains(string(x.ask("GET", "/metrics", nil).body), "wafer_ready 0") {
		t.Error("the metrics say that it is ready")
	}
	x.want(x.ask("GET", "/healthz", nil), 200, "")
}
