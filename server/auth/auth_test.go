package auth

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wafer/server/api"
)

func open(t *testing.T, path string) *Tokens {
	t.Helper()
	k, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestATokenIsKnownUntilItIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "tokens.json")
	server, command := open(t, path), open(t, path)
	secret, err := command.Add("laptop", api.Submitter)
	if err != nil {
		t.Fatal(err)
	}
	if k, ok, err := server.Check(secret); err != nil || !ok || k.Name != "laptop" || k.Role != api.Submitter {
		t.Errorf("got %+v, %v, %v", k, ok, err)
	}
	file, err := os.ReadFile(path)
	if err != nil || strings.Contains(string(file), strings.TrimPrefix(secret, prefix)) {
		t.Errorf("the file holds the token itself (%v)", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the file: %v, %v", info.Mode(), err)
	}
	if err := command.Remove("laptop", true); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := server.Check(secret); ok || err != nil {
		t.Errorf("a removed token is still known (%v)", err)
	}
}

func TestForgedTokensAreRefused(t *testing.T) {
	k := open(t, filepath.Join(t.TempDir(), "tokens.json"))
	secret, err := k.Add("a", api.Admin)
	if err != nil {
		t.Fatal(err)
	}
	if len(secret) != len(prefix)+43 {
		t.Errorf("the token is %d characters long, expected 256 bits in base 64", len(secret))
	}
	list, _ := k.List()
	for _, forged := range []string{"", prefix, secret[:len(secret)-1], secret + "A", strings.ToUpper(secret),
		list[0].SHA256, strings.Repeat("x", 1<<16)} {
		if _, ok, err := k.Check(forged); ok || err != nil {
			t.Errorf("%.60q: got %v, %v", forged, ok, err)
		}
	}
}

func TestWrongRequestsAreRefused(t *testing.T) {
	k := open(t, filepath.Join(t.TempDir(), "tokens.json"))
	for name, want := range map[string]error{"": ErrBadName, "a b": ErrBadName, strings.Repeat("a", 65): ErrBadName,
		"../x": ErrBadName, "ok": nil} {
		if _, err := k.Add(name, api.Reader); !errors.Is(err, want) {
			t.Errorf("%q: got %v, expected %v", name, err, want)
		}
	}
	if _, err := k.Add("ok", api.Reader); !errors.Is(err, ErrExists) {
		t.Errorf("a second token of one name: got %v", err)
	}
	for _, role := range []api.Role{api.Nobody, "root"} {
		if _, err := k.Add("b", role); !errors.Is(err, ErrBadRole) {
			t.Errorf("role %q: got %v", role, err)
		}
	}
	if err := k.Remove("b", false); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// A file that cannot be read must not turn a server into one without tokens.
func TestADamagedFileLetsNobodyIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.json")
	k := open(t, path)
	secret, err := k.Add("a", api.Admin)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(`[{"name":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := k.Check(secret); ok || err == nil {
		t.Errorf("got %v, %v, expected an error", ok, err)
	}
	if _, err := Open(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v, expected an error that names the file", err)
	}
}

func TestMay(t *testing.T) {
	for i, has := range roles {
		for j, needs := range roles {
			if May(has, needs) != (i >= j) {
				t.Errorf("%q may %q: %v", has, needs, May(has, needs))
			}
		}
	}
	if May("root", api.Reader) {
		t.Error("a role that does not exist may read")
	}
}
