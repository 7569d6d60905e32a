//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
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
