//go:build unix

package docs

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/test/binary"
	"github.com/prefect-secrets/prefect-secrets/test/docs/blocks"
)

// TestShell runs the shell blocks of each page, in order, in a directory with the files
// that the pages speak of. A block that starts a server goes on while the next ones
// run; a page that starts none has the README's.
func TestShell(t *testing.T) {
	pages := map[string][]blocks.Block{}
	for _, block := range suiteBlocks(t, blocks.Shell.Name) {
		pages[block.Page] = append(pages[block.Page], block)
	}
	for page, list := range pages {
		t.Run(page, func(t *testing.T) {
			sh := newShell(t)
			if !startsServer(list) {
				sh.run(t, serverBlock(t, pages["README.md"]))
			}
			for _, block := range list {
				sh.run(t, block)
			}
			if page == "README.md" {
				sh.checkNames(t, "DB_PASSWORD", "SLACK_WEBHOOK_URL")
			}
		})
	}
}

const serve = "prefect-secrets serve "

func startsServer(list []blocks.Block) bool {
	for _, block := range list {
		if strings.Contains(block.Text, serve) {
			return true
		}
	}
	return false
}

func serverBlock(t *testing.T, list []blocks.Block) blocks.Block {
	t.Helper()
	for _, block := range list {
		if strings.Contains(block.Text, serve) {
			return block
		}
	}
	t.Fatal("the README starts no server")
	return blocks.Block{}
}

// shell runs blocks one after the other. What one exports, the next ones have.
type shell struct {
	dir string
	env []string
	url string // of the server, once a block has started it
}

func newShell(t *testing.T) *shell {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/site")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, ".exported"), "")
	env := []string{
		"PATH=" + filepath.Dir(binary.Path) + ":" + os.Getenv("PATH"), "HOME=" + dir,
		"VALUE=a value", "SLACK_WEBHOOK_URL=https://hooks.example.com/services/T0",
	}
	return &shell{dir: dir, env: env}
}

// run runs a block as a reader pastes it, but for the address of the server, which is a
// free one of this machine.
func (s *shell) run(t *testing.T, block blocks.Block) {
	t.Helper()
	text := strings.TrimRight(block.Text, "\n")
	if s.url != "" {
		text = strings.NewReplacer("http://127.0.0.1:4200", s.url, "https://secrets.example.com", s.url).Replace(text)
	}
	if strings.Contains(text, serve) {
		s.serve(t, block, text)
		return
	}
	cmd := s.command(text + "\nexport -p >" + filepath.Join(s.dir, ".exported"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s\n%s", block, err, text, out)
	}
}

func (s *shell) command(text string) *exec.Cmd {
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", "source "+filepath.Join(s.dir, ".exported")+"\n"+text)
	cmd.Dir, cmd.Env = s.dir, s.env
	return cmd
}

// serve runs a block whose last command is a server, until the test ends.
func (s *shell) serve(t *testing.T, block blocks.Block, text string) {
	t.Helper()
	ready := filepath.Join(s.dir, "ready.json")
	cmd := s.command(text + " --listen 127.0.0.1:0 --shutdown-delay 0s --ready-file " + ready)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		<-ended
	})
	var told struct{ URL string }
	for {
		data, err := os.ReadFile(ready)
		if err == nil && json.Unmarshal(data, &told) == nil {
			s.url = told.URL
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%v: the server ended: %v\n%s", block, err, out.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *shell) checkNames(t *testing.T, want ...string) {
	t.Helper()
	out, err := s.command("prefect-secrets names --api-url " + s.url + " --api-key-file admin.key").CombinedOutput()
	if err != nil || string(out) != strings.Join(want, "\n")+"\n" {
		t.Errorf("the store has %s, want %s: %v", out, want, err)
	}
}
