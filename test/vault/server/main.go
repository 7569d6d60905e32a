// Command server is a HashiCorp Vault 1.14.0 (the last line under MPL-2.0) for
// tests: its core, the KV, AppRole, JWT and Kubernetes backends, and its HTTP
// handler, without the rest of the command.
//
// On empty storage it initialises itself with one unseal key. On storage that holds
// data, and with -join, it stays sealed until it is unsealed through the API.
package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/hashicorp/vault/helper/namespace"
	"github.com/hashicorp/vault/vault"
)

type options struct {
	listen, cluster, storage, path, node, ready string
	join                                        bool
}

// ready is the content of the ready file. Token and Key are empty if the server did not
// initialise itself.
type ready struct {
	Address string `json:"address"`
	Cluster string `json:"cluster"`
	Token   string `json:"token"`
	Key     string `json:"key"` // hex
}

func main() {
	var o options
	flag.StringVar(&o.listen, "listen", "127.0.0.1:0", "`ADDRESS` of the API")
	flag.StringVar(&o.cluster, "cluster", "127.0.0.1:0", "`ADDRESS` of the cluster port, for raft")
	flag.StringVar(&o.storage, "storage", "inmem", "inmem, file or raft")
	flag.StringVar(&o.path, "path", "", "`DIRECTORY` of file and raft storage")
	flag.StringVar(&o.node, "node", "node", "`NAME` of this node, for raft")
	flag.StringVar(&o.ready, "ready", "", "`FILE` to write once requests are answered")
	flag.BoolVar(&o.join, "join", false, "wait to be joined to a raft cluster instead of starting one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "vault:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o options) error {
	api, err := net.Listen("tcp", o.listen)
	if err != nil {
		return err
	}
	cluster, err := reserve(o.cluster)
	if err != nil {
		return err
	}
	core, err := newCore(o, "http://"+api.Addr().String(), cluster)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler(core)}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(api) }()
	r := ready{Address: "http://" + api.Addr().String(), Cluster: cluster.String()}
	if err := initialize(core, o.join, &r); err != nil {
		return err
	}
	if err := write(o.ready, r); err != nil {
		return err
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return core.Shutdown()
	}
}

// reserve finds a free port for the cluster listener, which the core opens itself.
func reserve(address string) (*net.TCPAddr, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr), nil
}

func initialize(core *vault.Core, join bool, r *ready) error {
	ctx := namespace.RootContext(context.Background())
	done, err := core.Initialized(ctx)
	if err != nil || done || join {
		return err
	}
	result, err := core.Initialize(ctx, &vault.InitParams{
		BarrierConfig:  &vault.SealConfig{SecretShares: 1, SecretThreshold: 1},
		RecoveryConfig: &vault.SealConfig{},
	})
	if err != nil {
		return err
	}
	if _, err := core.Unseal(vault.TestKeyCopy(result.SecretShares[0])); err != nil {
		return err
	}
	r.Token, r.Key = result.RootToken, hex.EncodeToString(result.SecretShares[0])
	return nil
}

// write writes the ready file atomically.
func write(path string, r ready) error {
	data, err := json.Marshal(r)
	if err != nil || path == "" {
		return err
	}
	temporary := filepath.Join(filepath.Dir(path), "."+base64.RawURLEncoding.EncodeToString([]byte(filepath.Base(path))))
	if err := os.WriteFile(temporary, data, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}
