package bridge

import (
	"strings"

	"wafer/nn/say"
	"wafer/nn/task"
)

// ReadRequest asks what files hold: samples with their classes. Buffer i is the file of the i-th name; pictures that
// are no archive need none.
type ReadRequest struct {
	Kind     task.Kind `json:"kind"`
	Files    []Name    `json:"files"`
	Columns  *Columns  `json:"columns,omitempty"`  // what somebody said about the table, which is then the only file
	Encoding string    `json:"encoding,omitempty"` // of the table, likewise; "": it is found
	Cells    bool      `json:"cells,omitempty"`    // rows with all their cells, also those without a label
	OneClass bool      `json:"one,omitempty"`      // all pictures are of one class, whatever folders they lie in
	Most     int       `json:"most"`               // rows of a table, files of an archive
}

// IsTable says whether a file is a table by its name, as data.IsTable; .txt may be one.
func IsTable(name string) bool {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	for _, ending := range []string{".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".xls",
		".ods", ".numbers", ".parquet"} {
		if strings.HasSuffix(name, ending) {
			return true
		}
	}
	return false
}

// Name is a file of a ReadRequest.
type Name struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Buffer int    `json:"buffer"` // −1: its bytes were not sent; a table is then no more than beside the others
}

// Columns says what the columns of a table mean, as data.Columns.
type Columns struct {
	Header bool `json:"header"`
	Text   int  `json:"text"`
	Label  int  `json:"label"` // −1: none
}

// ReadAnswer is what the files hold.
type ReadAnswer struct {
	Tables []Table `json:"tables,omitempty"`
	Files  []Found `json:"files,omitempty"` // those that became samples
	Left   []Left  `json:"left,omitempty"`  // what was left out of folders and archives
	Split  bool    `json:"split,omitempty"` // the folders were parts: train, test
}

// Table is a table of texts. One that is not sure has no rows but the first.
type Table struct {
	File      int           `json:"file"` // of the request
	Name      string        `json:"name"`
	Guessed   bool          `json:"guessed,omitempty"` // the encoding is likely and no more
	Encoding  string        `json:"encoding"`
	Delimiter string        `json:"delimiter,omitempty"`
	Encodings []string      `json:"encodings,omitempty"` // others to choose from, where it was guessed or chosen
	Names     []string      `json:"names,omitempty"`     // of the columns, by the header
	Width     int           `json:"width"`
	Columns   Columns       `json:"columns"`
	Test      bool          `json:"test,omitempty"` // its name says that it is for tests, and another one that it is not
	Sure      bool          `json:"sure"`
	First     [][]string    `json:"first"`            // rows as they stand, the header among them
	Broken    int           `json:"broken,omitempty"` // characters that could not be read and became U+FFFD
	Rows      []Row         `json:"rows,omitempty"`
	Left      []Left        `json:"left,omitempty"`
	Error     string        `json:"error,omitempty"` // why there is no table, in plain words
	Said      *say.Sentence `json:"said,omitempty"`  // Error in parts
}

// Row is a row of a table.
type Row struct {
	Line  int      `json:"line"`
	Text  string   `json:"text"`
	Label string   `json:"label,omitempty"`
	Cells []string `json:"cells,omitempty"`
}

// Found is a file that became a sample: the one of that number, or a file of an archive, in a buffer of the answer.
type Found struct {
	File   int    `json:"file"`
	Path   string `json:"path"`
	Class  string `json:"class"`
	Buffer int    `json:"buffer"` // −1: the file itself
	Text   string `json:"text,omitempty"`
	Test   bool   `json:"test,omitempty"` // it lies in the folder of the test set
}

// Left is what was left out for one reason, as data.Left.
type Left struct {
	Why   string   `json:"why"`
	Count int      `json:"count"`
	Where []string `json:"where"`
}

// Hashes are the SHA-256 of the buffers of a request, hex, and their sums as zip archives have them.
type Hashes struct {
	SHA256 []string `json:"sha256"`
	CRC32  []uint32 `json:"crc32"`
}
