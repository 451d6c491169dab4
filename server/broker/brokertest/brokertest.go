// Package brokertest starts NATS for tests: a server in the test's process, or a
// cluster of three real nats-server processes on loopback.
package brokertest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"wafer/server/broker"
)

// Embedded starts a server in this process, which ends with the test.
func Embedded(t testing.TB) *broker.Broker {
	t.Helper()
	b, err := broker.Open(broker.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// Node starts one NATS server that other processes can reach, which ends with the test. always: it has written what it
// acknowledges. It returns the addresses for clients and for monitoring.
func Node(t testing.TB, always bool) (client, monitor string) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, HTTPHost: "127.0.0.1", HTTPPort: -1,
		NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(), SyncAlways: always})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the NATS server does not start")
	}
	return s.ClientURL(), "http://" + s.MonitorAddr().String()
}

// Nodes is the size of a cluster; most nodes are the room for those that join later.
const (
	Nodes = 3
	most  = Nodes + 1
)

// Cluster is three nats-server processes, and one more if that is added.
type Cluster struct {
	t       testing.TB
	program string
	dir     string
	size    int
	client  [most]int // ports
	route   [most]int
	process [most]*exec.Cmd
	log     [most]*bytes.Buffer
}

// Start builds nats-server and starts the cluster, which ends with the test.
func Start(t testing.TB) *Cluster {
	t.Helper()
	c := &Cluster{t: t, dir: t.TempDir()}
	c.program = filepath.Join(c.dir, "nats-server")
	build := exec.Command("go", "build", "-o", c.program, "github.com/nats-io/nats-server/v2")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building nats-server: %v\n%s", err, out)
	}
	ports := freePorts(t, 2*most)
	copy(c.client[:], ports[:most])
	copy(c.route[:], ports[most:])
	t.Cleanup(func() {
		for i := range c.size {
			c.Kill(i)
			if t.Failed() {
				t.Logf("node %d says:\n%s", i, c.log[i])
			}
		}
	})
	for range Nodes {
		c.Add()
	}
	return c
}

// Add starts one more node, and returns its number.
func (c *Cluster) Add() int {
	c.t.Helper()
	c.size++
	c.Restart(c.size - 1)
	return c.size - 1
}

// Replace starts a node anew that was killed, on an empty disk.
func (c *Cluster) Replace(i int) {
	c.t.Helper()
	if err := os.RemoveAll(c.store(i)); err != nil {
		c.t.Fatal(err)
	}
	c.Restart(i)
}

func (c *Cluster) store(i int) string { return filepath.Join(c.dir, fmt.Sprint(i)) }

// Name is what a node calls itself.
func Name(i int) string { return fmt.Sprintf("node%d", i) }

// freePorts asks the system for ports that nobody uses.
func freePorts(t testing.TB, n int) []int {
	t.Helper()
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close() // together, so that none comes twice
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports
}

// URL names all nodes.
func (c *Cluster) URL() string {
	var all []string
	for _, port := range c.client[:c.size] {
		all = append(all, fmt.Sprintf("nats://127.0.0.1:%d", port))
	}
	return strings.Join(all, ",")
}

// Broker connects to the cluster until the test ends.
func (c *Cluster) Broker(t testing.TB) *broker.Broker {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		b, err := broker.Open(broker.Options{URL: c.URL()})
		if err == nil {
			t.Cleanup(b.Close)
			return b
		}
		if time.Now().After(until) {
			t.Fatal(err)
		}
	}
}

// Kill ends a node with SIGKILL.
func (c *Cluster) Kill(i int) {
	if p := c.process[i]; p != nil {
		p.Process.Kill()
		p.Wait()
		c.process[i] = nil
	}
}

// Restart starts a node on the data that it had.
func (c *Cluster) Restart(i int) {
	c.t.Helper()
	var routes []string
	for _, port := range c.route[:max(Nodes, i+1)] { // a cluster begins with as many nodes as it has routes
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", port))
	}
	c.log[i] = &bytes.Buffer{}
	p := exec.Command(c.program, "-a", "127.0.0.1", "-p", fmt.Sprint(c.client[i]), "-n", Name(i),
		"-js", "-sd", c.store(i),
		"--cluster_name", "wafer", "--cluster", routes[i], "--routes", strings.Join(routes, ","))
	p.Stdout, p.Stderr = c.log[i], c.log[i]
	p.Env = append(os.Environ(), "GOMEMLIMIT=512MiB")
	if err := p.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.process[i] = p
}
