package kerasprogram

import (
	"strings"

	"wafer/nn/say"
)

// block follows lines of one indentation, and what is deeper with the line before it.
func (r *reader) block(all []line) {
	taken := false // a branch of the conditional that is followed
	for len(all) > 0 && r.returned == nil {
		if r.steps--; r.steps < 0 {
			r.fail(say.Errorf("more than %d lines would have to be followed", maxSteps))
			return
		}
		n := 1
		for n < len(all) && all[n].indent > all[0].indent {
			n++
		}
		r.now = all[0]
		if r.follows(all[0], &taken) {
			if err := r.statement(all[0], all[1:n]); err != nil {
				r.now = all[0]
				r.note(say.Errorf("is not understood: %w", err))
			}
		}
		all = all[n:]
	}
}

// follows reports whether a line is followed: of the branches of a conditional the first whose condition holds, or is
// not known.
func (r *reader) follows(l line, taken *bool) bool {
	first := l.tokens[0]
	if first.kind != name || first.text != "if" && first.text != "elif" && first.text != "else" {
		return true
	}
	if first.text != "if" && *taken {
		return false
	}
	*taken = first.text == "else" || r.holds(l.tokens[1:])
	return *taken
}

// holds evaluates a condition; one that is not known holds.
func (r *reader) holds(tokens []token) bool {
	p := &parser{rest: tokens}
	a, err := p.sum()
	if err != nil || len(p.rest) == 0 {
		return true
	}
	op := p.next().text
	if op == ":" {
		on, ok := r.eval(a).(bool)
		return on || !ok
	}
	b, err := p.sum()
	if err != nil || !p.is(":") || op != "==" && op != "!=" {
		return true
	}
	same, known := equal(r.eval(a), r.eval(b))
	return !known || same == (op == "==")
}

// equal compares numbers or strings; known is false for anything else.
func equal(a, b value) (same, known bool) {
	if x, ok := a.(string); ok {
		y, ok := b.(string)
		return x == y, ok
	}
	x, isX := asNumber(a)
	y, isY := asNumber(b)
	return x == y, isX && isY
}

// statement follows a line with the block that belongs to it.
func (r *reader) statement(l line, body []line) error {
	first := l.tokens[0].text
	if l.tokens[0].kind == operator && first == "@" {
		return nil // a decorator
	}
	if l.tokens[0].kind == name {
		switch first {
		case "import", "from":
			r.importing(l.tokens)
			return nil
		case "def":
			return r.define(l.tokens[1:], body)
		case "class", "while", "async":
			r.note(say.Errorf("what stands under %q is not read", first))
			return nil
		case "except", "pass", "del", "global", "nonlocal", "assert", "raise", "break", "continue":
			return nil
		case "if", "elif", "else", "with", "try", "finally":
			r.block(inline(l, body))
			return nil
		case "for":
			return r.loop(l, body)
		case "return":
			return r.result(l.tokens[1:])
		}
	}
	return r.assignment(l.tokens)
}

// inline is the block of a line, also where it stands on the line itself.
func inline(l line, body []line) []line {
	open := 0
	for i, t := range l.tokens {
		if t.kind != operator {
			continue
		}
		if strings.Contains("([{", t.text) {
			open++
		}
		if strings.Contains(")]}", t.text) {
			open--
		}
		if t.text == ":" && open == 0 && i+1 < len(l.tokens) {
			rest := l
			rest.tokens = l.tokens[i+1:]
			return []line{rest}
		}
	}
	return body
}

// mostRounds bounds how often a loop is followed.
const mostRounds = 1000

// loop follows the body for each element of a list; `for layer in base.layers` for all layers at once, and any other
// loop once, without its variable.
func (r *reader) loop(l line, body []line) error {
	p := &parser{rest: l.tokens[1:]}
	var targets list
	for len(p.rest) > 0 && !p.word("in") {
		if t := p.next(); t.kind == name {
			targets = append(targets, variable(t.text))
		}
	}
	if len(p.rest) == 0 || len(targets) == 0 {
		return say.Errorf("%q is expected, found its end", "in")
	}
	p.next()
	e, err := p.tuple(":")
	if err != nil {
		return err
	}
	rounds, known, before := items{unknown{}}, true, r.made
	switch over := r.eval(e).(type) {
	case layersOf:
		rounds = items{over}
	case items:
		rounds = over[:min(len(over), mostRounds)]
	default:
		known = false
	}
	for _, v := range rounds {
		if len(targets) == 1 {
			r.assign(targets[0], v)
		} else {
			r.assign(targets, v)
		}
		r.block(inline(l, body))
	}
	if r.now = l; !known && r.made > before {
		r.note(say.New("how often this is repeated is not known here; its layers were taken once"))
	}
	return nil
}

// assignment follows an expression, and gives its value to the names before it.
func (r *reader) assignment(tokens []token) error {
	targets, rest, err := sides(tokens)
	if err != nil {
		return err
	}
	p := &parser{rest: rest}
	e, err := p.tuple("")
	if err != nil {
		return err
	}
	if len(p.rest) > 0 {
		return say.Errorf("%q is not expected here", p.rest[0].text)
	}
	v := r.eval(e)
	for _, t := range targets {
		r.assign(t, v)
	}
	return nil
}

// sides cuts a = b = c into targets and what is assigned; a /= b is a = a / b.
func sides(tokens []token) (targets []expr, value []token, err error) {
	open, begin := 0, 0
	for i, t := range tokens {
		if t.kind != operator {
			continue
		}
		if strings.Contains("([{", t.text) {
			open++
		}
		if strings.Contains(")]}", t.text) {
			open--
		}
		short := len(t.text) == 2 && strings.Contains("+=-=*=/=", t.text)
		if open > 0 || t.text != "=" && !short {
			continue
		}
		p := &parser{rest: tokens[begin:i]}
		target, err := p.tuple(":") // an annotation may follow
		if err != nil {
			return nil, nil, err
		}
		targets, begin = append(targets, target), i+1
		if short {
			sum := append([]token{}, tokens[:i]...)
			return targets, append(append(sum, token{operator, t.text[:1]}), tokens[begin:]...), nil
		}
	}
	return targets, tokens[begin:], nil
}

// assign gives a value to a name, to several, or to an attribute.
func (r *reader) assign(target expr, v value) {
	switch t := target.(type) {
	case variable:
		if _, ok := v.(unknown); ok {
			v = unknown{string(t)}
		}
		r.names[string(t)] = v
	case list:
		given, _ := v.(items)
		for i, e := range t {
			if len(given) == len(t) {
				r.assign(e, given[i])
			} else {
				r.assign(e, unknown{})
			}
		}
	case member:
		r.set(r.eval(t.of), t.name, v)
	}
}
