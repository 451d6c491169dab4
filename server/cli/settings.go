package cli

import (
	"flag"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// parseSettings reads the flags of a command that runs until it is stopped. What is not given comes from the
// environment, -addr from WAFER_ADDR; there are no other arguments.
func parseSettings(flags *flag.FlagSet, args []string) error {
	var wrong error
	flags.VisitAll(func(f *flag.Flag) {
		value, set := os.LookupEnv(variable(f.Name))
		if !set || wrong != nil {
			return
		}
		if err := f.Value.Set(value); err != nil {
			wrong = fmt.Errorf("%s=%q in the environment is not possible: %w", variable(f.Name), value, err)
		}
	})
	if wrong != nil {
		return wrong
	}
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%s takes no arguments, but got %q", strings.TrimPrefix(flags.Name(), "wafer "), flags.Arg(0))
	}
	return nil
}

// variable is the environment variable that stands in for a flag.
func variable(flag string) string {
	return "WAFER_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// logSettings states with what values a command runs. Passwords in addresses are left out.
func logSettings(log *slog.Logger, flags *flag.FlagSet) {
	var all []any
	flags.VisitAll(func(f *flag.Flag) { all = append(all, f.Name, redacted(f.Value.String())) })
	log.Info("settings", all...)
}

// redacted takes user names and passwords out of a list of addresses.
func redacted(value string) string {
	parts := strings.Split(value, ",")
	for i, p := range parts {
		if !strings.Contains(p, "@") {
			continue
		}
		u, err := url.Parse(p)
		if err != nil {
			parts[i] = "…"
		} else if u.User != nil {
			u.User = nil
			parts[i] = u.String()
		}
	}
	return strings.Join(parts, ",")
}

// dataFolder is where a server keeps its data unless it is told otherwise, "" if this user has no such place.
func dataFolder() string {
	base := os.Getenv("XDG_DATA_HOME")
	switch home, err := os.UserHomeDir(); {
	case runtime.GOOS == "windows":
		base = os.Getenv("LocalAppData")
	case base != "" || err != nil:
	case runtime.GOOS == "darwin":
		base = filepath.Join(home, "Library", "Application Support")
	default:
		base = filepath.Join(home, ".local", "share")
	}
	if base == "" {
		return ""
	}
	return filepath.Join(base, "wafer")
}

// logger writes to the error stream: answers of a command are on the other one.
func logger(format string) (*slog.Logger, error) {
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(stderr, nil)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(stderr, nil)), nil
	}
	return nil, fmt.Errorf("-log is text or json, but got %q", format)
}
