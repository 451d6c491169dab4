// Package kerasprogram reads programs for Keras, Python or a notebook, as the recipe of the run that they describe. It
// runs nothing: of Python it follows assignments, calls of Keras' names and functions that the program defines itself;
// what it does not understand it names by line.
//
// Names and defaults are those of keras.io/api and, for ImageDataGenerator, Tokenizer and pad_sequences, of TensorFlow
// 2's keras.preprocessing.
package kerasprogram

import (
	"bytes"
	"strings"

	"wafer/nn/json"
	"wafer/nn/recipe"
	"wafer/nn/say"
)

// MaxBytes is the longest program that Read reads.
const MaxBytes = 1 << 20

// Options say what a program leaves to its data.
type Options struct {
	Name    string // of the recipe; "": keras-program
	Classes int    // labels of the data; 0: as many as the program's last layer has units
}

// Program is what was read.
type Program struct {
	Recipe *recipe.Recipe
	JSON   []byte // of the recipe, with what differs from the defaults only
	Notes  []Note // what was not understood or replaced, by line
}

// Note is a sentence about a line.
type Note struct {
	Line int    // from 1; 0: about no single line
	Code string // the line as it is written
	Err  error  // the sentence; a say.Error
}

// Read reads a Python program or a Jupyter notebook. The error says why no recipe could be made of it.
func Read(program []byte, o Options) (*Program, error) {
	if len(program) > MaxBytes {
		return nil, say.Errorf("the program is %d bytes long, at most %d are read", len(program), MaxBytes)
	}
	source, err := code(program)
	if err != nil {
		return nil, err
	}
	all, err := lines(source)
	if err != nil {
		return nil, err
	}
	r := &reader{options: o, names: map[string]value{}, imports: map[string]string{}, known: functions(),
		steps: maxSteps}
	r.block(all)
	return r.program()
}

// code is the text of a program; of a notebook, that of its code cells.
func code(b []byte) (string, error) {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if !bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		return string(b), nil
	}
	var notebook struct {
		Cells []struct {
			Kind   string          `json:"cell_type"`
			Source json.RawMessage `json:"source"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(b, &notebook); err != nil {
		return "", say.Errorf("the notebook is not JSON: %w", err)
	}
	var out strings.Builder
	for _, c := range notebook.Cells {
		var whole string
		var parts []string
		if c.Kind != "code" {
			continue
		}
		if json.Unmarshal(c.Source, &parts) == nil {
			whole = strings.Join(parts, "")
		} else if err := json.Unmarshal(c.Source, &whole); err != nil {
			return "", say.New("a cell of the notebook has no text")
		}
		out.WriteString(whole + "\n")
	}
	return out.String(), nil
}

// maxSteps bounds the lines that are followed, since functions may call each other.
const maxSteps = 20000

// reader follows a program.
type reader struct {
	options Options
	names   map[string]value
	imports map[string]string // name → dotted path
	known   map[string]func(*reader, arguments) value
	notes   []Note
	now     line // that is followed
	steps   int
	calls   int // of the program's own functions in each other
	made    int // layers

	data     data
	model    *chain // the last one that was compiled or fitted
	compiled compiled
	fits     []fit
	returned value // by the function that is followed, nil: not yet
	failed   error // why no recipe can be made
}

// note says something about the line that is followed, once.
func (r *reader) note(err error) {
	for _, n := range r.notes {
		if n.Line == r.now.number && n.Err.Error() == err.Error() {
			return
		}
	}
	r.notes = append(r.notes, Note{r.now.number, r.now.source, err})
}

// fail says why no recipe can be made; the first reason counts.
func (r *reader) fail(err error) {
	if r.failed == nil {
		r.failed = say.Errorf("line %d: %w", r.now.number, err)
	}
}

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
