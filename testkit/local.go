package testkit

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// LocalSecrets returns a child context for local execution in which the secrets
// are set, as prefect.context.secrets is in Python. Maps and slices are copied.
func LocalSecrets(ctx context.Context, secrets map[string]any) context.Context {
	return prefect.WithSecrets(ctx, copied(reflect.ValueOf(secrets)).Interface().(map[string]any))
}

// LocalConfig returns a child context that runs under a configuration: the text
// of a TOML file and an environment, read as [config.Load] reads them. No
// file and no variable of the process is read. A text that does not parse fails
// the test.
func LocalConfig(ctx context.Context, t TB, tomlText string, env map[string]string) context.Context {
	t.Helper()
	var environ []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		environ = append(environ, name+"="+env[name])
	}
	// A text that is not empty keeps config.Load from looking for a file.
	loaded, err := config.Load(config.Options{Text: tomlText + "\n", Env: environ})
	if err != nil {
		t.Fatalf("testkit: LocalConfig: %v", err)
		return ctx
	}
	return prefect.WithConfig(ctx, loaded)
}

// copied is v with every map and slice in it copied. What a pointer leads to and
// the fields of structs stay as they are.
func copied(v reflect.Value) reflect.Value {
	switch {
	case v.Kind() == reflect.Interface && !v.IsNil():
		out := reflect.New(v.Type()).Elem()
		out.Set(copied(v.Elem()))
		return out
	case v.Kind() == reflect.Map && !v.IsNil():
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for entries := v.MapRange(); entries.Next(); {
			out.SetMapIndex(entries.Key(), copied(entries.Value()))
		}
		return out
	case v.Kind() == reflect.Slice && !v.IsNil():
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(copied(v.Index(i)))
		}
		return out
	}
	return v
}
