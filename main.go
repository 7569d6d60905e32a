// Prefect-secrets keeps Prefect's secrets: it syncs them from CI, checks the
// configs that name them, and serves the store that flows read them from.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/prefect-secrets/prefect-secrets/internal/cli"
)

func main() {
	if err := cli.ForbidCoreDumps(); err != nil {
		fmt.Fprintln(os.Stderr, "prefect-secrets: forbidding core dumps:", err)
		os.Exit(cli.ExitFailed)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	command := cli.Command{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Env: os.Environ()}
	os.Exit(command.Main(ctx, os.Args[1:]))
}
