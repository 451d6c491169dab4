package model

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
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
	head = strings.ReplaceAll(head, "{{style}}", hashes(template, "style"))
	head = strings.ReplaceAll(head, "{{script}}", hashes(template, "script"))
	head = strings.ReplaceAll(head, "{{title}}", escaped(title)) // last, since it may hold anything
	page := make([]byte, 0, len(head)+len(tail)+base64.StdEncoding.EncodedLen(len(module)))
	return append(base64.StdEncoding.AppendEncode(append(page, head...), module), tail...), nil
}

// escaped is text for HTML, as html.EscapeString, which is seven times as large in the browser.
func escaped(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		switch c {
		case '&', '\'', '<', '>', '"':
			b.WriteString("&#" + strconv.Itoa(int(c)) + ";")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
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
