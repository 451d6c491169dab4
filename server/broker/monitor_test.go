package broker

import (
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
)

// node starts a NATS node with monitoring and returns its address.
func node(t *testing.T, always bool) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, HTTPHost: "127.0.0.1", HTTPPort: -1,
		NoSigs: true, NoLog: true,
		JetStream: true, StoreDir: t.TempDir(), SyncAlways: always})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(startTime) {
		t.Fatal("the node does not start")
	}
	return "http://" + s.MonitorAddr().String()
}

func TestNodesThatAcknowledgeTooEarlyAreFound(t *testing.T) {
	right, wrong := node(t, true), node(t, false)
	for monitors, says := range map[string]string{
		right: "", right + ", " + right + "/": "", right + "," + wrong: wrong + " acknowledges what is not on its disk yet",
		right + ",http://127.0.0.1:1": "asking http://127.0.0.1:1",
	} {
		err := SyncsAlways(t.Context(), monitors)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, expected %q", monitors, err, says)
		}
	}
}
