package page

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/state"
)

// What the browser answered when it was asked to keep what the page has stored is told once there is something.
func TestTheBrowsersAnswerIsShown(t *testing.T) {
	for safe, want := range map[state.Safety]string{state.Promised: T("kept.safe"), state.AtRisk: T("kept.unsafe"),
		state.SafetyUnknown: ""} {
		for _, any := range []bool{true, false} {
			html := app.HTMLString(safety(state.State{Safe: safe}, any))
			if any && want != "" {
				expect(t, html, app.HTMLString(app.P().Class("hint").Text(want)))
			} else if strings.Contains(html, "<p") {
				t.Errorf("answer %q, something to keep: %v: the page shows %s, expected nothing", safe, any, html)
			}
		}
	}
}

// The button that installs the page is there where the browser offers to.
func TestTheInstallButton(t *testing.T) {
	for _, offers := range []bool{true, false} {
		html := app.HTMLString((&bar{install: offers}).Render())
		if got := strings.Contains(html, `id="install"`); got != offers {
			t.Errorf("the browser offers to install: %v, the button is there: %v", offers, got)
		}
	}
}
