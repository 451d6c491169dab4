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

// workerEnv is the name under which the generated page carries the address of
// the worker's script.
const workerEnv = "WAFER_WORKER"

// Main runs the page in a browser. Natively it writes the static site as its
// command line says (see generate) and returns.
func Main() {
	routes()
	if app.IsServer {
		generate()
		return
	}
	worker := bridge.NewClient(app.Getenv(workerEnv))
	shared := state.New(worker, client.Models, store.Open)
	shared.Serve(client.Server{})
	worker.OnRestart = shared.Forget
	worker.Start()
	shared.Restore()
	page.Use(shared)
	go shared.Refresh()
	go shared.AskServer()
	app.RunWhenOnBrowser()
}

func routes() {
	app.Route("/", &page.Classify{})
	app.Route("/teach", &page.Teach{})
	app.Route("/models", &page.Models{})
	app.Route("/jobs", &page.Jobs{})
}
