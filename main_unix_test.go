//go:build unix

package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if os.Getenv("TEST_RUNS_MAIN") != "" {
		main()
	}
	m.Run()
}

// A process that holds values writes no core file, even where the limit allows one.
func TestCrashWritesNoCore(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	limit.Cur = limit.Max
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ready := filepath.Join(dir, "ready")
	serve := exec.CommandContext(t.Context(), os.Args[0], "serve", "--dev", "--listen", "127.0.0.1:0", "--ready-file", ready)
	serve.Dir, serve.Env = dir, append(os.Environ(), "TEST_RUNS_MAIN=1", "GOTRACEBACK=crash")
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, ready)
	if err := serve.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	_ = serve.Wait()
	status := serve.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.CoreDump() {
		t.Errorf("ended with %v", serve.ProcessState)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "core*")); files != nil {
		t.Errorf("%q were written", files)
	}
}

// What a server sends unasked is shown nowhere.
func TestNoLogOfUnsolicitedAnswers(t *testing.T) {
	const canary = "unasked-for-words"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = bufio.NewReader(conn).ReadString('}')
			_, _ = conn.Write([]byte("HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n"))
			time.Sleep(20 * time.Millisecond)
			_, _ = conn.Write([]byte(canary + "\r\n"))
			_ = conn.Close()
		}
	}()
	names := exec.CommandContext(t.Context(), os.Args[0], "names", "--api-url", "http://"+listener.Addr().String(), "--timeout", "3s")
	names.Env = append(os.Environ(), "TEST_RUNS_MAIN=1", "PREFECT_SECRETS_API_KEY=key")
	output, err := names.CombinedOutput()
	if err == nil || !strings.Contains(string(output), "HTTP 503") || strings.Contains(string(output), canary) {
		t.Errorf("%v: %s", err, output)
	}
}

func waitFor(t *testing.T, path string) {
	t.Helper()
	for range 1200 {
		if _, err := os.Stat(path); err == nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s did not appear", path)
}
