package auth

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"wafer/server/api"
	"wafer/server/broker/brokertest"
)

// On a full disk neither a token nor a session is made, and those that there are go on.
func TestAFullDiskKeepsTheTokens(t *testing.T) {
	disk := brokertest.SmallDisk(t, "1m")
	k := open(t, filepath.Join(disk, "tokens.json"))
	secret, err := k.Add("a", api.Admin)
	if err != nil {
		t.Fatal(err)
	}
	session, _, err := k.SignIn(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(disk, "filler"), make([]byte, 2<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
	if _, err := k.Add("b", api.Admin); err == nil {
		t.Errorf("a token was made on a full disk")
	}
	if _, _, err := k.SignIn(secret); err == nil {
		t.Error("a session was made on a full disk")
	}
	syscall.Sync()
	again := open(t, filepath.Join(disk, "tokens.json"))
	if list, err := again.List(); err != nil || len(list) != 1 {
		t.Errorf("the tokens are %v, %v, expected the one that was there", list, err)
	}
	if token, ok, err := again.Session(session); err != nil || !ok || token.Name != "a" {
		t.Errorf("the session is %+v, %v, %v", token, ok, err)
	}
}
