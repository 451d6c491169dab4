// Command app is the page. In the browser it runs on the main thread; built
// natively it writes the static files around the page.
package main

import "wafer/app"

func main() { app.Main() }
