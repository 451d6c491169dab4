package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"syscall"
	"time"

	"wafer/nn/data"
	"wafer/server/api"
	"wafer/server/atomicfile"
	"wafer/server/fit"
	"wafer/server/remote"
)

// remoteFlags say which server to ask, and as whom.
type remoteFlags struct{ server, token *string }

// addRemoteFlags declares them for submit and jobs. The token has no default here: usage texts would show it.
func addRemoteFlags(flags *flag.FlagSet) remoteFlags {
	return remoteFlags{
		server: flags.String("server", cmp.Or(os.Getenv(variable("server")), "http://127.0.0.1:8080"),
			"address of the server; WAFER_SERVER in the environment"),
		token: flags.String("token", "", "token (default: WAFER_TOKEN in the environment, "+
			"where other users do not see it)"),
	}
}

// connect makes a client of a server that answers.
func (f remoteFlags) connect(ctx context.Context) (*remote.Client, api.Server, error) {
	c, err := remote.New(*f.server, cmp.Or(*f.token, os.Getenv(variable("token"))))
	if err != nil {
		return nil, api.Server{}, err
	}
	patience := c.Patience
	c.Patience = 3 * time.Second // who asks the wrong address wants to know soon
	about, err := c.Server(ctx)
	c.Patience = patience
	var said *remote.Error
	switch {
	case errors.As(err, &said):
	case err != nil:
		err = fmt.Errorf("the server at %s does not answer: %w", *f.server, err)
	case !about.Jobs:
		err = fmt.Errorf("the server at %s takes no jobs", *f.server)
	}
	return c, about, err
}

// submission is one run of wafer submit.
type submission struct {
	client *remote.Client
	about  api.Server
	dir    string
	out    io.Writer // what programs read
	says   io.Writer // what people read
	show   *show
}

// cmdSubmit hands a recipe with its data to a server.
func cmdSubmit(args []string) error {
	flags := flag.NewFlagSet("wafer submit RECIPE", flag.ContinueOnError)
	where := addRemoteFlags(flags)
	dir := flags.String("data", ".", "folder that the recipe's paths are relative to")
	name := flags.String("name", "", "name of the job (default: the recipe's)")
	model := flags.String("model", "", "name under which the server keeps the model (default: none)")
	wait := flags.Bool("wait", false, "show the run until it has ended")
	out := flags.String("out", "", "file to write the model to; waits for it")
	clone := flags.String("clone", "", "vary the job with this ID: its files, and its recipe if none is given")
	change := addChanges(flags)
	seconds := flags.Int("max-seconds", 0, "that one attempt may take (default: the server's limit)")
	asJSON := flags.Bool("json", false, "print one JSON object per line")
	args, err := parse(flags, args)
	if err != nil {
		return err
	}
	if len(args) > 1 || len(args) == 0 && *clone == "" {
		return fmt.Errorf("submit takes one recipe, or --clone ID, but got %d arguments", len(args))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &submission{dir: *dir, out: stdout, says: stderr, show: newShow(stdout, *asJSON)}
	var spec api.Spec
	if *clone == "" {
		if spec, err = s.spec(args[0], change); err != nil {
			return err
		}
	}
	if s.client, s.about, err = where.connect(ctx); err != nil {
		return err
	}
	if *clone != "" {
		if spec, err = s.variation(ctx, *clone, args, change); err != nil {
			return err
		}
	}
	spec.Name, spec.Model, spec.MaxSeconds = cmp.Or(*name, spec.Name), *model, cmp.Or(*seconds, spec.MaxSeconds)
	j, err := s.submit(ctx, spec)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, j.ID)
	if !*wait && *out == "" {
		return nil
	}
	return s.finish(ctx, j.ID, *out)
}

// finish shows a job until it has ended, and writes its model to a file unless that is "".
func (s *submission) finish(ctx context.Context, id, out string) error {
	result, err := s.follow(ctx, id)
	if ctx.Err() != nil {
		return fmt.Errorf("no longer waiting; the job goes on, and wafer jobs wait %s goes on waiting", id)
	}
	if err != nil || out == "" {
		return err
	}
	return s.download(ctx, result.File, out)
}

// spec reads a recipe and hashes the files that it names.
func (s *submission) spec(recipePath string, change changes) (api.Spec, error) {
	r, err := readRecipe(recipePath)
	if err != nil {
		return api.Spec{}, err
	}
	change.apply(r)
	spec := api.Spec{Recipe: r.Bytes()}
	var paths []string
	for _, named := range r.Files() {
		err := fs.WalkDir(fit.Folder(s.dir), named, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			f, err := hashed(filepath.Join(s.dir, filepath.FromSlash(name)))
			spec.Data, paths = append(spec.Data, f), append(paths, path.Clean(name))
			return err
		})
		if err != nil {
			return api.Spec{}, fmt.Errorf("%s names %s: %w", recipePath, named, err)
		}
	}
	data.Unicode(paths)
	for i := range paths {
		spec.Data[i].Path = paths[i]
	}
	return spec, nil
}

