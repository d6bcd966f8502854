// Command taster serves the built page on this machine:
//
//	go run . [-addr 127.0.0.1:8080] [-dir static] [-public]
//
// It sends files and nothing else: whatever is dropped on the page stays in the
// browser. The command line tool is cmd/taster.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"taster/wasm/host"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

const (
	defaultAddr = "127.0.0.1:8080"
	morePorts   = 20 // tried when the default one is busy
)

// run serves until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	addr := flags.String("addr", defaultAddr, "address to listen on")
	dir := flags.String("dir", "static", "folder of the built page")
	public := flags.Bool("public", false, "allow an address that other machines can reach")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(*dir, "app.wasm")); err != nil {
		return fmt.Errorf("%s is not built: run `make build` (or `make run`, which builds and serves)", *dir)
	}
	name, _, err := net.SplitHostPort(*addr)
	if err != nil {
		return fmt.Errorf("-addr: %w", err)
	}
	if !*public && !loopback(name) {
		return fmt.Errorf("%s can be reached from other machines: pass -public if you mean it", *addr)
	}
	l, err := listen(*addr, out)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "http://%s\n", l.Addr())
	return serve(ctx, l, host.Handler(os.DirFS(*dir)))
}

// loopback reports whether only this machine can reach the host called name.
func loopback(name string) bool {
	ip := net.ParseIP(name)
	return name == "localhost" || ip != nil && ip.IsLoopback()
}

// listen opens addr. When that is the default and busy, it takes the next free
// port and says so.
func listen(addr string, out io.Writer) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if addr != defaultAddr || !errors.Is(err, syscall.EADDRINUSE) {
		return l, err
	}
	name, first, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(first)
	if err != nil {
		return nil, err
	}
	for i := range morePorts {
		next := net.JoinHostPort(name, strconv.Itoa(port+1+i))
		if l, err := net.Listen("tcp", next); err == nil {
			fmt.Fprintf(out, "%s is in use; serving on %s\n", addr, next)
			return l, nil
		}
	}
	return nil, fmt.Errorf("%s and the %d ports after it are in use: pass -addr", addr, morePorts)
}

// serve answers until ctx ends, then lets running answers finish.
func serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	return s.Shutdown(grace)
}
