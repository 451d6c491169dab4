package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"wafer/nn/convert"
	"wafer/nn/format/foreign"
	"wafer/nn/task"
)

// cmdInspect prints what is in another tool's model file.
func cmdInspect(args []string) error {
	flags := flag.NewFlagSet("wafer inspect IN", flag.ContinueOnError)
	asJSON := flags.Bool("json", false, "print JSON")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 1 {
		return fmt.Errorf("inspect takes a file, a folder or an archive, but got %d arguments", len(args))
	}
	files, err := modelFiles(args[0])
	if err != nil {
		return err
	}
	o, err := convert.Inspect(files)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if *asJSON {
		e := json.NewEncoder(stdout)
		e.SetIndent("", "  ")
		return e.Encode(o)
	}
	printOutline(stdout, o)
	return nil
}

// printOutline writes a line for each input, node, output and weight.
func printOutline(w io.Writer, o task.Outline) {
	fmt.Fprintf(w, "%s, %d nodes, %d weights with %d parameters\n", o.Format, len(o.Nodes), len(o.Weights), o.Params())
	if o.Producer != "" {
		fmt.Fprintf(w, "written by %s\n", o.Producer)
	}
	for _, v := range o.Inputs {
		fmt.Fprintf(w, "input   %-40s %s %v\n", v.Name, v.DType, v.Shape)
	}
	for _, n := range o.Nodes {
		fmt.Fprintf(w, "%-7s %-40s %s → %s", n.Op, n.Name, strings.Join(n.Inputs, " "), strings.Join(n.Outputs, " "))
		if n.Shape != nil {
			fmt.Fprintf(w, " %v, %d operations", n.Shape, n.FLOPs)
		}
		for _, a := range n.Attrs {
			fmt.Fprintf(w, " %s=%s", a.Name, a.Value)
		}
		fmt.Fprintln(w)
	}
	for _, v := range o.Outputs {
		fmt.Fprintf(w, "output  %-40s %s %v\n", v.Name, v.DType, v.Shape)
	}
	for _, v := range o.Weights {
		fmt.Fprintf(w, "weight  %-40s %s %v\n", v.Name, v.DType, v.Shape)
	}
	for _, note := range o.Notes {
		fmt.Fprintln(w, "note:", note)
	}
}

// Limits of what is read as one model.
const (
	maxModelFiles = 4096
	maxModelBytes = 4 << 30
)

// modelFiles reads a file, or all files of a folder but hidden ones.
func modelFiles(root string) (files foreign.Files, err error) {
	var total int64
	err = filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if p != root && strings.HasPrefix(d.Name(), ".") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		info, err := os.Stat(p)
		if err != nil || info.IsDir() {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s is no file", p)
		}
		if total += info.Size(); total > maxModelBytes || len(files) == maxModelFiles {
			return fmt.Errorf("%s holds more than %d files or %d bytes", root, maxModelFiles, int64(maxModelBytes))
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(filepath.Dir(root), p)
		files = append(files, foreign.File{Name: filepath.ToSlash(name), Data: data})
		return err
	})
	return files, err
}
