package broker

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const monitorTime = 5 * time.Second // that a node may take to answer

// SyncsAlways asks the nodes of a cluster by their monitoring addresses, "http://host:8222" with commas between them,
// whether they flush each message before they acknowledge it (sync_interval: always). NATS flushes every two minutes
// unless it is told: what was acknowledged is then lost when all nodes lose power. Nothing tells an ordinary client.
func SyncsAlways(ctx context.Context, monitors string) error {
	ctx, cancel := context.WithTimeout(ctx, monitorTime)
	defer cancel()
	for address := range strings.SplitSeq(monitors, ",") {
		always, err := syncsAlways(ctx, strings.TrimRight(strings.TrimSpace(address), "/"))
		if err != nil {
			return fmt.Errorf("asking %s whether it flushes what it acknowledges: %w", address, err)
		}
		if !always {
			return fmt.Errorf("the NATS node at %s acknowledges what is not on its disk yet; set sync_interval: "+
				"always in its jetstream block", address)
		}
	}
	return nil
}

// syncsAlways asks a node's monitoring whether it writes through to the disk before it acknowledges. No answer, or one
// that is not monitoring's, is an error.
func syncsAlways(ctx context.Context, address string) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"/jsz", nil)
	if err != nil {
		return false, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	var about struct {
		Config struct {
			SyncAlways bool `json:"sync_always"`
		} `json:"config"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&about); err != nil {
		return false, fmt.Errorf("no monitoring of NATS answers there: %w", err)
	}
	return about.Config.SyncAlways, nil
}
