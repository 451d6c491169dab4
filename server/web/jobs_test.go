package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/api"
	"wafer/server/store"
)

func TestAJobFromSubmitToDelete(t *testing.T) {
	x := start(t)
	spec := x.spec()
	j := into[api.Job](x, x.want(x.ask("POST", "/api/jobs", spec), 201, `"queued"`))
	if j.Spec.Name != "mood" || j.Seq != 1 {
		t.Errorf("got %+v, expected the name of the recipe", j)
	}
	path := "/api/jobs/" + j.ID
	if list := into[api.Jobs](x, x.ask("GET", "/api/jobs", nil)); len(list.Jobs) != 1 || list.Jobs[0].ID != j.ID {
		t.Errorf("the list is %+v", list)
	}
	x.want(x.ask("DELETE", path, nil), 409, "cancel it first")
	x.want(x.ask("POST", path+"/resume", nil), 409, "resume is not possible for a job that is queued")
	x.want(x.ask("POST", path+"/claim", nil), 404, "nothing at this address")
	for _, step := range []struct{ move, state string }{{"pause", "paused"}, {"resume", "queued"},
		{"cancel", "cancelled"}, {"retry", "queued"}, {"cancel", "cancelled"}} {
		if got := into[api.Job](x, x.ask("POST", path+"/"+step.move, nil)); string(got.Status.State) != step.state {
			t.Errorf("%s: got %s", step.move, got.Status.State)
		}
	}
	x.want(x.ask("DELETE", path, nil), 204, "")
	x.want(x.ask("GET", path, nil), 404, "no such job")
	x.want(x.ask("GET", path+"/events", nil), 404, "no such job")
	x.want(x.ask("POST", path+"/pause", nil), 404, "no such job")
	x.want(x.ask("GET", "/api/jobs/NO.SUCH*", nil), 400, "lower-case")
}

func TestMissingFilesAreNamed(t *testing.T) {
	x := start(t)
	spec := x.spec()
	lost := store.RefOf([]byte("never sent"))
	for i := range 70 { // more than uploads may be under way: asking must not begin them
		spec.Data = append(spec.Data, api.File{Path: fmt.Sprintf("more/%d", i), SHA256: lost.SHA256[:62] +
			fmt.Sprintf("%02x", i), Size: lost.Size})
	}
	spec.Checkpoint = &api.File{SHA256: lost.SHA256, Size: lost.Size}
	got := x.want(x.ask("POST", "/api/jobs", spec), 409, "uploaded first")
	var e api.Error
	if err := json.Unmarshal(got.body, &e); err != nil || len(e.Missing) != 71 || e.Missing[70] != lost.SHA256 {
		t.Errorf("got %v", e.Missing)
	}
}

// A job may name what was uploaded long ago: asking for it makes it as good as new for a collection that is
// just under way and does not know the job yet.
func TestSubmittingKeepsFilesFromTheCollection(t *testing.T) {
	x := start(t)
	spec, forgotten := x.spec(), x.upload([]byte("nobody asks for this"))
	const tick = 20 * time.Millisecond // more than the times of files are late
	time.Sleep(tick)
	since := time.Now()
	time.Sleep(tick)
	x.want(x.ask("POST", "/api/jobs", spec), 201, "")
	c, err := x.o.Store.Collect(t.Context(), since, func(context.Context) (map[string]bool, error) { return nil, nil })
	if err != nil || c.Removed != 1 {
		t.Errorf("got %+v, %v, expected that one content goes", c, err)
	}
	x.want(x.ask("GET", "/api/files/"+spec.Data[0].SHA256, nil), 200, "good")
	x.want(x.ask("GET", "/api/files/"+forgotten.SHA256, nil), 404, "")
}

func TestTheSameKeyGivesTheSameJob(t *testing.T) {
	x := startClosed(t)
	bearer := func(role api.Role) string { return "Bearer " + x.tokens[role] }
	f := store.RefOf(nil)
	path := fmt.Sprintf("/api/files/%s?size=0", f.SHA256)
	x.want(x.ask("POST", path, nil, "Authorization", bearer(api.Submitter)), 200, "")
	x.want(x.ask("PATCH", path, nil, "Authorization", bearer(api.Submitter), "Upload-Offset", "0"), 200, "")
	spec := api.Spec{Recipe: json.RawMessage(moodRecipe), Data: []api.File{{Path: "data/mood.csv", SHA256: f.SHA256}}}
	submit := func(role api.Role, spec api.Spec) reply {
		return x.ask("POST", "/api/jobs", spec, "Authorization", bearer(role), "Idempotency-Key", "monday / 1")
	}
	first := into[api.Job](x, x.want(submit(api.Submitter, spec), 201, ""))
	if again := into[api.Job](x, x.want(submit(api.Submitter, spec), 200, "")); again.ID != first.ID {
		t.Errorf("got another job: %s, %s", first.ID, again.ID)
	}
	if other := into[api.Job](x, x.want(submit(api.Admin, spec), 201, "")); other.ID == first.ID {
		t.Error("another caller's key gave the same job")
	}
	spec.Name = "another"
	x.want(submit(api.Submitter, spec), 409, "another job")
	x.want(x.ask("POST", "/api/jobs", spec, "Authorization", bearer(api.Admin), "Idempotency-Key",
		strings.Repeat("x", 201)), 400, "200 characters")
}

