package testkit

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// LocalSecrets returns a child context for local execution in which the secrets
// are set, as prefect.context.secrets is in Python. Maps and lists are copied.
func LocalSecrets(ctx context.Context, secrets map[string]any) context.Context {
	return prefect.WithSecrets(ctx, copied(secrets).(map[string]any))
}

// LocalConfig returns a child context that runs under a configuration: the text
// of a TOML file and an environment, read as [prefect.LoadConfig] reads them. No
// file and no variable of the process is read. A text that does not parse fails
// the test.
func LocalConfig(t TB, ctx context.Context, tomlText string, env map[string]string) context.Context {
	t.Helper()
	var environ []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		environ = append(environ, name+"="+env[name])
	}
	// A text that is not empty keeps LoadConfig from looking for a file.
	config, err := prefect.LoadConfig(prefect.ConfigOptions{Text: tomlText + "\n", Env: environ})
	if err != nil {
		t.Fatalf("testkit: LocalConfig: %v", err)
		return ctx
	}
	return prefect.WithConfig(ctx, config)
}

// copied is v with every map and list in it copied.
func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			out[key] = copied(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = copied(inner)
		}
		return out
	case json.RawMessage:
		return json.RawMessage(bytes.Clone(v))
	case []byte:
		return bytes.Clone(v)
	default:
		return v
	}
}
