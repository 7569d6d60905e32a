//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server in a process of its own, with a client of it.
type process struct {
	cmd    *exec.Cmd
	url    string
	client *http.Client
}

// served is a build of the command with a store of its own, for when all builds run at
// once. Otherwise they take turns on the full one: two copies are not equally fast to
// read, because the page cache holds them differently.
type served struct {
	process
	name, bin, store string
	audit            string
}

// start starts serve on a store and returns once it is ready.
func (b *served) start(s *site, store string) error {
	b.audit = store + ".audit"
	return b.run(s.readyFile(), b.bin, "serve", "--store", "file:"+store, "--store-key-file", s.keyFile,
		"--keys-file", s.keysFile, "--listen", "127.0.0.1:0", "--ready-file", s.readyFile(), "--shutdown-delay", "0s",
		"--audit-log", b.audit, "--log-level", "warn")
}

// startBare starts a process that serves a bbolt file (see runBare).
func (s *site) startBare(path string) (*process, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{}
	return p, p.run(s.readyFile(), program, "-bare", path, "-ready-file", s.readyFile())
}

func (s *site) readyFile() string { return filepath.Join(s.dir, "ready.json") }

// run starts a process and returns once it has written its URL to the file ready.
func (b *process) run(ready, program string, args ...string) error {
	if err := os.Remove(ready); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	b.cmd = exec.Command(program, args...)
	b.cmd.Stderr = os.Stderr
	if err := b.cmd.Start(); err != nil {
		return err
	}
	ended := time.Now().Add(time.Minute)
	for ; time.Now().Before(ended); time.Sleep(500 * time.Microsecond) {
		text, err := os.ReadFile(ready)
		if err != nil {
			continue
		}
		var document struct{ URL string }
		if json.Unmarshal(text, &document) != nil {
			continue // it is being written
		}
		b.url = document.URL
		b.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}
		return nil
	}
	return errors.Join(fmt.Errorf("%s is not ready after a minute", program), b.stop())
}

// stop ends serve and waits for it.
func (b *served) stop() error {
	return errors.Join(b.process.stop(), os.Remove(b.audit))
}

func (b *process) stop() error {
	if err := b.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	return b.cmd.Wait()
}

// ask sends a document and returns the answer, which must have no errors.
func (b *served) ask(key, query string) ([]byte, error) {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return nil, err
	}
	return b.send(key, body)
}

func (b *served) send(key string, body []byte) ([]byte, error) {
	return b.do(http.MethodPost, b.url, key, body)
}

// do sends a request. The answer must have no errors.
func (b *process) do(method, url, key string, body []byte) ([]byte, error) {
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || bytes.Contains(answer, []byte(`"errors"`))) {
		err = fmt.Errorf("%s: %.200s", resp.Status, answer)
	}
	return answer, err
}

// cpu returns the CPU time of the process so far: the sum over its threads, which a Go
// process keeps (proc(5), schedstat).
func (b *process) cpu() (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", b.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	total := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		first, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.Atoi(first)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return time.Duration(total), nil
}

// memory returns a row of the process's memory in MB, such as VmRSS (proc(5), status).
// RssFile is the part of it that is the store's own pages, which the system can take
// back at any time.
func (b *process) memory(row string) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", b.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), row+":")
	kB, err := strconv.Atoi(strings.Fields(rest + " none")[0])
	return float64(kB) / 1024, err
}

// written returns how many bytes the process has passed to write calls: to the store,
// and little else (proc(5), io). What it causes to be written to the disk is counted in
// units of the page cache there, which may be far larger.
func (b *process) written() (float64, error) { return writtenBy(strconv.Itoa(b.cmd.Process.Pid)) }

func writtenBy(process string) (float64, error) {
	text, err := os.ReadFile("/proc/" + process + "/io")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "wchar:")
	return strconv.ParseFloat(strings.Fields(rest + " none")[0], 64)
}
