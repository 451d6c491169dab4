package page

import (
	"strings"
	"testing"
	"time"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/jobs"
	"wafer/app/state"
	"wafer/nn/json"
	"wafer/nn/task"
	"wafer/server/api"
)

// asCaller is the page's state with a server that takes jobs of somebody with a role.
func asCaller(role api.Role) state.State {
	return state.State{Server: state.ServerState{Server: api.Server{Jobs: true, Role: role}, Known: true}}
}

// jobIn is a job in a state, with a recipe that taught nothing in this page.
func jobIn(id string, s api.State) api.Job {
	return api.Job{ID: id, Spec: api.Spec{Name: "Job " + id, Recipe: json.RawMessage(`{"name":"r"}`)},
		Created: time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC), Status: api.Status{State: s, Attempt: 1}}
}

func jobsPage(t *testing.T) *Jobs {
	t.Helper()
	return &Jobs{Pages: opened(t)}
}

// A page that stays empty does not say whether the server is asked, away, without jobs, closed to the caller or idle.
func TestThePageOfJobsSaysWhyThereAreNone(t *testing.T) {
	p := jobsPage(t)
	closed := asCaller(api.Nobody)
	away := state.State{Server: state.ServerState{Trouble: "it is off"}}
	for want, now := range map[string]struct {
		st state.State
		s  jobs.State
	}{
		T("jobs.asking"):                   {st: state.State{}},
		T("jobs.unreachable", "it is off"): {st: away},
		T("jobs.none"):                     {st: state.State{Server: state.ServerState{Known: true}}},
		`id="` + tokenID + `"`:             {st: closed},
		T("jobs.empty"):                    {st: asCaller(api.Reader), s: jobs.State{Loaded: true}},
	} {
		if html := app.HTMLString(app.Div().Body(p.body(now.st, now.s))); !strings.Contains(html, want) {
			t.Errorf("expected %q in\n%s", want, html)
		}
	}
}

// What a caller may not do must not be offered: the button would only fail.
func TestAJobOffersWhatItsStateAndTheCallersRoleAllow(t *testing.T) {
	p := jobsPage(t)
	keys := []string{"jobs.move.pause", "jobs.move.resume", "jobs.move.cancel", "jobs.move.retry", "jobs.bring",
		"jobs.clone", "jobs.delete"}
	for _, c := range []struct {
		state api.State
		role  api.Role
		want  string
	}{
		{api.Running, api.Reader, ""},
		{api.Running, api.Submitter, "jobs.move.pause jobs.move.cancel jobs.clone"},
		{api.Paused, api.Submitter, "jobs.move.resume jobs.move.cancel jobs.clone"},
		{api.Failed, api.Submitter, "jobs.move.retry jobs.clone"},
		{api.Failed, api.Admin, "jobs.move.retry jobs.clone jobs.delete"},
		{api.Succeeded, api.Reader, "jobs.bring"},
		{api.Succeeded, api.Admin, "jobs.bring jobs.clone jobs.delete"},
	} {
		html := app.HTMLString(p.tools(asCaller(c.role), jobs.State{}, jobIn("a", c.state)))
		var offered []string
		for _, key := range keys {
			if strings.Contains(html, ">"+T(key)+"<") {
				offered = append(offered, key)
			}
		}
		if got := strings.Join(offered, " "); got != c.want {
			t.Errorf("a job that is %s offers to a caller who may %s: %q, expected %q", c.state, c.role, got, c.want)
		}
	}
}

// The reason of a failure, the numbers and the hashes are what people open a job for.
func TestOneJobShowsWhatCameOfIt(t *testing.T) {
	p := jobsPage(t)
	failed, done := jobIn("f", api.Failed), jobIn("d", api.Succeeded)
	failed.Status.Error = "the loss became infinite"
	done.Status.Result = &api.Result{File: api.File{Size: 5_000_000, SHA256: "abc"}, WeightsHash: "weights-1",
		RecipeHash: "recipe-1", DataHash: "data-1", Metrics: map[string]float64{"test_accuracy": 0.875}}
	done.Status.Started, done.Status.Ended = done.Created, done.Created.Add(90*time.Second)
	s := jobs.State{Loaded: true, List: []api.Job{failed, done}, Runs: map[string]jobs.Run{
		"d": {Curve: []task.Progress{{Loss: 1, Accuracy: 0.5}, {Loss: 0.5, Accuracy: 0.75}},
			Log: []jobs.LogLine{{Time: done.Created, Text: "12 samples were left out"}}}}}
	show := func(id string) string {
		s.Open = id
		return app.HTMLString(app.Div().Body(p.body(asCaller(api.Admin), s)))
	}
	expect(t, show("f"), "Job f", "the loss became infinite", `role="alert"`)
	expect(t, show("d"), "Job d", "87.5%", "weights-1", "recipe-1", "data-1", "12 samples were left out", "<svg",
		`aria-labelledby="job-title"`, `role="status"`)
	expect(t, show("gone"), T("jobs.asking"))
	s.Runs["gone"] = jobs.Run{Trouble: "404"}
	expect(t, show("gone"), T("jobs.missing"), T("jobs.missing.how", "404"))
}

// Filters count all jobs, and a filter that leaves none says so and keeps the table's place.
func TestTheListIsFilteredByState(t *testing.T) {
	p := jobsPage(t)
	s := jobs.State{Loaded: true, Total: 3, List: []api.Job{jobIn("1", api.Running), jobIn("2", api.Running),
		jobIn("3", api.Failed)}, Filter: api.Failed, Picked: []string{"1", "2"}}
	html := app.HTMLString(p.list(asCaller(api.Reader), s))
	expect(t, html, `<span class="count">3</span>`, `<span class="count">2</span>`, `<span class="count">1</span>`,
		`aria-current`, "Job 3", T("jobs.compare", 2), jobs.ComparePlace(s.Picked))
	if strings.Contains(html, "Job 1") {
		t.Error("the list of failed jobs has one that runs")
	}
	s.Filter = api.Paused
	html = app.HTMLString(p.list(asCaller(api.Reader), s))
	if expect(t, html, T("jobs.empty.filter"), "jobs-table"); strings.Contains(html, `hidden="false"`) {
		t.Error("a table without rows is shown")
	}
}

// A comparison says that two runs are the same only where their weights are.
func TestJobsSideBySide(t *testing.T) {
	a, b := jobIn("a", api.Succeeded), jobIn("b", api.Succeeded)
	a.Status.Result, b.Status.Result = &api.Result{WeightsHash: "w"}, &api.Result{WeightsHash: "w"}
	s := jobs.State{List: []api.Job{a, b}, Compare: []string{"a", "b"}, Runs: map[string]jobs.Run{
		"a": {Curve: []task.Progress{{Accuracy: 0.5}}}, "b": {}}}
	expect(t, app.HTMLString(side(s)), "Job a", "Job b", "curve-0", "curve-1", T("jobs.side.same"))
	b.Status.Result.WeightsHash = "v"
	if html := app.HTMLString(side(s)); strings.Contains(html, T("jobs.side.same")) {
		t.Error("jobs of different weights are called the same")
	}
}
