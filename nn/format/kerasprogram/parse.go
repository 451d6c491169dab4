package kerasprogram

import (
	"math"
	"strconv"
	"strings"

	"wafer/nn/say"
)

// Expressions of the part of Python that programs are written in.
type (
	expr any

	variable string                // x
	constant struct{ value value } // 1, "a", True, None
	member   struct {              // of.name
		of   expr
		name string
	}
	call struct {
		function expr
		args     []arg
	}
	item   struct{ of, at expr } // of[at]
	list   []expr                // [a, b], (a, b)
	binary struct {
		op   string
		a, b expr
	}
	closure struct { // lambda params: body
		params []string
		body   expr
	}
	other struct{} // anything else: its value is not known
)

// arg is an argument, with a name where it is given by one.
type arg struct {
	name  string
	value expr
}

// parser reads one logical line.
type parser struct {
	rest  []token
	depth int
}

func (p *parser) is(op string) bool {
	return len(p.rest) > 0 && p.rest[0].kind == operator && p.rest[0].text == op
}

func (p *parser) word(w string) bool {
	return len(p.rest) > 0 && p.rest[0].kind == name && p.rest[0].text == w
}

func (p *parser) accept(op string) bool {
	if !p.is(op) {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *parser) next() token {
	t := p.rest[0]
	p.rest = p.rest[1:]
	return t
}

// tuple reads expressions with commas between them: one, or a list.
func (p *parser) tuple(end string) (expr, error) {
	var all list
	comma := false
	for len(p.rest) > 0 && !p.is(end) {
		e, err := p.expression()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		if comma = p.accept(","); !comma {
			break
		}
	}
	if len(all) == 1 && !comma && end != "]" {
		return all[0], nil
	}
	return all, nil
}

// expression reads sums; what binds weaker (comparisons, and, lambda, a comprehension) makes it unknown.
func (p *parser) expression() (expr, error) {
	if p.depth++; p.depth > 4*maxDepth {
		return nil, say.Errorf("expressions are nested deeper than %d levels", 4*maxDepth)
	}
	defer func() { p.depth-- }()
	e, err := p.sum()
	if err == nil && len(p.rest) > 0 && !p.is(",") && !p.is(")") && !p.is("]") && !p.is("}") && !p.is("=") &&
		!p.is(":") {
		p.skip()
		return other{}, nil
	}
	return e, err
}

// skip leaves out everything up to what ends an expression.
func (p *parser) skip() {
	for open := 0; len(p.rest) > 0; p.next() {
		switch {
		case p.is("(") || p.is("[") || p.is("{"):
			open++
		case open > 0 && (p.is(")") || p.is("]") || p.is("}")):
			open--
		case open == 0 && (p.is(",") || p.is(")") || p.is("]") || p.is("}") || p.is(":")):
			return
		}
	}
}

func (p *parser) sum() (expr, error) { return p.infix(p.product, "+", "-") }

func (p *parser) product() (expr, error) { return p.infix(p.power, "*", "/", "//", "%") }

func (p *parser) power() (expr, error) { return p.infix(p.unary, "**") }

func (p *parser) infix(operand func() (expr, error), ops ...string) (expr, error) {
	a, err := operand()
	for err == nil {
		op := ""
		for _, o := range ops {
			if p.accept(o) {
				op = o
				break
			}
		}
		if op == "" {
			return a, nil
		}
		var b expr
		if b, err = operand(); err == nil {
			a = binary{op, a, b}
		}
	}
	return nil, err
}

func (p *parser) unary() (expr, error) {
	switch {
	case p.accept("-"):
		e, err := p.nested(p.unary)
		return binary{"-", constant{0.0}, e}, err
	case p.accept("+"):
		return p.nested(p.unary)
	}
	return p.postfix()
}

// nested reads one level deeper.
func (p *parser) nested(read func() (expr, error)) (expr, error) {
	if p.depth++; p.depth > 4*maxDepth {
		return nil, say.Errorf("expressions are nested deeper than %d levels", 4*maxDepth)
	}
	defer func() { p.depth-- }()
	return read()
}

func (p *parser) postfix() (expr, error) {
	e, err := p.atom()
	for err == nil {
		switch {
		case p.accept("."):
			if len(p.rest) == 0 || p.rest[0].kind != name {
				return nil, say.New("there is no name behind a dot")
			}
			e = member{e, p.next().text}
		case p.accept("("):
			var args []arg
			if args, err = p.arguments(); err == nil {
				e = call{e, args}
			}
		case p.accept("["):
			var at expr
			if at, err = p.index(); err == nil {
				e = item{e, at}
			}
		default:
			return e, nil
		}
	}
	return nil, err
}

// index reads what stands between square brackets behind a value; a slice is unknown.
func (p *parser) index() (expr, error) {
	open := 0
	for i, t := range p.rest {
		switch {
		case t.kind != operator:
		case open == 0 && t.text == ":":
			for !p.is("]") && len(p.rest) > 0 {
				if p.skip(); p.is(":") || p.is(",") {
					p.next()
				} else if !p.is("]") {
					break
				}
			}
			return other{}, p.expect("]")
		case strings.Contains("([{", t.text):
			open++
		case strings.Contains(")]}", t.text):
			if open--; open < 0 {
				return p.at(p.rest[:i])
			}
		}
	}
	return nil, p.expect("]")
}

// at reads an index without a colon.
func (p *parser) at(inside []token) (expr, error) {
	e, err := p.tuple("]")
	if err == nil && len(inside) == 0 {
		err = say.New("there is nothing between square brackets")
	}
	if one, ok := e.(list); ok && len(one) == 1 {
		e = one[0]
	}
	if err != nil {
		return nil, err
	}
	return e, p.expect("]")
}

func (p *parser) expect(op string) error {
	if p.accept(op) {
		return nil
	}
	if len(p.rest) == 0 {
		return say.Errorf("%q is expected at its end", op)
	}
	return say.Errorf("%q is expected, found %q", op, p.rest[0].text)
}

func (p *parser) arguments() (args []arg, err error) {
	for len(p.rest) > 0 && !p.is(")") {
		a := arg{}
		if p.accept("*") || p.accept("**") {
			a.name = "*"
		} else if len(p.rest) > 1 && p.rest[0].kind == name && p.rest[1] == (token{operator, "="}) {
			a.name = p.next().text
			p.next()
		}
		if a.value, err = p.expression(); err != nil {
			return nil, err
		}
		args = append(args, a)
		if !p.accept(",") {
			break
		}
	}
	return args, p.expect(")")
}

func (p *parser) atom() (expr, error) {
	if len(p.rest) == 0 {
		return nil, say.New("something is missing at its end")
	}
	t := p.next()
	switch t.kind {
	case number:
		v, err := numberOf(t.text)
		return constant{v}, err
	case text:
		s := t.text
		for len(p.rest) > 0 && p.rest[0].kind == text { // strings side by side are one
			s += p.next().text
		}
		return constant{s}, nil
	case template:
		return other{}, nil
	case name:
		switch t.text {
		case "True", "False":
			return constant{t.text == "True"}, nil
		case "None":
			return constant{nil}, nil
		case "lambda":
			return p.lambda()
		case "not", "await", "yield":
			p.skip()
			if p.is(":") {
				p.next()
				p.skip()
			}
			return other{}, nil
		}
		return variable(t.text), nil
	}
	return p.bracket(t.text)
}

// lambda reads a function of one expression.
func (p *parser) lambda() (expr, error) {
	var f closure
	for len(p.rest) > 0 && !p.is(":") {
		if t := p.next(); t.kind == name {
			f.params = append(f.params, t.text)
		}
	}
	if err := p.expect(":"); err != nil {
		return nil, err
	}
	var err error
	f.body, err = p.nested(p.expression)
	return f, err
}

func (p *parser) bracket(open string) (expr, error) {
	switch open {
	case "(":
		return p.closed(")")
	case "[":
		return p.closed("]")
	case "{":
		for len(p.rest) > 0 && !p.is("}") {
			if p.skip(); len(p.rest) > 0 && !p.is("}") {
				p.next()
			}
		}
		return other{}, p.expect("}")
	}
	return nil, say.Errorf("%q is not expected here", open)
}

func (p *parser) closed(end string) (expr, error) {
	e, err := p.nested(func() (expr, error) { return p.tuple(end) })
	if err != nil {
		return nil, err
	}
	return e, p.expect(end)
}

// numberOf reads a number: int, or float64.
func numberOf(s string) (value, error) {
	if n, err := strconv.ParseInt(s, 0, 32); err == nil {
		return int(n), nil
	}
	f, err := strconv.ParseFloat(strings.TrimSuffix(s, "j"), 64)
	if err != nil || math.IsInf(f, 0) {
		return nil, say.Errorf("%q is not a number that is read here", s)
	}
	return f, nil
}
