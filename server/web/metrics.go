package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wafer/server/api"
)

// meters are what /metrics shows.
type meters struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	handler  http.Handler
}

// scrapeTime bounds how long a scrape asks for the state of things.
const scrapeTime = 5 * time.Second

// newMeters registers everything once. Labels come from closed lists only (routes, methods, statuses, states), so that
// no client can make up more of them.
func (s *server) newMeters() *meters {
	m := &meters{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wafer_http_requests_total",
			Help: "Requests by route, method and status."},
			[]string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wafer_http_request_seconds",
			Help:    "Time to answer, without event streams.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"route"}),
	}
	r := prometheus.NewRegistry()
	r.MustRegister(m.requests, m.seconds, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("wafer_event_streams", "Event streams that are open.", func() float64 { return float64(s.streams.count()) })
	gauge("wafer_transfers", "Uploads and predictions whose bodies are being read or answered.",
		func() float64 { return float64(s.transfers.count()) })
	gauge("wafer_models_open", "Models that are open for predictions.",
		func() float64 { n, _ := s.pool.Open(); return float64(n) })
	gauge("wafer_models_open_bytes", "Memory of open models.",
		func() float64 { _, b := s.pool.Open(); return float64(b) })
	if s.o.Queue != nil {
		r.MustRegister(state{s})
	}
	m.handler = promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: 2,
		ErrorHandling: promhttp.ContinueOnError})
	return m
}

// count adds a request that was answered.
func (m *meters) count(r *http.Request, status int, took time.Duration) {
	route := r.Pattern
	if route == "" {
		route = "none"
	}
	if status == 0 {
		status = 499 // the client was gone, or the connection was broken on purpose
	}
	m.requests.WithLabelValues(route, method(r.Method), strconv.Itoa(status)).Inc()
	if route != eventsRoute {
		m.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// method keeps what clients make up out of the labels.
func method(name string) string {
	switch name {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return name
	}
	return "other"
}

// state collects what queue and store hold when it is asked.
type state struct{ s *server }

var (
	jobsDesc  = prometheus.NewDesc("wafer_jobs", "Jobs by state.", []string{"state"}, nil)
	queueDesc = prometheus.NewDesc("wafer_queue_length", "Jobs that wait for a worker.", nil, nil)
	bytesDesc = prometheus.NewDesc("wafer_store_bytes", "Size of everything in the store.", nil, nil)
	readyDesc = prometheus.NewDesc("wafer_ready", "1 when new work is taken.", nil, nil)
)

// Describe is prometheus.Collector's.
func (c state) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{jobsDesc, queueDesc, bytesDesc, readyDesc} {
		to <- d
	}
}

// Collect asks queue and store, five seconds at most. What cannot be found out is reported as invalid; the rest of the
// scrape stands.
func (c state) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	if jobs, err := c.s.o.Queue.List(ctx); err == nil {
		count := map[api.State]int{api.Queued: 0, api.Running: 0, api.Paused: 0, api.Succeeded: 0, api.Failed: 0,
			api.Cancelled: 0}
		for _, j := range jobs.Jobs {
			count[j.Status.State]++
		}
		for state, n := range count {
			gauge(jobsDesc, float64(n), string(state))
		}
		gauge(queueDesc, float64(count[api.Queued]))
	} else {
		to <- prometheus.NewInvalidMetric(jobsDesc, err)
	}
	if bytes, err := c.s.o.Store.Used(ctx); err == nil {
		gauge(bytesDesc, float64(bytes))
	} else {
		to <- prometheus.NewInvalidMetric(bytesDesc, err)
	}
	ready := 1.0
	if c.s.o.Ready() != nil || c.s.queue.answers() != nil {
		ready = 0
	}
	gauge(readyDesc, ready)
}

// metrics answers in Prometheus' text format, two scrapes at once at most.
func (s *server) metrics(w http.ResponseWriter, r *http.Request, _ caller) error {
	s.meters.handler.ServeHTTP(w, r)
	return nil
}
