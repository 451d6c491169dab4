package web

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"wafer/nn/names"
	"wafer/nn/recipe"
	"wafer/server/api"
	"wafer/server/store"
)

const (
	maxJobName = 200
	maxPath    = 512
)

// checkSpec says what is wrong with a job in a sentence, and gives it a name if it has none.
func checkSpec(spec *api.Spec, l Limits) error {
	if len(spec.Recipe) == 0 {
		return invalid("a job needs a recipe")
	}
	if spec.MaxSeconds < 0 || spec.MaxSeconds > l.MaxSeconds {
		return invalid(fmt.Sprintf("max_seconds must be from 0 to %d, found %d", l.MaxSeconds, spec.MaxSeconds))
	}
	if len(spec.CloneOf) > 32 || strings.Trim(spec.CloneOf, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
		return invalid("clone_of must be the ID of a job")
	}
	if err := checkFiles(spec, l); err != nil {
		return err
	}
	name, err := checkRecipe(spec)
	if err != nil {
		return err
	}
	if spec.Name == "" {
		spec.Name = name
	}
	if !isLine(spec.Name, maxJobName) {
		return invalid(fmt.Sprintf("the name of a job is one line of at most %d bytes, without marks that turn its "+
			"direction", maxJobName))
	}
	return nil
}

// checkFiles checks what a job says about its files, which a worker will write below a folder by their paths.
func checkFiles(spec *api.Spec, l Limits) error {
	if len(spec.Data) > l.MaxJobFiles {
		return invalid(fmt.Sprintf("a job has at most %d files, found %d; pack them into a zip", l.MaxJobFiles,
			len(spec.Data)))
	}
	seen := map[string]bool{}
	for _, f := range spec.Data {
		if !isPath(f.Path) {
			return invalid(fmt.Sprintf("the path of a file must be relative, with slashes and without .., found %q",
				f.Path))
		}
		if folded := strings.ToLower(f.Path); seen[folded] {
			return invalid(fmt.Sprintf("two files have the path %q", f.Path))
		} else {
			seen[folded] = true
		}
	}
	for _, f := range spec.Data { // a file cannot be a folder as well
		for path := strings.ToLower(f.Path); strings.Contains(path, "/"); {
			path = path[:strings.LastIndex(path, "/")]
			if seen[path] {
				return invalid(fmt.Sprintf("%q is a file and a folder", path))
			}
		}
	}
	files := slices.Clone(spec.Data)
	if spec.Checkpoint != nil {
		files = append(files, *spec.Checkpoint)
	}
	for _, f := range files {
		if err := checkFile(f, l.MaxFile); err != nil {
			return err
		}
	}
	return nil
}

// checkFile checks hash and size of one file, which may still be missing.
func checkFile(f api.File, most int64) error {
	if err := store.CheckDigest(f.SHA256); err != nil {
		return err
	}
	if f.Size < 0 || f.Size > most {
		return invalid(fmt.Sprintf("the size of a file must be from 0 to %d bytes, found %d", most, f.Size))
	}
	return nil
}

// isPath reports whether a path stays below a folder on every system.
func isPath(path string) bool {
	return fs.ValidPath(path) && path != "." && isLine(path, maxPath) && !strings.ContainsAny(path, `\:*?"<>|`)
}

// isLine reports whether a text is one line of a length and can be shown without changing what stands around it.
func isLine(text string, most int) bool { return names.Form{Most: most}.Check(text) == nil }

// checkRecipe also makes sure that all files that the recipe names belong to the job.
func checkRecipe(spec *api.Spec) (name string, err error) {
	r, err := recipe.Parse(spec.Recipe)
	if err != nil {
		return "", invalid(err.Error())
	}
	if len(r.Preprocess.Data.Train) == 0 {
		return "", invalid("recipe: preprocess.data.train names no files to train on")
	}
	for _, path := range r.Files() {
		if !slices.ContainsFunc(spec.Data, func(f api.File) bool {
			return f.Path == path || strings.HasPrefix(f.Path,
				path+"/")
		}) {
			return "", invalid(fmt.Sprintf("the recipe names %q, which is not among the files of the job", path))
		}
	}
	if base := r.Define.Base(); base != "" && !slices.ContainsFunc(spec.Data,
		func(f api.File) bool { return f.Path == r.WeightsFile() && f.SHA256 == base }) {
		return "", invalid(fmt.Sprintf("the file %s of the job is not the model that its name and the recipe say",
			r.WeightsFile()))
	}
	return r.Name, nil
}
