package fit

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"wafer/nn"
	"wafer/nn/data"
	"wafer/nn/recipe"
)

// Room is how much memory a run may take.
type Room struct {
	Bytes int64  // 0: unknown, everything fits
	What  string // where the number comes from
}

// RoomOf reads --memory and has the garbage collector keep to it; without it the room is what the machine has left.
func RoomOf(flag string) (Room, error) {
	if flag == "" {
		return machineRoom(os.ReadFile), nil
	}
	n, err := ParseBytes(flag)
	if err == nil {
		debug.SetMemoryLimit(max(n, 64<<20)) // what is live is counted; garbage may not come on top
	}
	return Room{n, "--memory"}, err
}

// budget is what samples may take, nil: as much as they like.
func (r Room) budget() *int64 {
	if r.Bytes == 0 {
		return nil
	}
	return &r.Bytes
}

// Shared is the room of each of n runs at once.
func (r Room) Shared(n int) Room {
	if n > 1 {
		r.Bytes, r.What = r.Bytes/int64(n), fmt.Sprintf("%s, shared by %d jobs", r.What, n)
	}
	return r
}

// units are powers of 1000, and of 1024 with an i.
var units = map[string]float64{"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
	"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}

// ParseBytes reads a size such as 8GB or 512MiB.
func ParseBytes(s string) (int64, error) {
	digits := strings.TrimRight(strings.ToLower(s), " bkmgti")
	unit, known := units[strings.TrimSpace(strings.ToLower(s)[len(digits):])]
	n, err := strconv.ParseFloat(digits, 64)
	if err != nil || !known || !(n > 0 && n*unit < 1<<62) {
		return 0, fmt.Errorf("a size is written like 8GB or 512MiB, found %q", s)
	}
	return int64(n * unit), nil
}

// machineRoom is what Linux says is available, and the limit of the control group where
// that is less; unknown elsewhere.
func machineRoom(read func(string) ([]byte, error)) Room {
	l := Room{}
	if b, err := read("/proc/meminfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
				kib, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
				l = Room{kib << 10, "what this machine has free"}
			}
		}
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		b, err := read(file)
		n, bad := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		if err == nil && bad == nil && n > 0 && (l.Bytes == 0 || n < l.Bytes) {
			l = Room{n, "what this process is allowed"}
		}
	}
	return l
}

// Size is a number of bytes for people.
func Size(n int64) string {
	for _, u := range []struct {
		least int64
		name  string
	}{{1e9, "GB"}, {1e6, "MB"}, {1e3, "KB"}} {
		if n >= u.least {
			return strconv.FormatFloat(float64(n)/float64(u.least), 'f', 2, 64) + " " + u.name
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// Model refuses a model that needs more than there is, before it is read.
func (l Room) Model(need int64) error {
	if l.Bytes == 0 || need <= l.Bytes {
		return nil
	}
	return fmt.Errorf("the model needs %s of memory, more than %s (%s); --memory allows it more", Size(need),
		Size(l.Bytes), l.What)
}

// refusal says why a run does not fit, and which batch size would.
func (l Room) refusal(r *recipe.Recipe, d data.Dataset, m nn.Memory) error {
	if l.Bytes == 0 || m.Total() <= l.Bytes {
		return nil
	}
	advice := "a smaller train.batch_size or smaller samples need less"
	for smaller := halved(r); smaller != nil; smaller = halved(smaller) {
		if need, err := nn.MemoryOf(smaller, d, true); err == nil && need.Total() <= l.Bytes {
			advice = fmt.Sprintf("with train.batch_size %d it would need %s", smaller.Train.BatchSize,
				Size(need.Total()))
			break
		}
	}
	return l.tooSmall(m, advice)
}

// halved is a recipe with half as large batches in all its stages, nil where they are of one sample already.
func halved(r *recipe.Recipe) *recipe.Recipe {
	if r.Train.BatchSize <= 1 {
		return nil
	}
	smaller := *r
	smaller.Train.BatchSize /= 2
	smaller.Stages = slices.Clone(r.Stages)
	for i, s := range smaller.Stages {
		if s.Train != nil {
			train := *s.Train
			train.BatchSize = max(1, train.BatchSize/2)
			smaller.Stages[i].Train = &train
		}
	}
	return &smaller
}

func (l Room) tooSmall(m nn.Memory, advice string) error {
	return fmt.Errorf("this run needs %s of memory while %s, more than %s (%s): %s, or raise --memory", Size(m.Total()),
		m.Phase, Size(l.Bytes), l.What, advice)
}

// statement says what a run will need: a line for the whole, and one for each part.
func statement(m nn.Memory, l Room) []string {
	whole := fmt.Sprintf("memory: %s (%d bytes) at most, while %s", Size(m.Total()), m.Total(), m.Phase)
	if l.Bytes > 0 {
		whole += fmt.Sprintf(", of %s (%s)", Size(l.Bytes), l.What)
	}
	lines := []string{whole}
	for _, part := range []struct {
		name string
		n    int64
	}{{"programs, arena of the plan", m.Programs}, {"parameters", m.Parameters},
		{"state of the optimizer", m.Optimizer}, {"weights kept, files written", m.Kept},
		{"samples", m.Samples}, {"features of the frozen layers", m.Features}, {"batches made ahead", m.Ahead}} {
		if part.n > 0 {
			lines = append(lines, fmt.Sprintf("  %-30s %10s", part.name, Size(part.n)))
		}
	}
	if m.Features > 0 && m.Programs > 0 { // n-grams alone have no layers
		lines = append(lines, "The frozen layers are computed once for every sample; the epochs train on what they "+
			"gave.")
	}
	return lines
}
