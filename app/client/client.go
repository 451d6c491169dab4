// Package client calls the server that the page came from.
package client

import (
	"encoding/json"
	"errors"
	"strconv"

	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"wafer/nn/task"
)

const catalogueURL = "/api/models"

// Models asks the server for the shipped models, in the order of its catalogue,
// and also returns its answer as it came, to be kept for a time without a
// connection and read by Parse. It blocks.
func Models() (models []task.Model, body string, err error) {
	if body, err = get(catalogueURL); err != nil {
		return nil, "", err
	}
	models, err = Parse(body)
	return models, body, err
}

// Parse reads the server's answer: {"models": […]} or the list alone.
func Parse(body string) ([]task.Model, error) {
	var answer struct {
		Models []task.Model `json:"models"`
	}
	err := json.Unmarshal([]byte(body), &answer)
	if err != nil {
		err = json.Unmarshal([]byte(body), &answer.Models)
	}
	if err != nil {
		return nil, errors.New("the list of models is not what the page expects: " + err.Error())
	}
	for i, m := range answer.Models {
		if m.ID == "" || len(m.Labels) < 2 || m.SHA256 == "" {
			return nil, errors.New("entry " + strconv.Itoa(i+1) + " of the list of models lacks its id, labels or hash")
		}
	}
	return answer.Models, nil
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