// hashed reads a file once, however large, and gives no path: paths are as the recipe says them.
func hashed(path string) (api.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return api.File{}, err
	}
	defer f.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, f)
	return api.File{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size}, err
}

// submit asks, uploads what the server says it lacks, and asks again.
func (s *submission) submit(ctx context.Context, spec api.Spec) (api.Job, error) {
	if n := len(spec.Data); n > s.about.MaxJobFiles {
		return api.Job{}, fmt.Errorf("the recipe names %d files, the server takes %d; pack folders into zips (form: "+
			"zip)", n, s.about.MaxJobFiles)
	}
	key := rand.Text()
	for range 3 { // in the rare case that what was there goes while the rest is uploaded
		j, err := s.client.Submit(ctx, spec, key)
		var said *remote.Error
		if err == nil || !errors.As(err, &said) || len(said.Missing) == 0 {
			return j, err
		}
		if err := s.upload(ctx, spec.Data, said.Missing); err != nil {
			return api.Job{}, err
		}
	}
	return api.Job{}, errors.New("the server does not keep what is uploaded; its log may say why")
}

// upload sends each missing content once, in pieces, and goes on where the server has some of it already.
func (s *submission) upload(ctx context.Context, files []api.File, missing []string) error {
	lacks := map[string]bool{}
	for _, digest := range missing {
		lacks[digest] = true
	}
	var todo []api.File
	line := &progressLine{to: s.says, what: "uploading"}
	for _, f := range files {
		if lacks[f.SHA256] {
			lacks[f.SHA256] = false // two paths may have the same content
			todo, line.total = append(todo, f), line.total+f.Size
		}
	}
	defer line.end()
	for _, f := range todo {
		if f.Size > s.about.MaxFile {
			return fmt.Errorf("%s has %d bytes, the server takes %d", f.Path, f.Size, s.about.MaxFile)
		}
		content, err := os.Open(filepath.Join(s.dir, filepath.FromSlash(f.Path)))
		if err != nil {
			return err
		}
		err = s.client.Upload(ctx, f, content, s.about.MaxChunk, func(n int64) { line.at(f.Path, n) })
		content.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
		line.done += f.Size
	}
	return nil
}

// follow shows a job's events until it has ended. Only success is not an error.
func (s *submission) follow(ctx context.Context, id string) (*api.Result, error) {
	for e, err := range s.client.Events(ctx, id, 0) {
		switch {
		case err != nil:
			return nil, err
		case e.Kind == api.Logged:
			s.show.note(e.Log)
		case e.Kind == api.Progressed && e.Status.Progress != nil:
			s.show.progress(*e.Status.Progress)
		}
	}
	j, err := s.client.Job(ctx, id)
	if err != nil {
		return nil, err
	}
	switch st := j.Status; {
	case st.State == api.Succeeded && st.Result != nil:
		fmt.Fprintf(s.says, "succeeded: %s, weights %s\n", measured(st.Result), st.Result.WeightsHash)
		return st.Result, nil
	case st.State == api.Failed:
		return nil, fmt.Errorf("the job failed: %s", st.Error)
	default:
		return nil, fmt.Errorf("the job is %s", st.State)
	}
}

// download writes a file that appears when it is whole.
func (s *submission) download(ctx context.Context, f api.File, to string) error {
	part, err := atomicfile.Create(to, filepath.Dir(to), 0o644)
	if err != nil {
		return err
	}
	defer part.Abort()
	line := &progressLine{to: s.says, what: "downloading", total: f.Size}
	err = s.client.Download(ctx, f, part, func(n int64) { line.at(filepath.Base(to), n) })
	line.end()
	if err == nil {
		err = part.Commit()
	}
	if err == nil {
		fmt.Fprintf(s.says, "wrote %s: %d bytes\n", to, f.Size)
	}
	return err
}

// progressLine is one line that is written anew, a few times a second.
type progressLine struct {
	to          io.Writer
	what        string
	total, done int64 // bytes
	shown       time.Time
}

// at shows that so many bytes of a file have gone, beside all of the files before it.
func (p *progressLine) at(name string, bytes int64) {
	if time.Since(p.shown) < 200*time.Millisecond && p.done+bytes < p.total {
		return
	}
	p.shown = time.Now()
	anew(p.to)
	fmt.Fprintf(p.to, "%s %s: %.2f of %.2f MB", p.what, name, float64(p.done+bytes)/1e6, float64(p.total)/1e6)
}

// end leaves the line as it is, if there was one.
func (p *progressLine) end() {
	if !p.shown.IsZero() {
		fmt.Fprintln(p.to)
	}
}
