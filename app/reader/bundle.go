package reader

import (
	"path"
	"slices"
	"strings"

	"wafer/app/bridge"
	"wafer/nn/data"
	"wafer/nn/json"
	"wafer/nn/say"
)

// bundle unpacks an archive that is a project. Somebody may have packed it anew, and so put it into a folder.
func bundle(a bridge.Asked[bridge.None], _ bridge.None) (done bridge.Bundled, out [][]byte, err error) {
	if len(a.Buffers) != 1 {
		return done, nil, say.Errorf("Expected one archive, but %d files came with the message.", len(a.Buffers))
	}
	entries, err := data.Unzip(a.Buffers[0])
	if err != nil {
		return done, nil, say.Errorf("%w.", err)
	}
	budget := int64(readBudget)
	at := slices.IndexFunc(entries, func(f data.File) bool {
		return path.Base(f.Path) == bridge.BundleFile && strings.Count(f.Path, "/") < 2
	})
	if at < 0 {
		return done, nil, nil
	}
	list, err := entries[at].Read(&budget)
	if err != nil {
		return done, nil, say.Errorf("%w.", err)
	}
	var mark struct{ Wafer string }
	if json.Unmarshal(list, &mark) != nil || mark.Wafer != "project" {
		return done, nil, nil
	}
	folder := strings.TrimSuffix(entries[at].Path, bridge.BundleFile)
	for _, e := range entries {
		name, inside := strings.CutPrefix(e.Path, folder)
		if !inside || name == bridge.BundleFile {
			continue
		}
		b, err := e.Read(&budget)
		if err != nil {
			return done, nil, say.Errorf("%w.", err)
		}
		done.Paths, out = append(done.Paths, name), append(out, slices.Clone(b)) // buffers of an answer are moved
	}
	done.Project = list
	return done, out, nil
}
