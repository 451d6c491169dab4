package queue_test

import (
	"testing"

	"wafer/server/broker/brokertest"
	"wafer/server/queue/queuetest"
)

func TestEmbedded(t *testing.T) { queuetest.Run(t, brokertest.Embedded(t)) }
