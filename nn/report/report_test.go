package report

import (
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"wafer/nn/metrics"
)

// three is a report of three classes, one of which has a name that must be escaped.
func three() *Report {
	return Of(English, []string{"cat", "<dog>", "cow"}, metrics.Answers{Labels: []int{0, 0, 1, 1, 2}, Classes: 3,
		P: []float32{0.8, 0.1, 0.1, 0.2, 0.7, 0.1, 0.1, 0.6, 0.3, 0.3, 0.4, 0.3, 0, 0.1, 0.9}})
}

// wellFormed fails for anything that is not XML.
func wellFormed(t *testing.T, what, s string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("%s: %v in\n%s", what, err, s)
		}
	}
}

func TestChartsAreWholePicturesThatSayTheirFigures(t *testing.T) {
	said := map[string]string{"roc": "Area under ROC: cat 0.8333, &lt;dog&gt; 0.6667, cow 1.0000",
		"precision-recall": "Average precision",
		"reliability":      "Expected calibration error: 0.2", "coverage": "of them right"}
	for _, c := range three().Charts() {
		wellFormed(t, c.Name, c.SVG)
		if !strings.Contains(c.SVG, said[c.Name]) || strings.Contains(c.SVG, "NaN") {
			t.Errorf("%s does not say %q:\n%s", c.Name, said[c.Name], c.SVG)
		}
	}
}

func TestTheTableHasFiguresOfEveryClassAndTheirMean(t *testing.T) {
	html := three().Table()
	wellFormed(t, "the table", html)
	want := "<tr><th scope=\"row\">cat</th><td>1.0000</td><td>0.5000</td><td>0.6667</td><td>0.8333</td>" +
		"<td>0.8333</td><td>2</td></tr>"
	if !strings.Contains(html, want) {
		t.Errorf("the table has no row %s:\n%s", want, html)
	}
	if csv := three().CSV(); !strings.HasPrefix(csv,
		"class,precision,recall,f1,auc,ap,support\r\ncat,1.0000,0.5000,0.6667,") ||
		!strings.Contains(csv, "\r\n\r\n,cat,<dog>,cow\r\ncat,1,1,0\r\n") {
		t.Errorf("the CSV is\n%s", csv)
	}
}

// The file runs no script, asks for nothing, and shows what was wrong with the least doubt first.
func TestThePageNeedsNothingAndShowsTheWrongAnswers(t *testing.T) {
	page := string(three().Page("m <x>", []string{"about"}, func(i int) Shown {
		return Shown{Name: "no. " + string(rune('0'+i)), Text: "<b>", Picture: []byte("x"), Type: "image/png"}
	}))
	if !strings.Contains(page, "default-src 'none'; img-src data:; style-src 'sha256-") {
		t.Errorf("the page has no strict policy:\n%.600s", page)
	}
	for _, bad := range []string{"<script", "style=", "<b>", "m <x>", "http://www.w3.org/1999"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page contains %q", bad)
		}
	}
	if urls := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1); len(urls) != 1 ||
		urls[0][1] != "data:image/png;base64,eA==" {
		t.Errorf("the page refers to %q, expected the one picture that was wrong", urls)
	}
	if !strings.Contains(page, "no. 1 &lt;b&gt;<br>cat → &lt;dog&gt;, 70.0%") {
		t.Errorf("the page does not show the wrong answer:\n%s", page[len(page)-400:])
	}
}

// Classes without a sample, one class, and no doubt at all give no NaN and no panic.
func TestOddReports(t *testing.T) {
	for name, r := range map[string]*Report{
		"a class without a sample": Of(English, []string{"a", "b"},
			metrics.Answers{Labels: []int{0}, Classes: 2, P: []float32{1, 0}}),
		"nothing": Of(English, []string{"a", "b"}, metrics.Answers{Classes: 2}),
	} {
		page := string(r.Page("x", nil, func(int) Shown { return Shown{} }))
		if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
			t.Errorf("%s: the page has a figure that is none:\n%s", name, page)
		}
	}
}
