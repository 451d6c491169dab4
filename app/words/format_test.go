package words

import (
	"strings"
	"testing"

	"wafer/nn/task"
)

func TestNumbersAsPeopleReadThem(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Percent(0), "0%"}, {Percent(1), "100%"}, {Percent(0.0004), "<0.1%"}, {Percent(0.99961), ">99.9%"},
		{Percent(0.9934), "99.3%"}, {Percent(0.5), "50.0%"},
		{Share(0.9944), "99.44%"}, {Share(0.81), "81%"}, {Share(0.931), "93.1%"}, {Share(1), "100%"},
		{Share(0.9), "90%"}, {Rounded(0.6919), "69%"}, {Rounded(0.997), "99.7%"}, {Rounded(0.004), "0.4%"},
		{Rounded(1), "100%"},
		{Size(999), "999 bytes"}, {Size(1000), "1 KB"}, {Size(412345), "412 KB"}, {Size(3_449_999), "3.4 MB"},
		{Size(999_700), "1000 KB"},
		{Millis(0.42), "0.4 ms"}, {Millis(12.4), "12 ms"}, {Millis(1340), "1.3 s"},
		{Count(0), "0"}, {Count(999), "999"}, {Count(1329473), "1,329,473"}, {Count(-12345), "-12,345"},
	} {
		if c.got != c.want {
			t.Errorf("expected %q, got %q", c.want, c.got)
		}
	}
}

func TestEngineSaysWhyThereIsOneThread(t *testing.T) {
	one := task.Result{Threads: 1, Memory: 3 << 20}
	for isolated, want := range map[bool]string{true: "SIMD, 1 thread, ",
		false: "SIMD, 1 thread since this page is not isolated, "} {
		if got := Engine(one, isolated); !strings.HasPrefix(got, want) {
			t.Errorf("isolated %v: %q, expected %q…", isolated, got, want)
		}
	}
}
