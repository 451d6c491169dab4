// Package inflate unpacks: natively by compress/flate, in a browser by its own DecompressionStream, since Go's code
// would be 11 KB of each program after brotli. Both unpack as it is read, so that whoever reads can stop at a limit.
package inflate
