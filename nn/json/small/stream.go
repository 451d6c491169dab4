package small

import "io"

// Delim is a bracket of an object or an array.
type Delim rune

func (d Delim) String() string { return string(d) }

// Token is a Delim, bool, float64, Number, string or nil.
type Token any

// Decoder reads values from a stream, which may be of any length: of it, one value at a time is kept.
type Decoder struct {
	from   io.Reader
	b      []byte // read, of which at bytes are used
	at     int
	before int64  // bytes used and forgotten
	ended  error  // of from
	open   []byte // brackets that are open, outermost first
	state  byte   // of the innermost
	flags  decoder
	err    error // of every call from now on
}

// What may come next.
const (
	anything  = iota // a value, at the top
	first            // a value or ], or a key or }
	separator        // a comma or the end
	key              // behind a comma
	colon
	value // behind a comma or a colon
)

// NewDecoder reads from a stream.
func NewDecoder(from io.Reader) *Decoder { return &Decoder{from: from} }

// DisallowUnknownFields makes a key without a field an error.
func (d *Decoder) DisallowUnknownFields() { d.flags.strict = true }

// UseNumber keeps numbers as Number where any value may stand.
func (d *Decoder) UseNumber() { d.flags.useNumber = true }

// InputOffset is how many bytes were used.
func (d *Decoder) InputOffset() int64 { return d.before + int64(d.at) }

// fill reads more, and forgets what was used.
func (d *Decoder) fill() bool {
	if d.ended != nil {
		return false
	}
	if d.at > 0 {
		d.before += int64(d.at)
		d.b = append(d.b[:0], d.b[d.at:]...)
		d.at = 0
	}
	if room := max(512, len(d.b)); cap(d.b)-len(d.b) < room {
		d.b = append(make([]byte, 0, len(d.b)+2*room), d.b...)
	}
	n, err := d.from.Read(d.b[len(d.b):cap(d.b)])
	d.b, d.ended = d.b[:len(d.b)+n], err
	return n > 0 || err == nil
}

// peek is the next byte that is no white space.
func (d *Decoder) peek() (byte, error) {
	for {
		if d.at = spaces(d.b, d.at); d.at < len(d.b) {
			return d.b[d.at], nil
		}
		if !d.fill() {
			return 0, d.ended
		}
	}
}

// More says whether another value stands in the object or array that is open.
func (d *Decoder) More() bool {
	c, err := d.peek()
	return err == nil && c != ']' && c != '}'
}

// separated steps over what must stand before a value or a key.
func (d *Decoder) separated() error {
	c, err := d.peek()
	if err != nil {
		return err
	}
	switch {
	case d.state == separator && c == ',':
		d.at++
		if d.state = value; d.innermost() == '{' {
			d.state = key
		}
	case d.state == colon && c == ':':
		d.at++
		d.state = value
	case d.state == separator && d.innermost() == '{':
		return d.broken("after object key:value pair")
	case d.state == separator:
		return d.broken("after array element")
	case d.state == colon:
		return d.broken("after object key")
	}
	return nil
}

func (d *Decoder) innermost() byte {
	if len(d.open) == 0 {
		return 0
	}
	return d.open[len(d.open)-1]
}

// done says that a value was read.
func (d *Decoder) done() {
	if d.state = separator; len(d.open) == 0 {
		d.state = anything
	}
}

func (d *Decoder) broken(where string) error {
	e := wrong(d.b, d.at, where).(*SyntaxError)
	e.Offset += d.before
	return e
}

// raw is the next value as it stands, until the next call.
func (d *Decoder) raw() ([]byte, error) {
	if _, err := d.peek(); err != nil {
		return nil, err
	}
	for {
		more := d.ended == nil
		end, err := check(d.b, d.at, more)
		if err == errShort && more {
			d.fill()
			continue
		}
		if err == errShort {
			if err = d.ended; err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
		}
		if e, ok := err.(*SyntaxError); ok {
			e.Offset += d.before
		}
		if err != nil {
			return nil, err
		}
		b := d.b[d.at:end]
		d.at = end
		return b, nil
	}
}

// Decode reads the next value into what v points to. Behind a syntax error nothing is read any more.
func (d *Decoder) Decode(v any) error {
	if d.err != nil {
		return d.err
	}
	if err := d.separated(); err != nil {
		return err
	}
	if d.state == key || d.state == first && d.innermost() == '{' {
		return d.broken("looking for beginning of object key string")
	}
	b, err := d.raw()
	if err != nil {
		d.err = err
		return err
	}
	into := d.flags
	into.b = b
	err = into.into(v)
	d.done()
	return err
}

// Token reads the next bracket, key or value; commas and colons are passed over. Where the
// stream ends it is io.EOF.
func (d *Decoder) Token() (Token, error) {
	if d.err != nil {
		return nil, d.err
	}
	if err := d.separatedOrEnd(); err != nil {
		return nil, err
	}
	c, err := d.peek()
	if err != nil {
		return nil, err
	}
	keys := d.innermost() == '{' && (d.state == key || d.state == first)
	switch {
	case c == ']' && d.innermost() == '[' && (d.state == first || d.state == separator),
		c == '}' && d.innermost() == '{' && (d.state == first || d.state == separator):
		d.at++
		d.open = d.open[:len(d.open)-1]
		d.done()
		return Delim(c), nil
	case keys && c != '"':
		return nil, d.broken("looking for beginning of object key string")
	case c == '[' || c == '{':
		d.at++
		d.open = append(d.open, c)
		d.state = first
		return Delim(c), nil
	}
	b, err := d.raw()
	if err != nil {
		d.err = err
		return nil, err
	}
	var t any
	into := d.flags
	into.b = b
	if err := into.into(&t); err != nil {
		return nil, err
	}
	if d.done(); keys {
		d.state = colon
	}
	return t, nil
}

// separatedOrEnd leaves the end of an object or array where it is.
func (d *Decoder) separatedOrEnd() error {
	if c, err := d.peek(); err != nil || d.state == separator && (c == ']' || c == '}') {
		return nil
	}
	return d.separated()
}
