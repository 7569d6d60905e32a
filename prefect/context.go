package prefect

import (
	"context"
	"maps"

	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// The keys of what a context carries for a flow run.
type (
	secretsKey  struct{}
	configKey   struct{}
	clientKey   struct{}
	buildingKey struct{}
)

// localSecrets is prefect.context.secrets. Explicit secrets win over those of a
// config, however the contexts were nested. The maps never change once they are in a
// context; a closure returns them, so that printing the context cannot reach the
// values.
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

// merged returns a new map with the entries of both; those of overrides win.
func merged(base, overrides map[string]any) map[string]any {
	all := make(map[string]any, len(base)+len(overrides))
	maps.Copy(all, base)
	maps.Copy(all, overrides)
	return all
}

// WithSecrets returns a child context in which the secrets are set too, as
// prefect.context.secrets is in Python. A later call wins over an earlier one, and
// both win over a config; the parent is unchanged. The values are not copied.
func WithSecrets(ctx context.Context, secrets map[string]any) context.Context {
	explicit, fromConfig := localFrom(ctx)
	return withLocal(ctx, merged(explicit, secrets), fromConfig)
}

// WithConfig returns a child context that runs under c: its [context.secrets] are
// secrets of the context, and its cloud.use_local_secrets says where [Secret.Get]
// looks.
func WithConfig(ctx context.Context, c *config.Config) context.Context {
	explicit, fromConfig := localFrom(ctx)
	ctx = withLocal(ctx, explicit, merged(fromConfig, c.Secrets()))
	return context.WithValue(ctx, configKey{}, c)
}

// configFrom returns the config that ctx runs under: Prefect's defaults without
// [WithConfig].
func configFrom(ctx context.Context) *config.Config {
	if c, ok := ctx.Value(configKey{}).(*config.Config); ok && c != nil {
		return c
	}
	return &config.Config{}
}

// WithClient returns a child context in which [Secret.Get] reads with c in cloud
// execution, that is under a config whose cloud.use_local_secrets is false; see
// [WithConfig]. A nil c removes the client. In a test, testkit's Cloud.Context sets
// both.
func WithClient(ctx context.Context, c *Client) context.Context {
	return context.WithValue(ctx, clientKey{}, c)
}

// BuildingFlow returns a child context in which a flow is being built: [Secret.Get]
// fails with [ErrBuildingFlow], [Secret.Exists] does not.
func BuildingFlow(ctx context.Context) context.Context {
	return context.WithValue(ctx, buildingKey{}, true)
}

func isBuilding(ctx context.Context) bool { return ctx.Value(buildingKey{}) != nil }
