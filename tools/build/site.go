package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

const (
	fresh     = "build/site" // where the site is made
	execJS    = "/wasm_exec.js"
	runJS     = "/run.js" // worker.js loads it; package run has it for other places
	generator = "build/generate"
)

// make fills the site's folder, which is embedded into the server: the pages that the page's own main writes when it
// runs natively, Go's loader, and the programs. Programs are kept compressed
// only; the server unpacks them for the rare client that takes neither form.
func (s *site) make() error {
	if _, err := goTool(nil, "build", "-trimpath", "-buildvcs=false", "-o", generator, "./wasm/app"); err != nil {
		return err
	}
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := s.generate(); err != nil {
		return err
	}
	loader, err := goLoader()
	if err != nil {
		return err
	}
	if err := copyFile(loader, fresh+execJS); err != nil {
		return err
	}
	if err := copyFile("nn/run/run.js", fresh+runJS); err != nil {
		return err
	}
	for _, p := range s.programs {
		if err := writeCompressed(fresh+p.address, p.served, s.quality); err != nil {
			return err
		}
	}
	return publish(s.dir)
}

// goLoader is the script with which Go's programs are started.
func goLoader() (string, error) {
	root, err := goTool(nil, "env", "GOROOT")
	return filepath.Join(strings.TrimSpace(root), "lib/wasm/wasm_exec.js"), err
}

// publish brings a folder to what build/site is. Only what changed is written, so
// that go's cache keeps what is built from the rest; the .gitignore stays.
func publish(site string) error {
	if err := eachFile(fresh, func(name string) error {
		return copyFile(filepath.Join(fresh, name), filepath.Join(site, name))
	}); err != nil {
		return err
	}
	return eachFile(site, func(name string) error {
		if _, err := os.Stat(filepath.Join(fresh, name)); errors.Is(err, fs.ErrNotExist) && name != ".gitignore" {
			return os.Remove(filepath.Join(site, name))
		}
		return nil
	})
}

func eachFile(dir string, do func(name string) error) error {
	return fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return do(name)
	})
}

// generate runs the page natively; it writes index.html and what belongs to it.
func (s *site) generate() error {
	version, samples, err := s.version()
	if err != nil {
		return err
	}
	args := []string{"-version", version, "-exec", execJS, "-run", runJS, "-precache", strings.Join(samples, ",")}
	for _, p := range s.programs {
		args = append(args, "-"+p.name, p.address)
	}
	cmd := exec.Command("./"+generator, append(args, fresh)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("generating the page: %w\n%s", err, out)
	}
	return nil
}

// version hashes everything that the page is made of, so that browsers update
// when anything changed and only then. It also lists the samples, which are kept
// for use without a connection.
func (s *site) version() (string, []string, error) {
	b, err := os.ReadFile(generator)
	if err != nil {
		return "", nil, err
	}
	sum := hashOf(b)
	for _, p := range s.programs {
		sum += p.address
	}
	var samples []string
	err = fs.WalkDir(os.DirFS("static"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if name == "site" || name == "models" {
				return fs.SkipDir
			}
			return err
		}
		b, err := os.ReadFile(filepath.Join("static", name))
		sum += name + hashOf(b)
		if strings.HasPrefix(name, "samples/") && path.Ext(name) != ".md" && path.Ext(name) != ".txt" {
			samples = append(samples, "/static/"+name)
		}
		return err
	})
	return hashOf([]byte(sum)), samples, err
}

func writeCompressed(name string, b []byte, quality int) error {
	br, err := brotliOf(b, quality)
	if err != nil {
		return err
	}
	gz, err := gzipOf(b)
	if err != nil {
		return err
	}
	if err := writeFile(name+".br", br); err != nil {
		return err
	}
	return writeFile(name+".gz", gz)
}
