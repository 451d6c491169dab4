package e2e

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"wafer/server/web"
)

// plainGo builds the site without what leans on one version of Go: the Go that go.mod asks for at least.
const plainGo = "go1.26.8"

// plainSite is a server of the site that tools/build -plain makes with plainGo.
func plainSite(t *testing.T) *server {
	t.Helper()
	need(t)
	dir := t.TempDir()
	for _, name := range []string{"css", "js", "icons", "samples", "models"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(root(), "static", name))); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", "./tools/build", "-plain", "-quality", "0", "-site", filepath.Join(dir, "site"))
	cmd.Dir, cmd.Env = root(), append(os.Environ(), "GOTOOLCHAIN="+plainGo, "GOEXPERIMENT=")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tools/build -plain: %v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	h, err := web.New(web.Options{Files: os.DirFS(dir), Log: slog.New(slog.DiscardHandler), Open: true,
		Stop: ctx.Done()})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return &server{url: s.URL}
}

// The programs that another Go makes without our patches start, and answer as the others do.
func TestThePlainSiteAnswers(t *testing.T) {
	p := open(t, plainSite(t), "/?model=digits")
	p.click("Sample picture 8")
	p.waitFor("an answer of 7", `document.querySelector(".answer .label")?.innerText == "7"`)
}
