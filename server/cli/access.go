package cli

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"net"
	"path/filepath"
	"runtime/debug"

	"wafer/server/auth"
	"wafer/server/fit"
	"wafer/server/web"
)

// accessFlags say who may ask a server for how much.
type accessFlags struct {
	tokens, cors   *string
	memory         *string
	rate           *float64
	streams, batch *int
}

// addAccessFlags declares them with the defaults of web.Limits.
func addAccessFlags(flags *flag.FlagSet) accessFlags {
	return accessFlags{
		tokens: flags.String("tokens", "", "file of the tokens that wafer token makes (default: tokens.json in -data)"),
		cors: flags.String("cors", "",
			"another origin whose pages may use the HTTP interface, such as https://example.org (default: none)"),
		rate: flags.Float64("rate", 200, "requests per second and caller"),
		streams: flags.Int("streams", 256, "event streams at once and caller; all callers together may have four "+
			"times that"),
		memory: flags.String("predict-memory", "1GiB",
			"of the models that are kept open for predictions, all together"),
		batch: flags.Int("max-batch", 256, "inputs of a request to predict"),
	}
}

// tokensFile is where the tokens of a server are kept whose data is in a folder, or "" in a cluster.
func tokensFile(tokens, data string) (string, error) {
	if tokens != "" {
		return tokens, nil
	}
	folder := cmp.Or(data, dataFolder())
	if folder == "" {
		return "", errors.New("there is no folder for the tokens; name their file: -tokens FILE")
	}
	return filepath.Join(folder, "tokens.json"), nil
}

// grant adds to a server who may use it. One that other machines can reach needs a token.
func (f accessFlags) grant(o *web.Options, addr, data string) error {
	local, err := isLoopback(addr)
	if err != nil {
		return err
	}
	if *f.rate <= 0 || *f.streams < 1 || *f.batch < 1 {
		return errors.New("-rate is above 0, -streams and -max-batch are 1 or more")
	}
	o.Open, o.CORS, o.Version = local, *f.cors, version()
	o.Limits.Rate, o.Limits.MaxBatch = *f.rate, *f.batch
	o.Limits.Streams, o.Limits.AllStreams = *f.streams, 4**f.streams
	if o.Limits.Memory, err = fit.ParseBytes(*f.memory); err != nil {
		return fmt.Errorf("-predict-memory: %w", err)
	}
	path, err := tokensFile(*f.tokens, data)
	if err != nil && local && *f.tokens == "" {
		return nil
	}
	if err == nil {
		o.Tokens, err = auth.Open(path)
	}
	if err != nil || local {
		return err
	}
	if any, err := o.Tokens.Any(); err != nil || any {
		return err
	}
	return fmt.Errorf("-addr %s lets other machines in, and nobody has a token yet; make one (wafer token add NAME), "+
		"or listen on this machine only, such as on 127.0.0.1:8080", addr)
}

// isLoopback reports whether only this machine can reach an address.
func isLoopback(addr string) (bool, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false, fmt.Errorf("-addr is HOST:PORT such as 127.0.0.1:8080, but got %q", addr)
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback(), nil
}

// version is what this program was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	return info.Main.Version
}
