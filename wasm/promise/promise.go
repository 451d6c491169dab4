// Package promise waits for JavaScript's promises. It is for the packages that call a browser or another platform of
// JavaScript; built for anything else it is empty.
package promise
