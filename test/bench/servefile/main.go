//go:build linux

// Command servefile measures serve on a file: whole processes with 100,000 secrets of
// 1 KB in 100 tenants. It prints a line for each sample, in the format of Go's benchmarks.
//
//	go run ./test/bench/servefile              about three minutes
//	go run ./test/bench/servefile -old PATH    beside another build of the command
//
// The cases of one subject have their turns in the same rounds.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// options are what to measure.
type options struct {
	rounds, tenants, perTenant int
	only                       string
	dir                        string // for all files
}

func main() {
	var o options
	secrets, bin, old, bare, ready := 0, "", "", "", ""
	flag.IntVar(&o.rounds, "rounds", 11, "rounds of each table")
	flag.IntVar(&secrets, "secrets", 100_000, "secrets in all")
	flag.IntVar(&o.tenants, "tenants", 100, "tenants")
	flag.StringVar(&o.only, "only", "start,writes,reads,copies", "subjects to measure")
	flag.StringVar(&bin, "bin", "", "the command (default: built from here)")
	flag.StringVar(&old, "old", "", "another build of the command, to compare")
	flag.StringVar(&o.dir, "dir", "", "directory on the disk to measure (default: a temporary one)")
	flag.StringVar(&bare, "bare", "", "only serve this bbolt file over HTTP")
	flag.StringVar(&ready, "ready-file", "", "where -bare writes its URL")
	flag.Parse()
	if bare != "" {
		if err := runBare(bare, ready); err != nil {
			fmt.Fprintln(os.Stderr, "servefile:", err)
			os.Exit(1)
		}
		return
	}
	o.perTenant = secrets / o.tenants
	if o.perTenant < inDocument {
		fmt.Fprintf(os.Stderr, "servefile: -secrets must be at least %d: a tenant has those of a document\n", inDocument*o.tenants)
		os.Exit(2)
	}
	if err := run(o, bin, old); err != nil {
		fmt.Fprintln(os.Stderr, "servefile:", err)
		os.Exit(1)
	}
}

func run(o options, bin, old string) (err error) {
	if o.dir, err = os.MkdirTemp(o.dir, "servefile-*"); err != nil {
		return err
	}
	defer os.RemoveAll(o.dir)
	out := output{os.Stdout}
	if bin == "" {
		bin = filepath.Join(o.dir, "prefect-secrets")
		if err := build(bin); err != nil {
			return err
		}
	}
	s, err := newSite(o)
	if err != nil {
		return err
	}
	builds := []*served{{name: "serve", bin: bin}}
	if old != "" {
		builds = append(builds, &served{name: "serve, old", bin: old})
	}
	for i, b := range builds {
		if b.store, err = s.copyFile(s.full, fmt.Sprintf("served%d.db", i)); err != nil {
			return err
		}
	}
	return s.measure(builds, out)
}

// measure measures the subjects that are asked for.
func (s *site) measure(builds []*served, out output) error {
	for _, subject := range []struct {
		name string
		run  func(*site, []*served, output) error
	}{{"start", measureStart}, {"writes", measureWrites}, {"reads", measureReads}, {"copies", measureCopies}} {
		if !strings.Contains(s.only, subject.name) {
			continue
		}
		if err := subject.run(s, builds, out); err != nil {
			return fmt.Errorf("%s: %w", subject.name, err)
		}
	}
	return nil
}

func build(path string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "github.com/prefect-secrets/prefect-secrets")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	return cmd.Run()
}
