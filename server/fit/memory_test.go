package fit

import (
	"errors"
	"testing"
)

func TestSizesOfMemory(t *testing.T) {
	for s, want := range map[string]int64{"8GB": 8e9, "512MiB": 512 << 20, "1.5g": 15e8, "100": 100, "2 kb": 2000} {
		if n, err := ParseBytes(s); err != nil || n != want {
			t.Errorf("%q is %d, %v, want %d", s, n, err, want)
		}
	}
	for _, s := range []string{"", "GB", "-1GB", "8XB", "1e30", "0", "nan", "8 GB of"} {
		if n, err := ParseBytes(s); err == nil {
			t.Errorf("%q is %d, want an error", s, n)
		}
	}
}

func TestTheLimitIsWhatTheMachineHasFree(t *testing.T) {
	files := map[string]string{"/proc/meminfo": "MemTotal:       2000 kB\nMemAvailable:   1000 kB\n"}
	read := func(name string) ([]byte, error) {
		if s, ok := files[name]; ok {
			return []byte(s), nil
		}
		return nil, errors.New("none")
	}
	if l := machineRoom(read); l.Bytes != 1000<<10 {
		t.Errorf("got %+v", l)
	}
	files["/sys/fs/cgroup/memory.max"] = "max\n"
	if l := machineRoom(read); l.Bytes != 1000<<10 {
		t.Errorf("without a limit of the group: got %+v", l)
	}
	files["/sys/fs/cgroup/memory.max"] = "5000\n"
	if l := machineRoom(read); l.Bytes != 5000 {
		t.Errorf("with one: got %+v", l)
	}
	clear(files)
	if l := machineRoom(read); l.Bytes != 0 {
		t.Errorf("elsewhere: got %+v", l)
	}
}
