package broker_test

import (
	"strings"
	"testing"

	"wafer/server/broker"
	"wafer/server/broker/brokertest"
)

func TestNodesThatAcknowledgeTooEarlyAreFound(t *testing.T) {
	_, right := brokertest.Node(t, true)
	_, wrong := brokertest.Node(t, false)
	for monitors, says := range map[string]string{
		right: "", right + ", " + right + "/": "", right + "," + wrong: wrong +
			" acknowledges what is not on its disk yet",
		right + ",http://127.0.0.1:1": "asking http://127.0.0.1:1",
	} {
		err := broker.SyncsAlways(t.Context(), monitors)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, expected %q", monitors, err, says)
		}
	}
}
