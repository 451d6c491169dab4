package cli

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"wafer/nn"
	"wafer/nn/recipe"
	"wafer/nn/task"
	"wafer/server/atomicfile"
	"wafer/server/fit"
	"wafer/static"
)

// parse reads flags that may also stand behind arguments, and returns the arguments.
func parse(flags *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := flags.Parse(args); err != nil {
			return nil, flag.ErrHelp
		}
		if flags.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, flags.Arg(0))
		args = flags.Args()[1:]
	}
}

// cmdTrain runs a recipe and writes the model file.
func cmdTrain(args []string) error {
	flags := flag.NewFlagSet("wafer train RECIPE", flag.ContinueOnError)
	dir := flags.String("data", ".", "folder that the recipe's paths are relative to")
	out := flags.String("out", "", "model file to write (default: the recipe's name with .wafer)")
	threads := flags.Int("threads", 0,
		"threads to compute with (default: one per processor); the result does not depend on it")
	reportTo := flags.String("report", "", "HTML file to write figures, curves and wrong answers to (default: the "+
		"model file's name with .report.html)")
	resume := flags.Bool("resume", false, "go on from the checkpoint beside the model file")
	memory := flags.String("memory", "", "refuse a run that needs more, such as 8GB (default: "+
		"what the machine has free)")
	change := addChanges(flags)
	asJSON := flags.Bool("json", false, "print one JSON object per line")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return fmt.Errorf("train takes one recipe, but got %d arguments", len(args))
	}
	r, err := readRecipe(args[0])
	if err != nil {
		return err
	}
	change.apply(r)
	room, err := fit.RoomOf(*memory)
	if err != nil {
		return err
	}
	if *out == "" {
		*out = r.Name + ".wafer"
	}
	if *reportTo == "" {
		*reportTo = strings.TrimSuffix(*out, ".wafer") + ".report.html"
	}
	if *threads == 0 {
		*threads = runtime.NumCPU()
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second signal ends the program, also while files are read
	run := trainRun{recipe: r, dir: *dir, out: *out, report: *reportTo, resume: *resume, threads: *threads, room: room,
		show: newShow(stdout, *asJSON)}
	return run.run(ctx)
}

