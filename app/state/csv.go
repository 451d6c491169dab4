package state

import (
	"strconv"
	"strings"
)

// CSV writes the answers of a batch as a table (RFC 4180, UTF-8): a row per
// input with its name or text, best label, probability, time in milliseconds and
// error. Numbers have full precision and labels are English, so that programs
// can read them.
func (b Batch) CSV() string {
	var out strings.Builder
	row(&out, "input", "text", "label", "probability", "rejected", "ms", "error")
	for _, it := range b.Items {
		r := it.Result
		switch {
		case it.Step != Answered:
			row(&out, it.Name, it.Text, "", "", "", "", "")
		case r.Error != "" || len(r.Scores) == 0:
			row(&out, it.Name, it.Text, "", "", "", "", r.Error)
		default:
			best := r.Scores[0]
			row(&out, it.Name, it.Text, best.Label,
				strconv.FormatFloat(float64(best.Probability), 'g', -1, 32),
				strconv.FormatBool(r.Rejected), strconv.FormatFloat(r.Millis, 'f', 2, 64), "")
		}
	}
	return out.String()
}

func row(out *strings.Builder, cells ...string) {
	for i, c := range cells {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(cell(c))
	}
	out.WriteString("\r\n")
}

// cell quotes what holds a comma, a quote, a line end or outer spaces.
func cell(s string) string {
	if strings.ContainsAny(s, ",\"\r\n") || strings.TrimSpace(s) != s {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}
