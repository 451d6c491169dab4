package e2e

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// token makes one, whereupon the server wants one of every caller.
func (s *server) token(t *testing.T, name, role string) string {
	t.Helper()
	path, err := wafer()
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(path, "token", "-data", s.data, "-role", role, "add", name).Output()
	if err != nil {
		t.Fatalf("wafer token add: %v", err)
	}
	return strings.TrimSpace(string(out))
}

func TestJobsAreForThoseWhoSignIn(t *testing.T) {
	s := startServer(t)
	reader, submitter := s.token(t, "reader", "read"), s.token(t, "submitter", "submit")
	p := open(t, s, "/jobs")
	p.expect("401") // a wrong token
	p.expect("403")
	p.waitText("Sign in to this server")
	p.click("Sign in")
	p.waitText("Paste the token")
	p.fill("Token", "not-a-token")
	p.press(kb.Enter)
	p.waitText("That did not work")
	p.fill("Token", reader)
	p.press(kb.Enter)
	p.waitText("No jobs yet")
	p.reload()
	p.waitText("No jobs yet") // still signed in

	p.clickRole("link", "Teach")
	p.waitFor("what was kept", keptIsHere)
	p.fillTextClasses()
	p.click("Details")
	p.lastLayer()
	p.trained()
	p.click("Train on the server")
	p.waitFor("the sheet", `document.querySelector("dialog[open]")`)
	p.click("Send and train")
	p.waitText("takes jobs only from people who are signed in")
	p.press(kb.Escape)
	p.waitFor("the sheet to go", `!document.querySelector("dialog")`)

	p.clickRole("link", "Jobs")
	p.click("Sign out")
	p.waitText("Sign in to this server")
	p.fill("Token", submitter)
	p.press(kb.Enter)
	p.waitText("No jobs yet")
	p.clickRole("link", "Teach")
	p.click("Train on the server")
	p.waitFor("the sheet", `document.querySelector("dialog[open]")`)
	p.click("Send and train")
	p.bring()
	p.trained()
}
