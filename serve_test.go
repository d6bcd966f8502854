package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// page makes a folder with a page that counts as built.
func page(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"app.wasm": "wasm", "index.html": "<!doctype html>hello"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRunServesUntilStopped(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- run(ctx, []string{"-addr", "127.0.0.1:0", "-dir", page(t)}, in) }()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.Get(strings.TrimSpace(url))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r.Body)
	r.Body.Close()
	if err != nil || string(b) != "<!doctype html>hello" || r.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%q, %v, headers %v", b, err, r.Header)
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("after the signal: %v", err)
	}
	if _, err := http.Get(strings.TrimSpace(url)); err == nil {
		t.Error("it still answers")
	}
}

func TestRunRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"not built", []string{"-dir", t.TempDir()}, "make build"},
		{"all interfaces", []string{"-addr", ":0", "-dir", page(t)}, "-public"},
		{"another interface", []string{"-addr", "192.0.2.1:0", "-dir", page(t)}, "-public"},
		{"no port", []string{"-addr", "127.0.0.1", "-dir", page(t)}, "missing port"},
		{"unknown flag", []string{"-nothing"}, "not defined"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := run(context.Background(), c.args, io.Discard)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

func TestLoopback(t *testing.T) {
	for name, want := range map[string]bool{
		"127.0.0.1": true, "127.9.9.9": true, "::1": true, "localhost": true,
		"": false, "0.0.0.0": false, "192.168.0.2": false, "example.org": false,
	} {
		if got := loopback(name); got != want {
			t.Errorf("loopback(%q) = %v", name, got)
		}
	}
}

func TestBusyPort(t *testing.T) {
	taken, err := net.Listen("tcp", defaultAddr)
	if err == nil {
		defer taken.Close() // else somebody else has it, which is as good
	}
	var out bytes.Buffer
	l, err := listen(defaultAddr, &out)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !strings.Contains(out.String(), "is in use; serving on "+l.Addr().String()) {
		t.Errorf("it says %q and listens on %s", out.String(), l.Addr())
	}
	if l, err := listen(l.Addr().String(), &out); err == nil {
		l.Close()
		t.Error("a busy address that was asked for was replaced by another one")
	}
}
