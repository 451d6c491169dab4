// Package client calls the server that the page came from.
package client

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/server/api"
)

const catalogueURL = "/api/models"

// Models asks the server for the catalogue, and also returns its answer as it
// came, to be kept for a time without a connection and read by Parse. It blocks.
func Models() (catalogue api.Catalogue, body string, err error) {
	if body, err = get(catalogueURL); err != nil {
		return api.Catalogue{}, "", err
	}
	catalogue, err = Parse(body)
	return catalogue, body, err
}

// Parse reads the server's answer and makes sure that every model has what the
// page cannot do without.
func Parse(body string) (api.Catalogue, error) {
	var c api.Catalogue
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		return c, errors.New("the list of models is not what the page expects: " + err.Error())
	}
	for i, m := range c.Models {
		if m.ID == "" || len(m.Labels) < 2 || m.SHA256 == "" {
			return c, errors.New("entry " + strconv.Itoa(i+1) + " of the list of models lacks its id, labels or hash")
		}
	}
	return c, nil
}

// get returns the text at a same-origin address.
func get(url string) (string, error) {
	if app.IsServer {
		return "", errors.New("there is no server to ask while the page is generated")
	}
	status, body := make(chan int, 1), make(chan string, 1)
	failed := app.FuncOf(func(_ app.Value, args []app.Value) any {
		status <- 0
		body <- args[0].Get("message").String()
		return nil
	})
	defer failed.Release()
	read := app.FuncOf(func(_ app.Value, args []app.Value) any {
		status <- args[0].Get("status").Int()
		args[0].Call("text").Then(func(v app.Value) { body <- v.String() })
		return nil
	})
	defer read.Release()
	app.Window().Call("fetch", url).Call("then", read, failed)
	switch code, text := <-status, <-body; code {
	case 200:
		return text, nil
	case 0:
		return "", errors.New("the server does not answer (" + text + ")")
	default:
		return "", errors.New("the server answered with status " + strconv.Itoa(code))
	}
}
