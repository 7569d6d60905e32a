package main

import (
	"net"
	"net/http"
	"time"

	"github.com/hashicorp/go-hclog"
	jwt "github.com/hashicorp/vault-plugin-auth-jwt"
	kubernetes "github.com/hashicorp/vault-plugin-auth-kubernetes"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/builtin/credential/approle"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/physical/raft"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical"
	"github.com/hashicorp/vault/sdk/physical/file"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

// maxRequest bounds a request, in bytes. It is Vault's own default.
const maxRequest = 32 << 20

func newCore(o options, address string, cluster *net.TCPAddr) (*vault.Core, error) {
	logger := hclog.New(&hclog.LoggerOptions{Level: hclog.Warn})
	backend, err := storage(o, logger)
	if err != nil {
		return nil, err
	}
	config := &vault.CoreConfig{
		Physical: backend, StorageType: o.storage, Logger: logger, DisableMlock: true,
		BuiltinRegistry: registry{},
		LogicalBackends: map[string]logical.Factory{"kv": kv.Factory},
		CredentialBackends: map[string]logical.Factory{
			"approle": approle.Factory, "jwt": jwt.Factory, "kubernetes": kubernetes.Factory,
		},
		DefaultLeaseTTL: time.Hour, MaxLeaseTTL: 24 * time.Hour, ClusterName: "test",
	}
	if ha, ok := backend.(physical.HABackend); ok && ha.HAEnabled() {
		config.HAPhysical, config.RedirectAddr, config.ClusterAddr = ha, address, "https://"+cluster.String()
	}
	core, err := vault.NewCore(config)
	if err != nil {
		return nil, err
	}
	core.SetClusterListenerAddrs([]*net.TCPAddr{cluster})
	core.SetClusterHandler(handler(core))
	return core, nil
}

func storage(o options, logger hclog.Logger) (physical.Backend, error) {
	switch o.storage {
	case "file":
		return file.NewFileBackend(map[string]string{"path": o.path}, logger)
	case "raft":
		return raft.NewRaftBackend(map[string]string{"path": o.path, "node_id": o.node, "performance_multiplier": "1"}, logger)
	}
	return inmem.NewInmem(nil, logger)
}

func handler(core *vault.Core) http.Handler {
	return vaulthttp.Handler.Handler(&vault.HandlerProperties{
		Core:           core,
		ListenerConfig: &configutil.Listener{MaxRequestSize: maxRequest, MaxRequestDuration: time.Minute},
	})
}

// registry holds no plugins: those that are needed are compiled in.
type registry struct{}

func (registry) Contains(string, consts.PluginType) bool { return false }

func (registry) Get(string, consts.PluginType) (func() (any, error), bool) { return nil, false }

func (registry) Keys(consts.PluginType) []string { return nil }

func (registry) DeprecationStatus(string, consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Unknown, false
}
