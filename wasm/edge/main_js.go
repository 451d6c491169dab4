// Command edge is the program of a Cloudflare worker; make edge builds it.
package main

import "wafer/server/edge"

func main() { edge.Serve() }
