package nn

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"html"
	"strings"
)

// ExportPage makes one page that holds the model and needs nothing else: template, which
// is static/export/model.html, with the module of Export in it. The policy in its head allows
// the template's own scripts and styles, by their hashes, and no request.
func (m *Model) ExportPage(template string, o ExportOptions) ([]byte, error) {
	module, err := m.Export(o)
	if err != nil {
		return nil, err
	}
	head, tail, found := strings.Cut(template, "{{module}}")
	if !found {
		return nil, errors.New("export: the template of the page has no place for the model")
	}
	title := m.info.Title
	if o.Title != "" {
		title = o.Title
	}
	fill := strings.NewReplacer("{{title}}", html.EscapeString(title),
		"{{style}}", hashes(template, "style"), "{{script}}", hashes(template, "script"))
	head = fill.Replace(head)
	page := make([]byte, 0, len(head)+len(tail)+base64.StdEncoding.EncodedLen(len(module)))
	return append(base64.StdEncoding.AppendEncode(append(page, head...), module), tail...), nil
}

// hashes lists the contents of elements without attributes as a Content-Security-Policy names them.
func hashes(page, element string) string {
	var list []string
	for {
		_, rest, found := strings.Cut(page, "<"+element+">")
		if !found {
			return strings.Join(list, " ")
		}
		inside, rest, _ := strings.Cut(rest, "</"+element+">")
		sum := sha256.Sum256([]byte(inside))
		list = append(list, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
		page = rest
	}
}
