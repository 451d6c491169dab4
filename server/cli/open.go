package cli

import (
	"flag"
	"fmt"
	"os"

	"wafer/nn"
	"wafer/nn/document"
	"wafer/nn/graph"
	"wafer/nn/model"
	"wafer/server/fit"
	"wafer/static"
)

// memoryFlag declares --memory of a command that opens a model.
func memoryFlag(flags *flag.FlagSet) *string {
	return flags.String("memory", "", "refuse a model that needs more, such as 8GB (default: "+
		"what the machine has free)")
}

// baseFlag declares --base of a command that opens a model.
func baseFlag(flags *flag.FlagSet) *string {
	return flags.String("base", "", "file of the model that this one is the head of (default: a shipped one)")
}

// finder gets the base that a model names, from a file if there is one, else from the shipped models.
func finder(path string) document.Finder {
	if path == "" {
		return static.Model
	}
	return func(string) ([]byte, error) { return os.ReadFile(path) }
}

// openModel opens a file that needs no more than memory, as --memory says it, with its base, as --base says it. runner
// runs its network; nil is the default, to which inputs come one at a time.
func openModel(path, base string, runner graph.Runner, memory string) (*nn.Model, error) {
	room, err := fit.RoomOf(memory)
	if err != nil {
		return nil, fmt.Errorf("-memory: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := room.Model(info.Size()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := model.Open(b, model.Options{Runner: runner, Room: room.Model, Alone: runner == nil,
		Find: finder(base)})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