// Everything that may be wrong about a job is told in a sentence.
func TestWrongJobs(t *testing.T) {
	x := start(t)
	good := x.spec()
	teach := func(data ...string) func(*api.Spec) {
		return func(s *api.Spec) {
			r, err := recipe.Teaching{Name: "mine", Base: s.Data[0].SHA256, Kind: task.Image,
				Classes: []string{"a", "b"}, Counts: []int{2, 2}}.Recipe()
			if err != nil {
				t.Fatal(err)
			}
			one := s.Data[0]
			s.Name, s.Recipe, s.Data = "", r.Bytes(), nil
			for _, path := range data {
				one.Path = strings.Replace(path, "BASE", one.SHA256, 1)
				s.Data = append(s.Data, one)
			}
		}
	}
	path := func(p string) func(*api.Spec) { return func(s *api.Spec) { s.Data[0].Path = p } }
	for name, c := range map[string]struct {
		edit  func(*api.Spec)
		words string
	}{
		"nothing": {func(s *api.Spec) { s.Recipe = nil }, "needs a recipe"},
		"recipe": {func(s *api.Spec) { s.Recipe = json.RawMessage(`{"optimizer":{"learningrate":1}}`) },
			"did you mean learning_rate"},
		"recipe without data": {func(s *api.Spec) {
			s.Recipe = json.RawMessage(strings.Replace(moodRecipe, `"train":[{"form":"csv","path":"data/mood.csv"}]`,
				"", 1))
		}, "no files to train on"},
		"unnamed file":    {path("data/other.csv"), `names \"data/mood.csv\"`},
		"absolute path":   {path("/etc/passwd"), "must be relative"},
		"path out":        {path("data/../../x"), "must be relative"},
		"path with a dot": {path("./data/mood.csv"), "must be relative"},
		"backslash":       {path(`data\mood.csv`), "must be relative"},
		"drive":           {path(`C:/mood.csv`), "must be relative"},
		"nul":             {path("data/mood.csv\x00"), "must be relative"},
		"empty path":      {path(""), "must be relative"},
		"long path":       {path(strings.Repeat("a", 513)), "must be relative"},
		"twice": {func(s *api.Spec) { f := s.Data[0]; f.Path = "DATA/mood.csv"; s.Data = append(s.Data, f) },
			"two files have the path"},
		"file and folder": {func(s *api.Spec) { f := s.Data[0]; f.Path = "data"; s.Data = append(s.Data, f) },
			"a file and a folder"},
		"hash":             {func(s *api.Spec) { s.Data[0].SHA256 = "../../x" }, "64 lower-case"},
		"size":             {func(s *api.Spec) { s.Data[0].Size = -1 }, "size of a file"},
		"other size":       {func(s *api.Spec) { s.Data[0].Size++ }, "content with this hash has"},
		"seconds":          {func(s *api.Spec) { s.MaxSeconds = -1 }, "max_seconds"},
		"too many seconds": {func(s *api.Spec) { s.MaxSeconds = 1 << 30 }, "max_seconds"},
		"clone of":         {func(s *api.Spec) { s.CloneOf = "a.b" }, "clone_of"},
		"name":             {func(s *api.Spec) { s.Name = "a\nb" }, "one line"},
		"name turned":      {func(s *api.Spec) { s.Name = "a\u202eb" }, "without marks that turn its direction"},
		"model":            {func(s *api.Spec) { s.Model = "../x" }, "a name is 1 to 64"},
		"shipped model":    {func(s *api.Spec) { s.Model = "digits" }, "came with the server"},
		"checkpoint":       {func(s *api.Spec) { s.Checkpoint = &api.File{SHA256: "x"} }, "64 lower-case"},
		"too many files": {func(s *api.Spec) {
			for i := range 1500 {
				s.Data = append(s.Data, api.File{Path: fmt.Sprint(i)})
			}
		}, "at most 1500 files"},
		"base missing":    {teach("samples.zip"), ".wafer\\\", which is not among"},
		"samples missing": {teach("BASE.wafer"), "samples.zip\\\", which is not among"},
		"another base": {func(s *api.Spec) {
			teach("samples.zip", "BASE.wafer")(s)
			s.Recipe = json.RawMessage(strings.ReplaceAll(string(s.Recipe), s.Data[0].SHA256, strings.Repeat("7", 64)))
			s.Data[1].Path = strings.Repeat("7", 64) + ".wafer"
		}, "is not the model that its name and the recipe say"},
	} {
		t.Run(name, func(t *testing.T) {
			s := good
			s.Data = append([]api.File(nil), good.Data...)
			c.edit(&s)
			got := x.ask("POST", "/api/jobs", s)
			if status := got.status; status != 400 && status != 422 || !strings.Contains(string(got.body), c.words) {
				t.Errorf("got %d %s, expected %q", got.status, got.body, c.words)
			}
		})
	}
	if list := into[api.Jobs](x, x.ask("GET", "/api/jobs", nil)); len(list.Jobs) != 0 {
		t.Errorf("a wrong job was taken: %+v", list)
	}
	teach("samples.zip", "BASE.wafer")(&good)
	if j := into[api.Job](x, x.want(x.ask("POST", "/api/jobs", good), 201, "")); j.Spec.Name != "mine" {
		t.Errorf("the recipe of a taught model: got %+v", j)
	}
	r, err := recipe.Teaching{Name: "grams", Kind: task.Text, Classes: []string{"a", "b"}, Counts: []int{2, 2},
		Solve: true}.Recipe()
	if err != nil {
		t.Fatal(err)
	}
	teach("samples.zip")(&good)
	good.Recipe = r.Bytes()
	if j := into[api.Job](x, x.want(x.ask("POST", "/api/jobs", good), 201, "")); j.Spec.Name != "grams" {
		t.Errorf("the recipe of a model taught without a base: got %+v", j)
	}
}

