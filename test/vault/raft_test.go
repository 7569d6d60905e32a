//go:build realvault

package vault_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
	"github.com/prefect-secrets/prefect-secrets/internal/cloud/storetest"
	"github.com/prefect-secrets/prefect-secrets/internal/vault"
)

// startCluster starts three nodes on raft storage, of which the first leads.
func startCluster(t *testing.T) []*server {
	t.Helper()
	nodes := []*server{startServer(t, "-storage", "raft", "-path", "DIR", "-node", "n0")}
	for i := 1; i < 3; i++ {
		n := startServer(t, "-storage", "raft", "-path", "DIR", "-node", fmt.Sprint("n", i), "-join")
		n.Token, n.Key = nodes[0].Token, nodes[0].Key
		leader := map[string]any{"leader_api_addr": nodes[0].Address}
		if _, err := n.root(t).Logical().Write("sys/storage/raft/join", leader); err != nil {
			t.Fatal(err)
		}
		n.unseal(t)
		nodes = append(nodes, n)
	}
	for _, n := range nodes {
		eventually(t, "node that answers", func() error { return n.checkVoters(t, 3) })
	}
	return nodes
}

// checkVoters returns an error unless the cluster has that many voters.
func (s *server) checkVoters(t *testing.T, want int) error {
	config, err := s.root(t).Logical().Read("sys/storage/raft/configuration")
	if err != nil {
		return err
	}
	voters := 0
	for _, n := range config.Data["config"].(map[string]any)["servers"].([]any) {
		if n.(map[string]any)["voter"] == true {
			voters++
		}
	}
	if voters != want {
		return fmt.Errorf("%d voters", voters)
	}
	return nil
}

func TestContractOnAStandbyOfARaftCluster(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t)
	storetest.Run(t, func(t *testing.T) cloud.Store { return nodes[1].open(t) })
}

// The leader is killed while writers write through another node. Acknowledged writes
// are stored, and writing goes on.
func TestRaftClusterLosesItsLeader(t *testing.T) {
	t.Parallel()
	nodes := startCluster(t)
	store := nodes[1].open(t, raftPrefix)
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	var total atomic.Int64
	acknowledged := make([]int, 4)
	for w := range acknowledged {
		all.Go(func() {
			for n := 1; ctx.Err() == nil; n++ {
				_, err := store.Set(ctx, tenant, fmt.Sprint("w", w), json.RawMessage(fmt.Sprint(n)), "ci", false)
				if err == nil {
					acknowledged[w] = n
					total.Add(1)
				} else if !errors.Is(err, context.Canceled) {
					t.Errorf("writer %d: %v", w, err)
				}
			}
		})
	}
	progress := func(more int64) {
		before := total.Load()
		eventually(t, "progress", func() error {
			if total.Load() < before+more {
				return fmt.Errorf("%d writes", total.Load()-before)
			}
			return nil
		})
	}
	progress(100)
	nodes[0].kill()
	progress(100)
	stop()
	all.Wait()
	for w, want := range acknowledged {
		var got int
		value, err := nodes[2].open(t, raftPrefix).Get(t.Context(), tenant, fmt.Sprint("w", w))
		if err != nil || json.Unmarshal(value, &got) != nil || got < want || got > want+1 {
			t.Errorf("writer %d: %s, %v, acknowledged %d", w, value, err, want)
		}
	}
	t.Logf("%d acknowledged writes", total.Load())
}

func raftPrefix(c *vault.Config) { c.Prefix = "raft" }
