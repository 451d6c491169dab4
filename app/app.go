// Package app is the page: its routes, and how it starts.
//
// The same program is built twice. As js/wasm it is the page in the browser;
// natively it writes the static files around that page: index.html, app.js, the
// service worker, the manifest.
package app

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/app/bridge"
	"wafer/app/client"
	"wafer/app/page"
	"wafer/app/state"
	"wafer/app/store"
)

// The names under which the generated page carries the addresses of the worker's script, and of the page that
// exported models are put into.
const (
	workerEnv = "WAFER_WORKER"
	exportEnv = "WAFER_EXPORT"
	readerEnv = "WAFER_READER" // the worker's script with the program that reads files
	writerEnv = "WAFER_WRITER" // and with the one that writes those of other tools

	explainerEnv = "WAFER_EXPLAINER" // and with the one that says why
)

// Main runs the page in a browser. Natively it writes the static site as its
// command line says (see generate) and returns.
func Main() {
	if app.IsServer {
		generate()
		return
	}
	worker := bridge.NewClient(app.Getenv(workerEnv))
	shared := state.New(worker, client.Models, store.Open)
	shared.ExportPage = app.Getenv(exportEnv)
	shared.Reader = bridge.NewClient(app.Getenv(readerEnv))
	shared.Writer = bridge.NewClient(app.Getenv(writerEnv))
	shared.Explainer = bridge.NewClient(app.Getenv(explainerEnv))
	shared.Serve(client.Server{})
	worker.OnRestart = shared.Forget
	worker.Start()
	shared.Restore()
	page.New(shared).Route()
	go shared.Refresh()
	go shared.AskServer()
	app.RunWhenOnBrowser()
}
