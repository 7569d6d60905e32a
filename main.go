// Prefect-secrets syncs Prefect's secrets from CI, checks configs, and serves the store.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/interrupts"
)

//go:embed docs/checks.md
var checksPage string

func main() {
	if err := cli.ForbidCoreDumps(); err != nil {
		fmt.Fprintln(os.Stderr, "prefect-secrets: forbidding core dumps:", err)
		os.Exit(exit.Failed)
	}
	log.SetOutput(io.Discard) // net/http quotes there what a server sends unasked
	ctx, signals, _ := interrupts.Listen(context.Background())
	os.Exit((&cli.Command{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Environ(), Interrupts: signals, ChecksPage: checksPage,
	}).Main(ctx, os.Args[1:]))
}
