// Command quality measures how well a taught model answers, on real data, beside scikit-learn: make bench-quality.
//
// Every row is drawn several times; mean and deviation over the draws are printed, in a table that also says what the
// accuracy stated by cross-validation was.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	b := bench{bases: map[string]*backbone{}}
	folder := flag.String("data", "../shared/data", "folder of data sets")
	only := flag.String("rows", "", "only rows whose name has a match of this regular expression")
	flag.IntVar(&b.draws, "draws", 10, "draws of each row")
	flag.StringVar(&b.python, "python", "/usr/bin/python3", "Python with NumPy and scikit-learn")
	flag.BoolVar(&b.peers, "peers", true, "measure scikit-learn too")
	flag.StringVar(&b.models, "models", "static/models", "folder of shipped networks")
	flag.StringVar(&b.kept, "kept", "build/quality", "folder where features are kept")
	flag.StringVar(&b.teachable, "teachable", "../shared/models/teachable-machine-image-tfjs",
		"folder of an export of Teachable Machine, whose recipe is measured on pictures")
	none := flag.Bool("outside", false, "measure how well taught models know what is none of their classes")
	background := flag.Bool("background", false, "write what is generic of the encoder of sentences, for nn/outside")
	out := flag.String("out", "build/quality.md", "where the table stays")
	flag.Parse()
	if _, err := os.Stat(*folder); err != nil {
		log.Fatalf("quality: the data sets are needed: %v", err)
	}
	b.root = os.DirFS(*folder)
	if *background {
		if err := b.writeBackground("nn/outside/generic.i8"); err != nil {
			log.Fatalf("quality: %v", err)
		}
		return
	}
	rows := b.table
	if *none {
		rows = b.outsideTable
	}
	pattern, err := regexp.Compile(*only)
	if err != nil {
		log.Fatalf("quality: -rows: %v", err)
	}
	table, err := rows(pattern)
	if err != nil {
		log.Fatalf("quality: %v", err)
	}
	fmt.Print("\n", table)
	if err := os.WriteFile(*out, []byte(table), 0o644); err != nil {
		log.Fatalf("quality: %v", err)
	}
}

// table runs the rows, those with the fewest samples first.
func (b *bench) table(only *regexp.Regexp) (string, error) {
	var t strings.Builder
	var few []apart
	t.WriteString("| | draws | must reach | ours | scikit-learn, same features | Teachable Machine | stated − true " +
		"| mean of absolute values | calibration error | share − accuracy | features | s a draw |\n")
	t.WriteString("|---|--:|---|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		if !only.MatchString(r.name()) {
			continue
		}
		began := time.Now()
		m, err := b.measure(r)
		if err != nil {
			return "", fmt.Errorf("%s: %w", r.name(), err)
		}
		line := m.line(r, time.Since(began))
		fmt.Print(line)
		t.WriteString(line)
		m.apart.name, m.apart.perClass = r.name(), r.perClass
		few = append(few, m.apart)
	}
	t.WriteString("\n" + bounds(few))
	return t.String(), nil
}

// line is a row of the table. A goal is a number, or what scikit-learn reached with TF-IDF of characters.
func (m *measured) line(r row, took time.Duration) string {
	goal := m.baseline.String()
	if r.goal > 0 {
		goal = fmt.Sprintf("%.3f", r.goal)
	}
	chosen := slices.Sorted(slices.Values(m.chosen))
	return fmt.Sprintf("| %s | %d | %s | %v | %v | %v | %v | %s | %v | %v | %s | %.1f |\n", r.name(), len(m.ours), goal,
		m.ours, m.peer, m.teachable, m.bias, m.off.mean(), m.ece, m.sure, strings.Join(slices.Compact(chosen), ", "),
		took.Seconds()/float64(max(len(m.ours), 1)))
}
