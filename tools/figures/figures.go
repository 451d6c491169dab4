// Package figures has what the reports of measurements share: tables of Markdown, and what the figures depend on.
package figures

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// Row is a line of a table.
func Row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// Head begins a table; its first left columns are text, the others numbers.
func Head(left int, titles ...string) string {
	return Row(titles...) + "|" + strings.Repeat("---|", left) + strings.Repeat("--:|", len(titles)-left) + "\n"
}

// Machine says on what was measured: today's date, the processor by its maker's name where Linux tells it, and cores.
func Machine() string {
	processor := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	if f := regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`).FindSubmatch(info); f != nil {
		processor = string(f[1])
	}
	return fmt.Sprintf("%s: %s, %d cores", time.Now().UTC().Format(time.DateOnly), processor, runtime.NumCPU())
}

// Load is the mean number of processes that ran or wanted to over the last minute, "unknown" where no Linux counts
// them.
func Load() string {
	text, _ := os.ReadFile("/proc/loadavg")
	mean, _, _ := strings.Cut(string(text), " ")
	return cmp.Or(mean, "unknown")
}

// Said is what a program answers, such as its version, "" where there is no such program.
func Said(program string, args ...string) string {
	out, _ := exec.Command(program, args...).Output()
	return strings.TrimSpace(string(out))
}
