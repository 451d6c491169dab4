package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wafer/server/api"
	"wafer/server/broker"
	"wafer/server/broker/brokertest"
	"wafer/server/queue"
)

// withQueue gives a server another queue.
func withQueue(t *testing.T, o queue.Options) func(*server) {
	return withQueueOn(t, brokertest.Embedded(t), o)
}

func withQueueOn(t *testing.T, b *broker.Broker, o queue.Options) func(*server) {
	return func(s *server) {
		var err error
		if s.o.Queue, err = queue.Open(t.Context(), b.Conn, o); err != nil {
			t.Fatal(err)
		}
		s.queue.queue = s.o.Queue
	}
}

// A list has pages, and of every job only what lists show, however long its description is.
func TestTheListOfJobsIsShort(t *testing.T) {
	x := start(t)
	spec := x.spec()
	spec.Recipe = json.RawMessage(strings.Replace(moodRecipe, `"seed":5,`,
		`"seed":5,"card":{"about":"`+strings.Repeat("long ", 40_000)+`"},`, 1))
	var ids []string
	for i := range 7 {
		spec.Name = fmt.Sprint("job ", i)
		ids = append([]string{into[api.Job](x, x.ask("POST", "/api/jobs", spec)).ID}, ids...)
	}
	got := x.ask("GET", "/api/jobs", nil)
	if all := into[api.Jobs](x, got); len(got.body) > 7*1000 || len(all.Jobs) != 7 || all.Total != 7 || all.Next != "" {
		t.Errorf("the list has %d bytes and %d jobs of %d, next %q; expected 7 short ones", len(got.body),
			len(all.Jobs), all.Total, all.Next)
	}
	var listed []string
	for after, pages := "", 0; ; pages++ {
		page := into[api.Jobs](x, x.ask("GET", "/api/jobs?limit=3&after="+after, nil))
		for _, j := range page.Jobs {
			listed = append(listed, j.ID)
		}
		if after = page.Next; after == "" || pages > 3 {
			break
		}
		if pages == 0 { // the last of a page goes before the next is asked for
			x.want(x.ask("POST", "/api/jobs/"+listed[2]+"/cancel", nil), 200, "")
			x.want(x.ask("DELETE", "/api/jobs/"+listed[2], nil), 204, "")
		}
	}
	if fmt.Sprint(listed) != fmt.Sprint(ids) {
		t.Errorf("the pages list %q, expected %q", listed, ids)
	}
	if j := into[api.Job](x, x.ask("GET", "/api/jobs/"+ids[0], nil)); len(j.Spec.Recipe) < 200_000 {
		t.Errorf("a job by itself has a recipe of %d bytes, expected all of it", len(j.Spec.Recipe))
	}
	x.want(x.ask("GET", "/api/jobs?limit=0", nil), 400, "limit must be from 1 to 1000, found 0")
	x.want(x.ask("GET", "/api/jobs?after=x", nil), 400, "what the page before had as next")
}

// One caller's jobs that have not ended are bounded; another's are taken all the same.
func TestACallerHasAShareOfTheQueue(t *testing.T) {
	x := startClosed(t, withQueue(t, queue.Options{MaxOpen: 3}))
	as := func(role api.Role) []string { return []string{"Authorization", "Bearer " + x.tokens[role]} }
	content := []byte("good,what a day\nbad,what a night\n")
	f := x.upload(content, as(api.Submitter)...)
	f.Path = "data/mood.csv"
	spec := api.Spec{Recipe: json.RawMessage(moodRecipe), Data: []api.File{f}, By: "somebody else"}
	var last api.Job
	for range 3 {
		if last = into[api.Job](x, x.ask("POST", "/api/jobs", spec, as(api.Submitter)...)); last.Spec.By != "submit" {
			t.Errorf("handed in by %q, expected the name of the token", last.Spec.By)
		}
	}
	refused := x.want(x.ask("POST", "/api/jobs", spec, as(api.Submitter)...), 429, "one caller's")
	if refused.header.Get("Retry-After") == "" {
		t.Error("it is not said when to try again")
	}
	x.want(x.ask("POST", "/api/jobs", spec, as(api.Admin)...), 201, "")
	x.want(x.ask("POST", "/api/jobs/"+last.ID+"/cancel", nil, as(api.Submitter)...), 200, "")
	time.Sleep(2100 * time.Millisecond) // for which a count is good
	x.want(x.ask("POST", "/api/jobs", spec, as(api.Submitter)...), 201, "")
}

