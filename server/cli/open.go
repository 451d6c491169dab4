package cli

import (
	"flag"
	"fmt"
	"os"

	"wafer/nn"
	"wafer/nn/graph"
	"wafer/nn/model"
	"wafer/server/fit"
)

// memoryFlag declares --memory of a command that opens a model.
func memoryFlag(flags *flag.FlagSet) *string {
	return flags.String("memory", "", "refuse a model that needs more, such as 8GB (default: what the machine has free)")
}

// openModel opens a file that needs no more than memory, as --memory says it. runner runs its network; nil is the
// default, to which inputs come one at a time.
func openModel(path string, runner graph.Runner, memory string) (*nn.Model, error) {
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
	m, err := model.Open(b, model.Options{Runner: runner, Room: room.Model, Alone: runner == nil})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
