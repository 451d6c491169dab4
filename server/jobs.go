package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"text/tabwriter"
	"time"

	"wafer/server/api"
	"wafer/server/remote"
)

// cmdJobs lists the jobs of a server, shows one, or moves it.
func cmdJobs(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return jobs(ctx, args, os.Stdout)
}

func jobs(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("wafer jobs [list|show ID|pause ID|resume ID|cancel ID|retry ID|delete ID]", flag.ContinueOnError)
	where := addRemoteFlags(flags)
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		args = []string{"list"}
	}
	verb := args[0]
	if known := verb == "list" || verb == "show" || verb == "delete" || api.Move(verb).ByPeople(); !known || (len(args) == 2) == (verb == "list") || len(args) > 2 {
		return errors.New("jobs takes list, or one of show, pause, resume, cancel, retry and delete with the ID of a job")
	}
	c, _, err := where.connect(ctx)
	if err != nil {
		return err
	}
	switch verb {
	case "list":
		return listJobs(ctx, c, out)
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

func listJobs(ctx context.Context, c *remote.Client, out io.Writer) error {
	all, err := c.Jobs(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tSTATE\tNAME\tMADE\tPROGRESS")
	for _, j := range all {
		progress := j.Status.Error
		if p := j.Status.Progress; p != nil && progress == "" {
			progress = fmt.Sprintf("%s, epoch %d of %d, step %d of %d", p.Phase, p.Epoch, p.Epochs, p.Step, p.Steps)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", j.ID, j.Status.State, j.Spec.Name, j.Created.Local().Format(time.DateTime), progress)
	}
	return table.Flush()
}
