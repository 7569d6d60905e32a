package prefect

import (
	"context"
	"maps"

	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// What a context carries for a flow run.
type (
	secretsKey  struct{}
	configKey   struct{}
	clientKey   struct{}
	buildingKey struct{}
)

// localSecrets is prefect.context.secrets. What was set explicitly wins over
// what a config brought, however they were nested. The maps are never changed
// once they are in a context, and stand behind a closure so that printing the
// context shows none of them.
type localSecrets func() (explicit, fromConfig map[string]any)

func localFrom(ctx context.Context) (explicit, fromConfig map[string]any) {
	if local, ok := ctx.Value(secretsKey{}).(localSecrets); ok {
		return local()
	}
	return nil, nil
}

func withLocal(ctx context.Context, explicit, fromConfig map[string]any) context.Context {
	local := localSecrets(func() (map[string]any, map[string]any) { return explicit, fromConfig })
	return context.WithValue(ctx, secretsKey{}, local)
}

// merged is a new map with the entries of base and, over them, those of over.
func merged(base, over map[string]any) map[string]any {
	sum := make(map[string]any, len(base)+len(over))
	maps.Copy(sum, base)
	maps.Copy(sum, over)
	return sum
}

// WithSecrets returns a child context in which the secrets are also set, as
// prefect.context.secrets is in Python. A later call wins over an earlier one,
// and both win over a config; the parent is untouched. The values are kept as
// they are given, not copied.
func WithSecrets(ctx context.Context, secrets map[string]any) context.Context {
	explicit, fromConfig := localFrom(ctx)
	return withLocal(ctx, merged(explicit, secrets), fromConfig)
}

// WithConfig returns a child context that runs under c: its [context.secrets]
// populate the context's secrets, and its cloud.use_local_secrets says where
// [Secret.Get] looks.
func WithConfig(ctx context.Context, c *config.Config) context.Context {
	explicit, fromConfig := localFrom(ctx)
	ctx = withLocal(ctx, explicit, merged(fromConfig, c.Secrets()))
	return context.WithValue(ctx, configKey{}, c)
}

// WithClient returns a child context whose store, in cloud execution, is the one
// that c speaks to. There is cloud execution only under a config that sets
// use_local_secrets to false; see [WithConfig]. In a test, testkit's Cloud.Context
// sets both.
func WithClient(ctx context.Context, c *Client) context.Context {
	return context.WithValue(ctx, clientKey{}, c)
}

// BuildingFlow returns a child context in which a flow is being built:
// [Secret.Get] is refused with [ErrBuildingFlow], [Secret.Exists] is not.
func BuildingFlow(ctx context.Context) context.Context {
	return context.WithValue(ctx, buildingKey{}, true)
}

func isBuilding(ctx context.Context) bool { return ctx.Value(buildingKey{}) != nil }

// configFrom is the config that ctx runs under: Prefect's defaults where
// [WithConfig] has put in none.
func configFrom(ctx context.Context) *config.Config {
	if c, ok := ctx.Value(configKey{}).(*config.Config); ok && c != nil {
		return c
	}
	return &config.Config{}
}
