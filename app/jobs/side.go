package jobs

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"

	"wafer/app/words"
	"wafer/nn/json"
	"wafer/nn/order"
	"wafer/nn/recipe"
	"wafer/server/api"
)

// Metric is a measured number of a job: Key is the text that names it.
type Metric struct{ Key, Text string }

// metricNames are the numbers that results have, in the order of importance, with the keys of their texts.
var metricNames = [][2]string{{"test_accuracy", "jobs.metric.test"}, {"val_accuracy", "jobs.metric.val"},
	{"accuracy", "jobs.metric.accuracy"},
	{"test_loss", "jobs.metric.testloss"}, {"val_loss", "jobs.metric.valloss"}, {"loss", "jobs.metric.loss"}}

// Metrics writes the numbers of a result, the most telling first. Those without a text keep their own names.
func Metrics(m map[string]float64) []Metric {
	var list []Metric
	known := map[string]bool{}
	for _, n := range metricNames {
		if known[n[0]] = true; hasKey(m, n[0]) {
			list = append(list, Metric{n[1], metricText(n[0], m[n[0]])})
		}
	}
	var rest []string
	for name := range m {
		if !known[name] {
			rest = append(rest, name)
		}
	}
	order.Stable(rest, strings.Compare)
	for _, name := range rest {
		list = append(list, Metric{name, metricText(name, m[name])})
	}
	return list
}

func hasKey(m map[string]float64, key string) bool { _, ok := m[key]; return ok }

func metricText(name string, v float64) string {
	if strings.HasSuffix(name, "accuracy") {
		return words.Share(v)
	}
	return strconv.FormatFloat(v, 'g', 4, 64)
}

// MainMetric is the accuracy that says most: on test samples, else on others that were not trained on, else on those
// that were.
func MainMetric(m map[string]float64) (float64, bool) {
	for _, n := range metricNames[:3] {
		if v, ok := m[n[0]]; ok {
			return v, true
		}
	}
	return 0, false
}

// SideRow is a line of the table of jobs side by side; Values are in the order of State.Compare.
type SideRow struct {
	Key    string
	Values []string
}

// SideBySide lists what can be compared.
func SideBySide(s State) []SideRow {
	var rows []SideRow
	add := func(key string, of func(api.Job) string) {
		row := SideRow{Key: key}
		any := false
		for _, id := range s.Compare {
			j, _ := s.Find(id)
			v := of(j)
			any = any || v != ""
			row.Values = append(row.Values, v)
		}
		if any {
			rows = append(rows, row)
		}
	}
	add("jobs.col.state", Words)
	for _, n := range metricNames {
		add(n[1], func(j api.Job) string {
			if r := j.Status.Result; r != nil && hasKey(r.Metrics, n[0]) {
				return metricText(n[0], r.Metrics[n[0]])
			}
			return ""
		})
	}
	add("jobs.side.epochs", func(j api.Job) string {
		if n := len(s.Runs[j.ID].Curve); n > 0 {
			return strconv.Itoa(n)
		}
		return ""
	})
	add("teach.rate", func(j api.Job) string { return cloneOf(j).Rate })
	add("teach.seed", func(j api.Job) string { return cloneOf(j).Seed })
	add("jobs.side.seconds", func(j api.Job) string {
		if j.Status.Started.IsZero() || j.Status.Ended.IsZero() {
			return ""
		}
		return words.Duration(j.Status.Ended.Sub(j.Status.Started).Seconds())
	})
	add("jobs.hash.weights", func(j api.Job) string {
		if r := j.Status.Result; r != nil {
			return r.WeightsHash[:min(12, len(r.WeightsHash))]
		}
		return ""
	})
	return rows
}

// SameWeights reports whether all jobs that are compared came to the same weights.
func SameWeights(s State) bool {
	first := ""
	for _, id := range s.Compare {
		j, _ := s.Find(id)
		if j.Status.Result == nil || j.Status.Result.WeightsHash == "" ||
			cmp.Or(first, j.Status.Result.WeightsHash) != j.Status.Result.WeightsHash {
			return false
		}
		first = j.Status.Result.WeightsHash
	}
	return len(s.Compare) > 1
}

// MemoryLine is what a job's log says of the most memory that it needs, "" while it says nothing.
func MemoryLine(r Run) string {
	for _, l := range r.Log {
		if rest, ok := strings.CutPrefix(strings.ToLower(l.Text), "memory"); ok {
			most, _, _ := strings.Cut(l.Text[len(l.Text)-len(rest):], ";") // what it is made of stands in the log
			return strings.TrimLeft(most, ": ")
		}
	}
	return ""
}

// Pretty is a JSON document for people.
func Pretty(doc []byte) string {
	var b bytes.Buffer
	if json.Indent(&b, doc, "", "  ") != nil {
		return string(doc)
	}
	return b.String()
}

// Taught is the recipe of a job of the Teach page, nil for another.
func Taught(j api.Job) *recipe.Recipe {
	if r, err := recipe.Parse(j.Spec.Recipe); err == nil && r.Taught() {
		return r
	}
	return nil
}
