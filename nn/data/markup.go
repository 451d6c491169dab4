package data

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// markup reads XML piece by piece, as far as files of Excel need it: no entities of their own, no checks.
type markup struct {
	rest       string
	kind       piece
	name       string // of a tag, without its prefix
	attributes string
	text       string
	closes     bool // the tag that was opened is closed in itself
}

type piece byte

const (
	opening piece = iota
	closing
	between
)

// next finds the next tag or text; false at the end.
func (x *markup) next() bool {
	if x.closes {
		x.closes, x.kind = false, closing
		return true
	}
	for x.rest != "" {
		start := strings.IndexByte(x.rest, '<')
		if start != 0 {
			if start < 0 {
				start = len(x.rest)
			}
			x.kind, x.text, x.rest = between, plainText(x.rest[:start]), x.rest[start:]
			return true
		}
		if inside, ok := strings.CutPrefix(x.rest, "<![CDATA["); ok {
			x.kind = between
			x.text, x.rest, _ = strings.Cut(inside, "]]>")
			return true
		}
		if strings.HasPrefix(x.rest, "<!--") {
			_, x.rest, _ = strings.Cut(x.rest, "-->")
			continue
		}
		var tag string
		tag, x.rest, _ = strings.Cut(x.rest[1:], ">")
		if tag == "" || tag[0] == '?' || tag[0] == '!' {
			continue
		}
		x.tag(tag)
		return true
	}
	return false
}

// tag takes what stands between < and >. The prefix of a namespace is cut off the name: programs choose it freely.
func (x *markup) tag(tag string) {
	x.kind = opening
	if tag[0] == '/' {
		x.kind, tag = closing, tag[1:]
	} else if strings.HasSuffix(tag, "/") {
		x.closes, tag = true, tag[:len(tag)-1]
	}
	end := strings.IndexAny(tag, " \t\r\n")
	if end < 0 {
		end = len(tag)
	}
	x.name, x.attributes = tag[:end], tag[end:]
	x.name = x.name[strings.IndexByte(x.name, ':')+1:]
}

// attribute is the value of an attribute of the tag, "" for none; prefixes do not count.
func (x *markup) attribute(name string) string {
	for rest := x.attributes; ; {
		key, after, ok := strings.Cut(rest, "=")
		after = strings.TrimLeft(after, " \t\r\n")
		if !ok || after == "" {
			return ""
		}
		value, behind, _ := strings.Cut(after[1:], after[:1])
		key = strings.TrimSpace(key)
		if key[strings.IndexByte(key, ':')+1:] == name {
			return plainText(value)
		}
		rest = behind
	}
}

// plainText replaces the references to characters, and the carriage returns of Excel.
func plainText(s string) string {
	s = strings.ReplaceAll(s, "_x000D_", "")
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, "&")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		end := strings.IndexByte(after[:min(len(after), 10)], ';')
		r := reference(after[:max(end, 0)])
		if r == 0 {
			b.WriteByte('&')
			s = after
			continue
		}
		b.WriteRune(r)
		s = after[end+1:]
	}
}

// reference is the character that a name stands for, 0 for none.
func reference(name string) rune {
	for i, known := range []string{"lt", "gt", "quot", "apos", "amp"} {
		if name == known {
			return rune("<>\"'&"[i])
		}
	}
	number, base := strings.TrimPrefix(name, "#"), 10
	if strings.HasPrefix(number, "x") {
		number, base = number[1:], 16
	}
	n, err := strconv.ParseInt(number, base, 32)
	if err != nil || number == name || !utf8.ValidRune(rune(n)) {
		return 0
	}
	return rune(n)
}
