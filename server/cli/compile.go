package cli

import (
	"flag"
	"fmt"

	"wafer/nn"
	"wafer/server/atomicfile"
	"wafer/static"
)

// cmdCompile makes a WebAssembly module of a model, or a page with it.
func cmdCompile(args []string) error {
	flags := flag.NewFlagSet("wafer compile MODEL", flag.ContinueOnError)
	out := flags.String("o", "", "write the module to this file")
	page := flags.String("html", "", "write a page that works offline, with the model and Wafer inside, to this file")
	memory, base := memoryFlag(flags), baseFlag(flags)
	var o nn.ExportOptions
	flags.StringVar(&o.Weights, "weights", "",
		"how weights are stored: float32, float16 or int8 (default: as small as loses nothing)")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) != 1 || *out == "" && *page == "" {
		return fmt.Errorf("compile takes one model, and -o or --html with a file to write")
	}
	m, err := openModel(args[0], *base, nil, *memory)
	if err != nil {
		return err
	}
	if *out != "" {
		module, err := m.Export(o)
		if err != nil {
			return err
		}
		if err := written(*out, module); err != nil {
			return err
		}
	}
	if *page == "" {
		return nil
	}
	template, err := static.ExportPage()
	if err != nil {
		return err
	}
	b, err := m.ExportPage(template, o)
	if err != nil {
		return err
	}
	return written(*page, b)
}

// written puts a file in place whole and says how large it is.
func written(name string, b []byte) error {
	if err := atomicfile.Write(name, b, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %d bytes\n", name, len(b))
	return nil
}
