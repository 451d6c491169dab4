package words

import (
	"math"
	"strconv"
	"strings"

	"wafer/nn/task"
)

// Percent writes a probability of 0…1 as "99.3%". Only what is exactly 0 or 1
// after rounding to float32 is shown as 0% or 100%; anything else near them is
// shown as "<0.1%" or ">99.9%", so that a bar never claims to be certain.
func Percent(p float64) string {
	switch {
	case p <= 0:
		return "0%"
	case p >= 1:
		return "100%"
	case p < 0.001:
		return "<0.1%"
	case p > 0.999:
		return ">99.9%"
	}
	return strconv.FormatFloat(100*p, 'f', 1, 64) + "%"
}

// Share writes a measured share of 0…1, such as an accuracy, as "99.35%".
func Share(p float64) string {
	s := strconv.FormatFloat(100*p, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimSuffix(s, "0"), ".0") + "%"
}

// Rounded writes an estimated share of 0…1 as a whole number of hundredths, "69%"; what is not 0 or 1 is neither 0% nor
// 100%.
func Rounded(p float64) string {
	n := int(100*p + 0.5)
	if n == 0 && p > 0 || n == 100 && p < 1 {
		return Percent(p)
	}
	return strconv.Itoa(n) + "%"
}

// Size writes a number of bytes as people read it: "812 KB", "3.4 MB".
func Size(bytes int64) string {
	switch {
	case bytes < 1000:
		return T("unit.bytes", int(bytes))
	case bytes < 1_000_000:
		return strconv.FormatInt((bytes+500)/1000, 10) + " KB"
	}
	return strconv.FormatFloat(float64(bytes)/1e6, 'f', 1, 64) + " MB"
}

// Millis writes a duration in milliseconds: "0.4 ms", "12 ms", "1.3 s".
func Millis(ms float64) string {
	switch {
	case ms < 10:
		return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
	case ms < 1000:
		return strconv.FormatFloat(ms, 'f', 0, 64) + " ms"
	}
	return strconv.FormatFloat(ms/1000, 'f', 1, 64) + " s"
}

// Engine says how an answer was computed: vectors, threads and the memory of the model. isolated is whether the
// browser lets the page have several threads.
func Engine(r task.Result, isolated bool) string {
	switch memory := Size(int64(r.Memory)); {
	case r.Threads == 1 && !isolated:
		return T("classify.engine.unisolated", memory)
	case r.Threads == 1:
		return T("classify.engine.one", memory)
	default:
		return T("classify.engine.many", r.Threads, memory)
	}
}

// Count writes a number with thousands apart: "1,329,473".
func Count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Duration writes seconds as people say them: "12 s", "3 min", "2 h 5 min".
func Duration(seconds float64) string {
	switch s := int(seconds + 0.5); {
	case s < 90:
		return T("unit.seconds", s)
	case s < 90*60:
		return T("unit.minutes", (s+30)/60)
	default:
		return T("unit.hours", s/3600, s%3600/60)
	}
}

// Speed says how fast a running job is and how long it will take, "" when that is not known.
func Speed(p *task.Progress) string {
	if p == nil || p.SamplesPerSecond <= 0 || !Finite(p.SamplesPerSecond, p.SecondsLeft) {
		return ""
	}
	return T("jobs.run.speed", Count(int(p.SamplesPerSecond+0.5)), Duration(p.SecondsLeft))
}

// Finite reports whether no value is NaN or infinite.
func Finite(values ...float64) bool {
	for _, v := range values {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
	}
	return true
}
