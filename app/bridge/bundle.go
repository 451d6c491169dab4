package bridge

import "wafer/nn/json"

// BundleFile is the name of the file that says what the others of a project's archive are.
const BundleFile = "project.json"

// Bundled is what an archive holds if it is a project that a page has made: its BundleFile as it stands, nil if it is
// another archive. Buffer i of the answer is the file at Paths[i].
type Bundled struct {
	Project json.RawMessage `json:"project,omitempty"`
	Paths   []string        `json:"paths,omitempty"`
}