func TestWrongBodies(t *testing.T) {
	x := start(t)
	for body, c := range map[string]struct {
		status int
		words  string
	}{
		"":                                       {400, "empty"},
		"{":                                      {400, "not the JSON"},
		"[]":                                     {400, "wrong kind"},
		`{"name":7}`:                             {400, "wrong kind"},
		`{"nam":"x"}`:                            {400, "nam"},
		`{"name":"x"} {}`:                        {400, "behind the JSON"},
		"\x1f\x8b\x08\x00":                       {400, "not the JSON"},
		strings.Repeat("[", 100_000):             {400, ""},
		`"` + strings.Repeat("x", 600<<10) + `"`: {413, "too large"},
	} {
		x.want(x.ask("POST", "/api/jobs", body), c.status, c.words)
	}
	// A body of unknown length that does not end.
	x.want(x.ask("POST", "/api/jobs", endless{}), 413, "at most")
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

// A submitter may name a model, but not take the name of one that is there.
func TestOnlyAnAdminReplacesAModel(t *testing.T) {
	x := startClosed(t)
	f := store.RefOf([]byte("weights"))
	if err := x.o.Store.Put(t.Context(), f, strings.NewReader("weights")); err != nil {
		t.Fatal(err)
	}
	if err := x.o.Store.SetName(t.Context(), store.Manifest{Name: "taken", File: f, Created: time.Now()},
		store.Any); err != nil {
		t.Fatal(err)
	}
	spec := api.Spec{Recipe: json.RawMessage(moodRecipe), Data: []api.File{{Path: "data/mood.csv", SHA256: f.SHA256,
		Size: f.Size}}, Model: "taken"}
	as := func(role api.Role) reply {
		return x.ask("POST", "/api/jobs", spec, "Authorization", "Bearer "+x.tokens[role])
	}
	x.want(as(api.Submitter), 403, "only an admin")
	replaces := func(r reply) (j api.Job) {
		if err := json.Unmarshal(x.want(r, 201, "").body, &j); err != nil {
			t.Fatal(err)
		}
		return j
	}
	if !replaces(as(api.Admin)).Spec.Replace {
		t.Error("the job of an admin may not replace the model")
	}
	spec.Model, spec.Replace = "free", true // which only the server may say
	if replaces(as(api.Submitter)).Spec.Replace {
		t.Error("somebody who is no admin may replace what gets the name meanwhile")
	}
}
