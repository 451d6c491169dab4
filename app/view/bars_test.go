package view

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestBarsSayTheirValuesInWords(t *testing.T) {
	html := app.HTMLString(Bars([]Bar{{"Sneaker", "93.4%", 0.934}, {"<b>", "<0.1%", -1}, {"Bag", "?", 7}}, false))
	for _, want := range []string{"Sneaker", "93.4%", "w-93", "&lt;b&gt;", "w-0", "w-100", "first"} {
		if !strings.Contains(html, want) {
			t.Errorf("expected %q in %s", want, html)
		}
	}
	if strings.Contains(html, "style=") {
		t.Errorf("inline styles are forbidden: %s", html)
	}
}

func TestBinaryBarIsOneMeter(t *testing.T) {
	html := app.HTMLString(BinaryBar{Name: "Probability of positive", Left: "negative", Right: "positive",
		Value: "93.4%", Share: 0.934}.UI())
	if strings.Count(html, `class="track"`) != 1 || strings.Count(html, `role="meter"`) != 1 {
		t.Errorf("a binary model has exactly one bar: %s", html)
	}
	for _, want := range []string{`aria-valuenow="93"`, `aria-label="Probability of positive"`,
		"<strong>positive</strong>"} {
		if !strings.Contains(html, want) {
			t.Errorf("expected %q in %s", want, html)
		}
	}
}

func TestNoticeThatIsBadIsAnAlert(t *testing.T) {
	if html := app.HTMLString(Notice(Bad, "It broke.", nil)); !strings.Contains(html, `role="alert"`) ||
		!strings.Contains(html, "It broke.") {
		t.Errorf("expected an alert with the sentence, got %s", html)
	}
	if html := app.HTMLString(Notice(Plain, "Done.", nil)); !strings.Contains(html, `role="status"`) {
		t.Errorf("expected a status, got %s", html)
	}
}

func TestSegmentsAreOneGroupOfRadios(t *testing.T) {
	html := app.HTMLString(Segments("kind", "What", "text",
		[]Option{{Value: "image", Label: "Image"}, {Value: "text", Label: "Text"}}, nil))
	if strings.Count(html, `type="radio"`) != 2 || !strings.Contains(html, `role="radiogroup"`) ||
		!strings.Contains(html, `aria-label="What"`) {
		t.Errorf("expected a labelled group of two radios, got %s", html)
	}
}
