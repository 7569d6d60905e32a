package testkit

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// LocalSecrets returns a child of ctx for local execution in which the secrets are
// set, as prefect.context.secrets is in Python. Maps and slices are copied.
func LocalSecrets(ctx context.Context, secrets map[string]any) context.Context {
	return prefect.WithSecrets(ctx, copyValue(reflect.ValueOf(secrets)).Interface().(map[string]any))
}

// LocalConfig returns a child of ctx that runs under a configuration: the text of a
// TOML file and an environment, read as [config.Load] reads them. It reads no file and
// no variable of the process. Invalid TOML fails the test.
func LocalConfig(ctx context.Context, t TB, tomlText string, env map[string]string) context.Context {
	t.Helper()
	var environ []string
	for _, name := range slices.Sorted(maps.Keys(env)) {
		environ = append(environ, name+"="+env[name])
	}
	// With a text that is not empty, config.Load looks for no file; the path only
	// names the text in errors.
	loaded, err := config.Load(config.Options{Text: tomlText + "\n", Path: "tomlText", Env: environ})
	if err != nil {
		t.Fatalf("testkit: LocalConfig: %v", withoutCommand(err))
		return ctx
	}
	return prefect.WithConfig(ctx, loaded)
}

// withoutCommand takes the advice to run a command, which reads files, out of an
// error of [config.Load].
func withoutCommand(err error) error {
	var failed *config.Error
	if !errors.As(err, &failed) {
		return err
	}
	inText := *failed
	inText.Problem, _, _ = strings.Cut(failed.Problem, ": prefect-secrets check")
	return &inText
}

// copyValue copies v with every map and slice in it. It does not follow pointers, nor
// look into the fields of structs.
func copyValue(v reflect.Value) reflect.Value {
	switch {
	case v.Kind() == reflect.Interface && !v.IsNil():
		out := reflect.New(v.Type()).Elem()
		out.Set(copyValue(v.Elem()))
		return out
	case v.Kind() == reflect.Map && !v.IsNil():
		out := reflect.MakeMapWithSize(v.Type(), v.Len())
		for entries := v.MapRange(); entries.Next(); {
			out.SetMapIndex(entries.Key(), copyValue(entries.Value()))
		}
		return out
	case v.Kind() == reflect.Slice && !v.IsNil():
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(copyValue(v.Index(i)))
		}
		return out
	}
	return v
}
