package bridge

import (
	"sync"

	"wafer/app/browser"
	"wafer/nn/json"
	"wafer/nn/say"
)

// Client is the page's end of the bridge: it starts the worker, numbers the
// requests, brings each answer to the caller that asked, and starts a new worker
// when the old one dies.
type Client struct {
	// OnRestart, if set, is called after a dead worker was replaced. The new one
	// knows nothing: models have to be loaded again.
	OnRestart func()

	dial func(message func(text string, buffers [][]byte), died func(reason string)) (transport, error)

	mu      sync.Mutex
	wire    transport
	life    int // counts workers; what a dead one still says is ignored
	next    int
	deaths  int // without an answer in between
	pending map[int]func(Message, [][]byte)
}

// transport is one running worker.
type transport interface {
	send(text string, buffers []browser.Buffer)
	stop()
}

// tooManyDeaths in a row means that starting again is pointless.
const tooManyDeaths = 3

// Send is that of Caller; most use Call or Ask.
func (c *Client) Send(verb string, body []byte, buffers []browser.Buffer, on func(Message, [][]byte)) int {
	c.mu.Lock()
	c.next++
	id := c.next
	err := c.start()
	if err == nil {
		c.pending[id] = on
		c.wire.send(string(encode(Message{ID: id, Verb: verb, Body: body})), buffers)
	}
	c.mu.Unlock()
	if err != nil {
		go on(Message{ID: id, Event: Failed, Error: err.Error()}, nil)
	}
	return id
}

// Start launches the worker ahead of the first request, so that it is ready then.
func (c *Client) Start() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.start()
}

func (c *Client) start() error {
	if c.wire != nil {
		return nil
	}
	if c.pending == nil {
		c.pending = map[int]func(Message, [][]byte){}
	}
	c.life++
	life := c.life
	wire, err := c.dial(
		func(text string, buffers [][]byte) { c.receive(life, text, buffers) },
		func(reason string) { c.died(life, reason) })
	c.wire = wire
	return err
}

func (c *Client) receive(life int, text string, buffers [][]byte) {
	var res Message
	if err := json.Unmarshal([]byte(text), &res); err != nil {
		c.died(life, "it sent something that is not a message: "+err.Error())
		return
	}
	if res.ID == 0 {
		if res.Event == Failed {
			c.died(life, res.Error)
		}
		return
	}
	c.mu.Lock()
	on := c.pending[res.ID]
	if life != c.life {
		on = nil
	}
	if on != nil {
		c.deaths = 0
		if res.Event == Done || res.Event == Failed {
			delete(c.pending, res.ID)
		}
	}
	c.mu.Unlock()
	if on != nil {
		on(res, buffers)
	}
}

// Stop ends the worker and fails what it was asked; the next request starts another.
func (c *Client) Stop() {
	c.mu.Lock()
	lost := c.pending
	c.pending = nil
	if c.wire != nil {
		c.wire.stop()
		c.wire = nil
	}
	c.life++ // what it still says is ignored
	c.mu.Unlock()
	stopped := say.Errorf("It was stopped.")
	for id, on := range lost {
		on(Message{ID: id, Event: Failed, Error: stopped.Error(), Said: say.Of(stopped)}, nil)
	}
}

// died fails every open request and starts a new worker, unless the last few
// died without answering anything.
func (c *Client) died(life int, reason string) {
	c.mu.Lock()
	if life != c.life || c.wire == nil {
		c.mu.Unlock()
		return
	}
	c.wire.stop()
	c.wire = nil
	c.deaths++
	lost := c.pending
	c.pending = nil
	again := c.deaths < tooManyDeaths && c.start() == nil
	c.mu.Unlock()
	why := say.Errorf("The computing part of the page stopped: %s", reason)
	for id, on := range lost {
		on(Message{ID: id, Event: Failed, Error: why.Error(), Said: say.Of(why)}, nil)
	}
	if again && c.OnRestart != nil {
		c.OnRestart()
	}
}
