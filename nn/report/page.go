package report

import (
	"crypto/sha256"
	"encoding/base64"
	"html"
	"strconv"
	"strings"
)

// Shown is a sample as a report shows it: its text, or a picture.
type Shown struct {
	Name, Text string
	Picture    []byte // as it came: JPEG, PNG, GIF, WebP; nil for a text
	Type       string // media type of Picture
}

// mostShown is how many of the answers with the largest loss are shown.
const mostShown = 12

// Page is the whole report as one HTML file, which needs no other: no script, and a policy that allows none. shown
// gives the sample of a number. about are sentences below the title.
func (r *Report) Page(title string, about []string, shown func(i int) Shown) []byte {
	sum := sha256.Sum256([]byte(style))
	var b strings.Builder
	w := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
	}
	title = html.EscapeString(title)
	w(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="`,
		`default-src 'none'; img-src data:; style-src 'sha256-`, base64.StdEncoding.EncodeToString(sum[:]),
		`'; base-uri 'none'; form-action 'none'"><meta name="viewport" content="width=device-width, initial-scale=1"><title>`,
		title, `</title><style>`, style, `</style></head><body><main><h1>`, title, `</h1>`)
	for _, s := range append(append([]string(nil), about...), r.Sentences()...) {
		w(`<p>`, html.EscapeString(s), `</p>`)
	}
	w(`<div class="wide">`, r.Table(), `</div><div class="charts">`)
	for _, c := range r.Charts() {
		w(`<figure>`, c.SVG, `</figure>`)
	}
	w(`</div><h2>Confusion matrix</h2><div class="wide">`, r.matrix(), `</div>`, r.losses(shown),
		`</main></body></html>`)
	return []byte(b.String())
}

const style = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{margin:0}main{max-width:60rem;margin:auto;` +
	`padding:1.5rem}h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;font-size:.9rem;` +
	`font-variant-numeric:tabular-nums}th,td{padding:.3rem .7rem;border-bottom:1px solid #8885;text-align:right}` +
	`th[scope=row],th[scope=col]:first-child{text-align:left}.wide{overflow-x:auto}.charts{display:flex;flex-wrap:wrap;gap:1rem}` +
	`figure{margin:0}.hit{font-weight:700}.miss{background:#d55e0033}ol{padding-left:1.5rem}li{margin:.7rem 0;overflow-wrap:anywhere}` +
	`img{display:block;max-width:160px;max-height:160px;border-radius:6px}`

// matrix has a row for what samples are, and a column for the answers.
func (r *Report) matrix() string {
	var b strings.Builder
	b.WriteString(`<table><thead><tr><td></td>`)
	for _, l := range r.Labels {
		b.WriteString(`<th scope="col">` + html.EscapeString(l) + `</th>`)
	}
	b.WriteString(`</tr></thead><tbody>`)
	for i, row := range r.Answers.Confusion() {
		b.WriteString(`<tr><th scope="row">` + html.EscapeString(r.Labels[i]) + `</th>`)
		for k, n := range row {
			class := ""
			switch {
			case i == k:
				class = ` class="hit"`
			case n > 0:
				class = ` class="miss"`
			}
			b.WriteString(`<td` + class + `>` + strconv.Itoa(n) + `</td>`)
		}
		b.WriteString(`</tr>`)
	}
	return b.String() + `</tbody></table>`
}

// losses are the wrong answers that were given with the least doubt.
func (r *Report) losses(shown func(i int) Shown) string {
	said, _, right := r.Answers.Said()
	var b strings.Builder
	n := 0
	for _, i := range r.Answers.Losses(len(said)) {
		if right[i] || n == mostShown {
			continue
		}
		n++
		s := shown(i)
		b.WriteString(`<li>`)
		if s.Picture != nil {
			b.WriteString(`<img alt="` + html.EscapeString(s.Name) + `" src="data:` + html.EscapeString(s.Type) +
				`;base64,` + base64.StdEncoding.EncodeToString(s.Picture) + `">`)
		}
		b.WriteString(html.EscapeString(strings.TrimSpace(s.Name+" "+cut(s.Text))) + `<br>` + html.EscapeString(
			r.Labels[r.Answers.Labels[i]]+" → "+r.Labels[said[i]]+", "+percent(float64(r.Answers.Row(i)[said[i]]))) +
			`</li>`)
	}
	if n == 0 {
		return ""
	}
	return `<h2>Wrong with the least doubt</h2><p>What it is → what the model said, with its probability.</p><ol>` +
		b.String() + `</ol>`
}

// cut is a text of bearable length.
func cut(s string) string {
	if r := []rune(s); len(r) > 400 {
		return string(r[:400]) + "…"
	}
	return s
}
