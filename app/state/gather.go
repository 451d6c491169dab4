package state

import (
	"path"
	"strings"

	"wafer/app/bridge"
	"wafer/app/browser"
	"wafer/app/words"
	"wafer/nn/task"
)

// maxArchive is the largest archive that is read, bytes.
const maxArchive = 200_000_000

// isArchive goes by the name; what the file really holds, the worker finds out.
func isArchive(f browser.File) bool { return strings.EqualFold(path.Ext(f.Name), ".zip") }

// gathered are the pictures of folders and archives, without what systems leave behind; files that were chosen one by
// one stay as they are. left says what was passed over, nil for nothing.
func (s *Store) gathered(files []browser.File) (list []browser.File, left *words.Say, err error) {
	req := bridge.ReadRequest{Kind: task.Image, OneClass: true, Most: MaxItems}
	var buffers []browser.Buffer
	var numbers []int
	for i, f := range files {
		name := bridge.Name{Path: strings.TrimPrefix(f.Path, "/"), Size: f.Size, Buffer: -1}
		switch {
		case isArchive(f) && f.Size > maxArchive:
			return nil, nil, words.Sentence(words.T("teach.toolong", f.Name, words.Size(f.Size),
				words.Size(maxArchive)))
		case isArchive(f):
			name.Path, name.Buffer = f.Name, len(buffers)
			buffers = append(buffers, f.Buffer())
		case f.Path == "":
			list = append(list, f)
			continue
		}
		req.Files, numbers = append(req.Files, name), append(numbers, i)
	}
	if len(req.Files) == 0 {
		return list, nil, nil
	}
	answer, got, err := bridge.Ask(s.Reader, bridge.Read, req, buffers...)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range answer.Files {
		if f.Buffer >= 0 && f.Buffer < len(got) {
			list = append(list, browser.NewFile(path.Base(f.Path), "", got[f.Buffer]))
		} else {
			list = append(list, files[numbers[f.File]])
		}
	}
	for _, l := range answer.Left {
		said := words.Left(l.Why, l.Count, l.Where)
		if left != nil {
			said = words.Of("read.and", left, said)
		}
		left = said
	}
	return list, left, nil
}
