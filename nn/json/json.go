// Package json reads and writes JSON: natively it is encoding/json, in a browser a form of it (small) without what
// documents of ours do not have, which weighs a quarter.
package json
