// Package small reads and writes JSON as encoding/json does, by reflection over Go values, in a fifth of its code.
// There are no text marshalers, no keys of maps but strings, and no ",string" in tags.
package small
