package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// asset is one file of the page, in the forms in which it can be sent.
type asset struct {
	mime      string
	etag      string
	immutable bool // its address changes with its content
	forms     map[string][]byte
	plain     func() ([]byte, error)
}

// The forms a client may ask for, best first. "" is the file as it is.
var encodings = []string{"br", "gzip", ""}

// types of files by their extension. The system's own table differs between machines.
var types = map[string]string{
	".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
	".json": "application/json; charset=utf-8", ".webmanifest": "application/manifest+json",
	".wasm": "application/wasm",
	".svg":  "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
	".gif": "image/gif", ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8", ".csv": "text/csv; charset=utf-8",
}

// served are the folders of static/ whose files the page may ask for.
var served = []string{"css", "js", "icons", "samples", "words"}

// pages are the addresses that the page itself knows; each has its own file so that
// a client without scripts reads something, too.
var pages = map[string]string{"/": "site/index.html", "/teach": "site/teach.html", "/models": "site/models.html",
	"/jobs": "site/jobs.html"}

// loadAssets reads everything that can be asked for, by its address. Since only
// these addresses exist, no request can reach another file.
func loadAssets(files fs.FS) (map[string]*asset, error) {
	all := map[string]*asset{}
	for _, dir := range served {
		if err := addTree(all, files, dir, "/static/"+dir); err != nil {
			return nil, err
		}
	}
	if err := addTree(all, files, "site", ""); err != nil {
		return nil, err
	}
	for address, name := range pages {
		if a := all[strings.TrimPrefix(name, "site")]; a != nil {
			all[address] = a
			delete(all, strings.TrimPrefix(name, "site"))
		}
	}
	return all, nil
}

// addTree adds the files below a folder, under addresses that begin with prefix. Hidden files are none of the page's,
// and a folder that is not there has none.
func addTree(all map[string]*asset, files fs.FS, dir, prefix string) error {
	return fs.WalkDir(files, dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), ".") {
			return err
		}
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return add(all, prefix+strings.TrimPrefix(name, dir), b)
	})
}

// add puts one file into the table. x.br and x.gz are forms of x.
func add(all map[string]*asset, address string, b []byte) error {
	form := ""
	switch path.Ext(address) {
	case ".br":
		form = "br"
	case ".gz":
		form = "gzip"
	}
	address = strings.TrimSuffix(strings.TrimSuffix(address, ".br"), ".gz")
	a := all[address]
	if a == nil {
		a = &asset{mime: typeOf(address), immutable: strings.HasPrefix(address, "/web/"), forms: map[string][]byte{}}
		a.plain = sync.OnceValues(a.unpack)
		all[address] = a
	}
	a.forms[form] = b
	if form != "br" { // one ETag per content; every form adds its name
		sum := sha256.Sum256(b)
		a.etag = hex.EncodeToString(sum[:16])
	}
	if form == "" && compressible(a.mime) && len(b) > 1000 {
		packed, err := pack(b)
		if err != nil {
			return fmt.Errorf("%s: %w", address, err)
		}
		a.forms["gzip"] = packed
	}
	return nil
}

// typeOf is the MIME type of a file by its name.
func typeOf(name string) string {
	if t := types[path.Ext(name)]; t != "" {
		return t
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// compressible are texts; pictures are compressed already, and programs come with their forms from tools/build.
func compressible(mime string) bool {
	return strings.HasPrefix(mime, "text/") || strings.Contains(mime, "json") || mime == "image/svg+xml"
}

// pack is the gzip form of a file, made once at the start.
func pack(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

// unpack makes the plain form of a file that is only there compressed.
func (a *asset) unpack() ([]byte, error) {
	if b, ok := a.forms[""]; ok {
		return b, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(a.forms["gzip"]))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// pick returns the best form for a client that sent this Accept-Encoding.
func (a *asset) pick(accept string) (encoding string, body []byte, err error) {
	for _, e := range encodings[:len(encodings)-1] {
		if b, ok := a.forms[e]; ok && accepts(accept, e) {
			return e, b, nil
		}
	}
	b, err := a.plain()
	return "", b, err
}

// accepts reports whether an Accept-Encoding header allows an encoding by its name.
// "*" is not taken as a promise: plain is always right.
func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), encoding) {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(parameter, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !found || err != nil || weight > 0
	}
	return false
}

// rawLength tells the page's loader how long a compressed program is in the end;
// it counts unpacked bytes.
const rawLength = "X-Uncompressed-Length"

// serve answers with the smallest form that the client takes. A form has an ETag of its own, since caches take equal
// tags for equal bytes. Files under addresses that change with their content are kept for a year; all others are asked
// for each time, which costs a 304.
func (a *asset) serve(w http.ResponseWriter, r *http.Request) error {
	encoding, body, err := a.pick(r.Header.Get("Accept-Encoding"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", a.mime)
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if a.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	etag := `"` + a.etag + `"`
	if encoding != "" {
		etag = `"` + a.etag + "-" + encoding + `"`
		h.Set("Content-Encoding", encoding)
		plain, err := a.plainLength()
		if err != nil {
			return err
		}
		h.Set(rawLength, strconv.Itoa(plain))
	}
	h.Set("ETag", etag)
	if matches(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		w.Write(body)
	}
	return nil
}

// plainLength is written at the end of a gzip file (RFC 1952, ISIZE), so that
// nothing has to be unpacked to know it.
func (a *asset) plainLength() (int, error) {
	if b, ok := a.forms[""]; ok {
		return len(b), nil
	}
	gz := a.forms["gzip"]
	if len(gz) < 4 {
		return 0, errors.New("a compressed file has no gzip form")
	}
	n := gz[len(gz)-4:]
	return int(n[0]) | int(n[1])<<8 | int(n[2])<<16 | int(n[3])<<24, nil
}

// matches reports whether If-None-Match names the tag. Weak tags count: they come from proxies that compress anew.
func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == etag || part == "*" {
			return true
		}
	}
	return false
}
