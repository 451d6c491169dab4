package kerasprogram

import (
	"strings"

	"wafer/nn/say"
)

// importing notes what names stand for.
func (r *reader) importing(tokens []token) {
	from, rest := "", tokens[1:]
	if tokens[0].text == "from" {
		from, rest = dotted(rest)
		if len(rest) > 0 {
			rest = rest[1:] // import
		}
	}
	for len(rest) > 0 {
		if rest[0].kind == operator {
			rest = rest[1:] // a comma, brackets
			continue
		}
		var path string
		path, rest = dotted(rest)
		as, full := path, path
		if from != "" {
			full = from + "." + path
		}
		if len(rest) > 1 && rest[0].text == "as" {
			as, rest = rest[1].text, rest[2:]
		} else if from == "" {
			as, _, _ = strings.Cut(path, ".")
			full = as
		}
		r.imports[as] = full
		delete(r.names, as)
	}
}

// dotted reads a.b.c, at least one token.
func dotted(tokens []token) (path string, rest []token) {
	for i, t := range tokens {
		if i > 0 && t.kind == name && tokens[i-1].text != "." || t.kind == operator && t.text != "." &&
			t.text != "..." {
			if i == 0 {
				break
			}
			return path, tokens[i:]
		}
		path += t.text
	}
	if path == "" && len(tokens) > 0 {
		return "", tokens[1:]
	}
	return path, nil
}

// define notes a function of the program.
func (r *reader) define(tokens []token, body []line) error {
	if len(tokens) < 3 || tokens[1].text != "(" {
		return say.New("a function has a name and parameters")
	}
	f := function{body: body}
	p := &parser{rest: tokens[2:]}
	for len(p.rest) > 0 && !p.is(")") {
		if p.rest[0].kind == name {
			f.params = append(f.params, param{name: p.next().text})
			if p.accept(":") {
				p.skip()
			}
			if p.accept("=") {
				var err error
				if f.params[len(f.params)-1].value, err = p.expression(); err != nil {
					return err
				}
			}
		} else {
			p.next()
		}
	}
	if len(body) == 0 {
		f.body = inline(line{number: r.now.number, source: r.now.source, tokens: tokens}, nil)
	}
	r.names[tokens[0].text] = f
	return nil
}

// result ends a function of the program.
func (r *reader) result(tokens []token) error {
	e, err := (&parser{rest: tokens}).tuple("")
	if err != nil {
		return err
	}
	if r.returned = r.eval(e); r.returned == nil {
		r.returned = unknown{}
	}
	return nil
}
