package broker_test

import (
	"testing"
	"time"

	"wafer/server/broker/brokertest"
	"wafer/server/queue/queuetest"
)

func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("three nats-server processes take too long for -short")
	}
	start := time.Now()
	c := brokertest.Start(t)
	t.Logf("started after %v", time.Since(start))
	b := c.Broker(t)
	t.Logf("connected after %v", time.Since(start))
	queuetest.New(t, b)
	t.Logf("ready after %v", time.Since(start))
	t.Run("queue", func(t *testing.T) { queuetest.Run(t, b) })
}
