package bidi

import (
	"context"
	"fmt"
)

// Locator says which element is meant: the first one that fits.
type Locator object

// CSS is the element that a selector matches.
func CSS(selector string) Locator { return Locator{"type": "css", "value": selector} }

// Named is the element of an ARIA role and an accessible name: "button", "Train".
func Named(role, name string) Locator {
	return Locator{"type": "accessibility", "value": object{"role": role, "name": name}}
}

// find returns the protocol's reference to an element.
func (f *Firefox) find(ctx context.Context, where Locator) (object, error) {
	var found struct{ Nodes []struct{ SharedID string } }
	err := f.command(ctx, "browsingContext.locateNodes", object{"context": f.tab, "locator": where, "maxNodeCount": 1},
		&found)
	if err != nil {
		return nil, err
	}
	if len(found.Nodes) == 0 {
		return nil, fmt.Errorf("there is no element with %s %v", where["type"], where["value"])
	}
	return object{"sharedId": found.Nodes[0].SharedID}, nil
}

// Click scrolls an element into view and presses the mouse in the middle of it.
func (f *Firefox) Click(ctx context.Context, where Locator) error {
	element, err := f.find(ctx, where)
	if err != nil {
		return err
	}
	_, err = f.script(ctx, "script.callFunction", object{"arguments": []any{element},
		"functionDeclaration": `(e) => e.scrollIntoView({ block: "center", behavior: "instant" })`})
	if err != nil {
		return err
	}
	mouse := []object{
		{"type": "pointerMove", "x": 0, "y": 0, "origin": object{"type": "element", "element": element}},
		{"type": "pointerDown", "button": 0},
		{"type": "pointerUp", "button": 0},
	}
	return f.command(ctx, "input.performActions", object{"context": f.tab,
		"actions": []object{{"type": "pointer", "id": "mouse", "actions": mouse}}}, nil)
}

// SetFiles chooses files, named by absolute paths, in an <input type=file>.
func (f *Firefox) SetFiles(ctx context.Context, where Locator, files ...string) error {
	element, err := f.find(ctx, where)
	if err != nil {
		return err
	}
	return f.command(ctx, "input.setFiles", object{"context": f.tab, "element": element, "files": files}, nil)
}
