package web

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"wafer/server/api"
	"wafer/server/auth"
)

// caller is who asks.
type caller struct {
	role api.Role
	name string // of the token, "" without one
	key  string // what limits are counted by: the token or the address
}

const (
	cookieName = "wafer"
	cookieAge  = 30 * 24 * time.Hour
)

// open reports whether callers need no token.
func (s *server) open() (bool, error) {
	if !s.o.Open || s.o.Tokens == nil {
		return s.o.Open, nil
	}
	any, err := s.o.Tokens.Any()
	return !any && err == nil, err
}

// identify finds out who asks. A wrong token in a header is an error, one in a cookie is none at all: the page
// must be able to load, to sign in anew.
func (s *server) identify(r *http.Request) (caller, error) {
	address := callerAddress(r.RemoteAddr)
	open, err := s.open()
	if open || err != nil {
		return caller{role: api.Admin, key: address}, err
	}
	nobody := caller{key: address}
	secret, bearer, err := secretOf(r)
	if secret == "" || err != nil {
		return nobody, err
	}
	token, err := s.check(secret)
	if errors.Is(err, errBadToken) && !bearer {
		return nobody, nil
	}
	if err != nil {
		return nobody, err
	}
	return caller{role: token.Role, name: token.Name, key: "token " + token.Name}, nil
}

func (s *server) check(secret string) (auth.Token, error) {
	if s.o.Tokens == nil {
		return auth.Token{}, errBadToken
	}
	token, ok, err := s.o.Tokens.Check(secret)
	if err == nil && !ok {
		err = errBadToken
	}
	return token, err
}

// secretOf takes the token out of a request.
func secretOf(r *http.Request) (secret string, bearer bool, err error) {
	if header := r.Header.Get("Authorization"); header != "" {
		kind, secret, _ := strings.Cut(header, " ")
		if secret = strings.TrimSpace(secret); !strings.EqualFold(kind, "Bearer") || secret == "" {
			return "", true, errNoToken
		}
		return secret, true, nil
	}
	if cookie, err := r.Cookie(cookieName); err == nil {
		return cookie.Value, false, nil
	}
	return "", false, nil
}

// callerAddress is the address that a connection comes from: for IPv6 the network, of which one caller has many addresses.
func callerAddress(remote string) string {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return remote
	}
	ip := a.Addr().Unmap().WithZone("")
	if ip.Is6() && !ip.IsLoopback() {
		network, _ := ip.Prefix(64)
		return network.String()
	}
	return ip.String()
}

// guarded refuses what a web page that is not ours may have sent: to a server without tokens by another name than
// localhost (DNS rebinding), and changes from another origin. It answers the questions of browsers about the
// origin that is allowed.
func (s *server) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if open, err := s.open(); err != nil || open && !isLocal(r.Host) {
			if err == nil {
				err = errHost
			}
			s.fail(w, r, err)
			return
		}
		if s.o.CORS != "" && strings.HasPrefix(r.URL.Path, "/api/") && s.shared(w, r) {
			return
		}
		if s.origins.Check(r) != nil {
			s.fail(w, r, errOrigin)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isLocal reports whether a Host header names this machine's loopback.
func isLocal(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = strings.Trim(host, "[]")
	}
	ip, err := netip.ParseAddr(name)
	return strings.EqualFold(name, "localhost") || err == nil && ip.IsLoopback()
}

// shared adds what pages of the allowed origin need. It reports whether that is the whole answer.
func (s *server) shared(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	h.Add("Vary", "Origin")
	if r.Header.Get("Origin") != s.o.CORS {
		return false
	}
	h.Set("Access-Control-Allow-Origin", s.o.CORS)
	h.Set("Access-Control-Expose-Headers", "ETag, Content-Range, Retry-After, "+requestID)
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if r.Method != http.MethodOptions {
		return false
	}
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Range, Upload-Offset")
	h.Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// signIn gives a page a cookie.
func (s *server) signIn(w http.ResponseWriter, r *http.Request, _ caller) error {
	var session api.Session
	if err := decode(w, r, 4<<10, &session); err != nil {
		return err
	}
	if _, err := s.check(session.Token); err != nil {
		return err
	}
	setCookie(w, r, session.Token, cookieAge)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *server) signOut(w http.ResponseWriter, r *http.Request, _ caller) error {
	setCookie(w, r, "", -1)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func setCookie(w http.ResponseWriter, r *http.Request, value string, age time.Duration) {
	seconds := int(age / time.Second)
	if age < 0 {
		seconds = -1
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true,
		SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"})
}