// readRecipe reads and checks a recipe file; the error begins with its path.
func readRecipe(path string) (*recipe.Recipe, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := recipe.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// trainRun is one run of wafer train.
type trainRun struct {
	recipe  *recipe.Recipe
	dir     string
	out     string
	report  string // path of its HTML file
	resume  bool
	threads int
	room    fit.Room
	show    *show
}

// checkpointPath is beside the model, so that --resume finds it by the same arguments.
func (t *trainRun) checkpointPath() string { return t.out + ".checkpoint" }

// run trains and writes the model; the checkpoint goes when the model is in its place. Without one --resume begins
// anew.
func (t *trainRun) run(ctx context.Context) error {
	o := fit.Options{Recipe: t.recipe, Dir: t.dir, Base: static.Model, Threads: t.threads, Room: t.room,
		Note: t.show.note, Memory: t.memory,
		Report: t.show.progress, Checkpoint: t.checkpoint, Wanted: checkpointRequests()}
	if t.resume {
		var err error
		if o.Resume, err = os.ReadFile(t.checkpointPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	var page []byte
	o.Page = func(html []byte, err error) {
		if page = html; err != nil {
			t.show.note("there is no report: " + err.Error())
		}
	}
	began := time.Now()
	m, rep, err := fit.Run(ctx, o)
	if errors.Is(err, nn.ErrStopped) {
		return fmt.Errorf("%w with --resume, from %s", err, t.checkpointPath())
	}
	if err != nil {
		return err
	}
	if err := atomicfile.Write(t.out, m.Bytes(), 0o644); err != nil {
		return err
	}
	if page != nil {
		if err := atomicfile.Write(t.report, page, 0o644); err != nil {
			return err
		}
	}
	if err := os.Remove(t.checkpointPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	t.show.result(m, rep, t.out, time.Since(began))
	return nil
}

// checkpoint writes a file. A large one is given back at once, before the next is made.
func (t *trainRun) checkpoint(b []byte) error {
	large := len(b) > 32<<20
	err := atomicfile.Write(t.checkpointPath(), b, 0o644)
	if large {
		runtime.GC()
	}
	return err
}

// memory tells what the run needs. The collector then keeps the heap near that: garbage may add an eighth
// and 128 MB, but nothing beyond the limit.
func (t *trainRun) memory(m nn.Memory, lines []string) {
	t.show.memory(m, t.room, lines)
	most := m.Total() + m.Total()/8 + 128<<20
	if t.room.Bytes > 0 {
		most = min(most, t.room.Bytes)
	}
	debug.SetMemoryLimit(most)
}

// show prints progress and results for people, or as JSON lines.
type show struct {
	w    io.Writer
	json *json.Encoder // nil: for people
}

// newShow prints to w.
func newShow(w io.Writer, asJSON bool) *show {
	s := &show{w: w}
	if asJSON {
		s.json = json.NewEncoder(w)
	}
	return s
}

// note prints a line about the data or the run, {"note": …} in JSON.
func (s *show) note(line string) {
	if s.json != nil {
		s.json.Encode(map[string]any{"note": line})
	} else {
		fmt.Fprintln(s.w, line)
	}
}

// memory states what a run will need.
func (s *show) memory(m nn.Memory, room fit.Room, lines []string) {
	if s.json != nil {
		s.json.Encode(map[string]any{"memory": m, "total": m.Total(), "limit": room.Bytes})
		return
	}
	for _, line := range lines {
		fmt.Fprintln(s.w, line)
	}
}

// progress prints a line an epoch for people, and every report in JSON.
func (s *show) progress(p task.Progress) {
	if s.json != nil {
		s.json.Encode(map[string]any{"progress": p})
		return
	}
	if p.Phase == task.Features && p.Step == p.Steps {
		fmt.Fprintf(s.w, "computed the frozen layers for %d samples\n", p.Steps)
	}
	if !p.EpochEnd {
		return
	}
	line := fmt.Sprintf("epoch %d/%d  %.0f samples/s  loss %.4f  accuracy %.4f", p.Epoch, p.Epochs, p.SamplesPerSecond,
		p.Loss, p.Accuracy)
	if p.HasValidation {
		line += fmt.Sprintf("  val_loss %.4f  val_accuracy %.4f", p.ValLoss, p.ValAccuracy)
	}
	if p.SecondsLeft > 0 {
		line += "  " + (time.Duration(p.SecondsLeft) * time.Second).String() + " left"
	}
	fmt.Fprintln(s.w, line)
}

// result prints what was measured and the hashes by which runs are compared.
func (s *show) result(m *nn.Model, rep *task.Report, path string, took time.Duration) {
	info := m.Info()
	if s.json != nil {
		s.json.Encode(map[string]any{"result": rep, "model": info, "file": path, "seconds": took.Seconds()})
		return
	}
	if rep.Note != "" {
		fmt.Fprintln(s.w, rep.Note)
	}
	fmt.Fprintf(s.w, "trained on %d samples in %s (%d epochs)\n", rep.Train, took.Round(time.Second), rep.Epochs)
	if e := rep.Estimate; e != nil {
		fmt.Fprintf(s.w, "estimated accuracy %.4f (%.4f to %.4f) on %d examples it had not seen\n", e.Accuracy, e.Low,
			e.High, e.Samples)
		for i, c := range e.Features {
			fmt.Fprintf(s.w, "  %s %-9s %.4f right when held out\n",
				map[bool]string{true: "from", false: "not "}[i == 0], c.Name, c.Accuracy)
		}
	}
	if rep.Validation > 0 {
		fmt.Fprintf(s.w, "validation accuracy %.4f, loss %.4f on %d samples\n", rep.OnHeld.Accuracy, rep.OnHeld.Loss,
			rep.Validation)
	}
	if rep.TestSamples > 0 {
		fmt.Fprintf(s.w, "test accuracy %.4f, loss %.4f on %d samples", rep.Test.Accuracy, rep.Test.Loss,
			rep.TestSamples)
		if rep.Rounded > 0 {
			fmt.Fprintf(s.w, " (%.4f before rounding to float16)", rep.Rounded)
		}
		fmt.Fprintln(s.w)
	}
	if rep.Threshold > 0 {
		fmt.Fprintf(s.w, "threshold %.2f keeps %.4f of the test samples and rejects %.4f of those outside the labels\n",
			rep.Threshold, rep.Kept, rep.RejectRate)
	}
	fmt.Fprintf(s.w, "temperature %.2f\nrecipe  %s\ndata    %s\nweights %s\n", rep.Temperature, rep.RecipeHash,
		rep.DataHash, rep.WeightsHash)
	fmt.Fprintf(s.w, "wrote %s: %d parameters, %d bytes, sha256 %s\n", path, info.Params, info.Bytes, info.SHA256)
}