// A queue that is nearly full takes no more, says so to whoever asks whether it is ready, and lets accepted jobs end.
func TestRoomIsKeptForTheEndsOfJobs(t *testing.T) {
	x := start(t, withQueue(t, queue.Options{MaxBytes: 1 << 20}))
	spec := x.spec()
	spec.Recipe = json.RawMessage(strings.Replace(moodRecipe, `"seed":5,`,
		`"seed":5,"card":{"about":"`+strings.Repeat("long ", 30_000)+`"},`, 1))
	var got reply
	for range 10 {
		if got = x.ask("POST", "/api/jobs", spec); got.status != 201 {
			break
		}
	}
	x.want(got, 507, "the room for jobs is used up")
	spec.Recipe = json.RawMessage(moodRecipe)
	for got = x.ask("POST", "/api/jobs", spec); got.status == 201; got = x.ask("POST", "/api/jobs", spec) {
	}
	x.want(got, 507, "the room for jobs is used up")
	for {
		c, err := x.o.Queue.Claim(t.Context(), "anna")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Succeed(t.Context(), api.Result{Report: json.RawMessage(`"` + strings.Repeat("x", 5000) +
			`"`)}); err != nil {
			t.Fatal(err)
		}
		if l, err := x.o.Queue.List(t.Context()); err != nil {
			t.Fatal(err)
		} else if l.Jobs[0].Status.State == api.Succeeded { // the newest
			break
		}
	}
	if err := x.o.Queue.Answers(t.Context()); err == nil {
		if got := x.ask("GET", "/readyz", nil); got.status != 200 {
			t.Errorf("ready: %d %s", got.status, got.body)
		}
	} else if got := x.ask("GET", "/readyz", nil); got.status != 503 {
		t.Errorf("ready: %d %s, expected 503", got.status, got.body)
	}
}

// A job that cannot be read is named in the list and in the log, keeps the server from being ready, and costs no other.
func TestADamagedJobIsNamed(t *testing.T) {
	b := brokertest.Embedded(t)
	said, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	x := start(t, withQueueOn(t, b, queue.Options{Log: slog.New(slog.NewTextHandler(said, nil))}))
	x.want(x.ask("GET", "/readyz", nil), 200, "")
	for _, name := range []string{"good", "ruined"} {
		spec := x.spec()
		spec.Name = name
		j := into[api.Job](x, x.ask("POST", "/api/jobs", spec))
		if name == "good" {
			continue
		}
		if err := b.Conn.Publish("wafer.jobs."+j.ID+".event", []byte(`{"seq":`)); err != nil {
			t.Fatal(err)
		}
		if err := b.Conn.Flush(); err != nil {
			t.Fatal(err)
		}
		l := into[api.Jobs](x, x.ask("GET", "/api/jobs", nil))
		if len(l.Jobs) != 1 || l.Jobs[0].Spec.Name != "good" || !slices.Equal(l.Damaged, []string{j.ID}) {
			t.Errorf("got %+v, expected the good job and that %s is damaged", l, j.ID)
		}
		x.want(x.ask("GET", "/api/jobs/"+j.ID, nil), 503, "cannot be read")
		if text, err := os.ReadFile(said.Name()); !strings.Contains(string(text), j.ID) {
			t.Errorf("the log does not name %s:\n%s%v", j.ID, text, err)
		}
	}
	x.server.queue.asked = time.Time{}
	if got := x.ask("GET", "/readyz", nil); got.status != 503 || !strings.Contains(string(got.body), "cannot be read") {
		t.Errorf("ready: %d %s, expected 503 that says why", got.status, got.body)
	}
}
