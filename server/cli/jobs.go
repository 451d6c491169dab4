package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"wafer/nn/names"
	"wafer/server/api"
	"wafer/server/remote"
)

// cmdJobs lists the jobs of a server, shows one, or moves it.
func cmdJobs(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return jobs(ctx, args, stdout)
}

// jobs is cmdJobs with its answers on out, for tests. One argument is a verb, the second the ID of a job.
func jobs(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("wafer jobs [list|show ID|wait ID|pause ID|resume ID|cancel ID|retry ID|delete "+
		"ID|rebuild]", flag.ContinueOnError)
	where, kept := addRemoteFlags(flags), addBackendFlags(flags)
	data := flags.String("data", cmp.Or(os.Getenv(variable("data")), dataFolder()),
		"rebuild: data folder of a server that does not run")
	file := flags.String("out", "", "wait: file to write the model to")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"list"}
	}
	verb := args[0]
	if verb == "rebuild" && len(args) == 1 {
		return rebuild(ctx, kept, *data, out)
	}
	if known := verb == "list" || verb == "show" || verb == "wait" || verb == "delete" ||
		api.Move(verb).ByPeople(); !known || (len(args) == 2) == (verb == "list") || len(args) > 2 {
		return errors.New("jobs takes list, rebuild, or one of show, wait, pause, resume, cancel, " +
			"retry and delete with the ID of a job")
	}
	c, _, err := where.connect(ctx)
	if err != nil {
		return err
	}
	switch verb {
	case "list":
		return listJobs(ctx, c, out)
	case "wait":
		s := &submission{client: c, out: out, says: stderr, show: newShow(out, false)}
		return s.finish(ctx, args[1], *file)
	case "delete":
		return c.Delete(ctx, args[1])
	}
	var j api.Job
	if verb == "show" {
		j, err = c.Job(ctx, args[1])
	} else {
		j, err = c.Move(ctx, args[1], api.Move(verb))
	}
	if err != nil {
		return err
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(j)
}

// rebuild restores the queue of a server that does not run, or of a cluster, from the records of its jobs in the store.
func rebuild(ctx context.Context, kept backendFlags, data string, out io.Writer) error {
	if *kept.nats != "" {
		data = ""
	} else if _, err := os.Stat(filepath.Join(data, "store")); err != nil {
		return fmt.Errorf("there is no store to rebuild from: %w", err)
	}
	log, err := logger("text")
	if err != nil {
		return err
	}
	b, err := kept.open(ctx, data, log)
	if err != nil {
		return err
	}
	defer b.close()
	h, err := b.heal(ctx)
	if err != nil {
		return err
	}
	list, err := b.queue.List(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d jobs are in the queue, %d of them restored from their records, %d are lost\n", len(list.Jobs),
		len(h.Restored), len(h.Lost))
	return nil
}

// listJobs writes a table, newest first, of all pages. What the server cannot read is named on the other stream, so
// that programs get a list.
func listJobs(ctx context.Context, c *remote.Client, out io.Writer) error {
	all, damaged, err := c.Jobs(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATE\tNAME\tMADE\tPROGRESS")
	for _, j := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", j.ID, j.Status.State, j.Spec.Name,
			j.Created.Local().Format(time.DateTime), standing(j.Status))
	}
	if len(damaged) > 0 {
		fmt.Fprintf(stderr, "wafer: the server cannot read %d jobs, which are not listed: %s\n", len(damaged),
			strings.Join(damaged, " "))
	}
	return table.Flush()
}

// standing says in a few words how far a job has got.
func standing(s api.Status) string {
	switch p := s.Progress; {
	case s.Error != "":
		return names.Form{Most: 200}.Clean(s.Error) // may have lines
	case s.Result != nil:
		return measured(s.Result)
	case p != nil:
		return fmt.Sprintf("%s, epoch %d of %d, step %d of %d", p.Phase, p.Epoch, p.Epochs, p.Step, p.Steps)
	}
	return ""
}

// measured is the accuracy of a result, and on what: what the model states, which is that of its test, else the
// validation. A model that was not tested states 0.
func measured(r *api.Result) string {
	if r.Model.Accuracy > 0 || r.Metrics["test_loss"] > 0 {
		return fmt.Sprintf("accuracy %.4f", r.Model.Accuracy)
	}
	if a, ok := r.Metrics["val_accuracy"]; ok {
		return fmt.Sprintf("validation accuracy %.4f", a)
	}
	return "not measured"
}
