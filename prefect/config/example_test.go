package config_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

// A flow finds the secrets of the user's configuration. Prefect's documentation says
// that names which the environment sets are lower-case.
func ExampleLoad() {
	loaded, err := config.Load(config.Options{
		Text: "[context.secrets]\nKEY = \"VALUE\"\nSLACK_URL = \"$SLACK_URL\"\n",
		Env:  []string{"SLACK_URL=https://hooks.example.com"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := prefect.WithConfig(context.Background(), loaded)
	fmt.Println(prefect.Get[string](ctx, "KEY"))
	fmt.Println(prefect.Get[string](ctx, "slack_url"))
	// Output:
	// VALUE <nil>
	// https://hooks.example.com <nil>
}

// Without Path and Text the user's own file is read, as import prefect does.
func ExampleOptions() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, []byte("[context.secrets]\nKEY = \"VALUE\"\n"), 0o600); err != nil {
		fmt.Println(err)
	}
	for _, options := range []config.Options{
		{Path: file},
		{Env: []string{"PREFECT__USER_CONFIG_PATH=" + file}}, // of a program: os.Environ()
	} {
		loaded, err := config.Load(options)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(loaded.Secrets())
	}
	// Output:
	// map[KEY:VALUE]
	// map[KEY:VALUE]
}

// The releases read one environment in different ways.
func ExampleVersion() {
	for _, version := range []config.Version{config.Documented, "0.9.3", "1.4.1"} {
		loaded, err := config.Load(config.Options{
			Version: version,
			Env:     []string{"PREFECT__CONTEXT__SECRETS__Limits=[1, 2]"},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		for name, value := range loaded.Secrets() {
			fmt.Printf("%s: %s is of type %T\n", version, name, value)
		}
	}
	// Output:
	// documented: limits is of type string
	// 0.9.3: Limits is of type string
	// 1.4.1: Limits is of type []interface {}
}

// An Error says what the user has to mend, and never quotes a value.
func ExampleError() {
	for _, options := range []config.Options{
		{Path: "config.toml", Text: "[context.secrets]\nKEY = VALUE\n"},
		{Text: "database = \"db.example.com\"\n", Env: []string{"PREFECT__DATABASE__HOST=db.example.com"}},
	} {
		_, err := config.Load(options)
		var failed *config.Error
		if !errors.As(err, &failed) {
			fmt.Println(err)
			continue
		}
		fmt.Printf("file %q, line %d, variable %q, setting %q\n", failed.File, failed.Line, failed.Env, failed.Path)
		fmt.Println(failed.Problem)
		fmt.Println("in Python:", failed.Class)
	}
	// Output:
	// file "config.toml", line 2, variable "", setting []
	// not valid TOML: prefect-secrets check shows the place
	// in Python: TomlDecodeError
	// file "", line 0, variable "PREFECT__DATABASE__HOST", setting ["database" "host"]
	// it is below database, which is of type str and not a table
	// in Python: TypeError
}

func ExampleConfig_Secrets() {
	loaded, err := config.Load(config.Options{Text: "[context.secrets]\nKEY = \"VALUE\"\nPORT = 5432\n"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(slices.Sorted(maps.Keys(loaded.Secrets())))
	fmt.Println(loaded) // never the values
	// Output:
	// [KEY PORT]
	// config with 2 secrets
}

// Where a flow looks for a secret, first in its context and then in the store.
func ExampleConfig_UseLocalSecrets() {
	for _, options := range []config.Options{
		{},
		{Text: "[cloud]\nuse_local_secrets = false\n"},
		{Text: "[cloud]\nuse_local_secrets = false\n", Version: "1.4.1"},
		{Text: "backend = \"server\"\n[cloud]\nuse_local_secrets = false\n", Version: "1.4.1"},
	} {
		loaded, err := config.Load(options)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("local: %t, context: %t, store: %t\n", loaded.UseLocalSecrets(), loaded.ReadsContext(), loaded.ReadsStore())
		fmt.Printf("  the store's names: %t, its JSON parsed: %t\n", loaded.ListsStore(), loaded.ParsesStored())
	}
	// Output:
	// local: true, context: true, store: false
	//   the store's names: false, its JSON parsed: true
	// local: false, context: false, store: true
	//   the store's names: true, its JSON parsed: true
	// local: false, context: true, store: true
	//   the store's names: true, its JSON parsed: true
	// local: false, context: true, store: false
	//   the store's names: false, its JSON parsed: true
}

// A program that misses a secret can say that its name is spelled otherwise.
func ExampleConfig_LowerCased() {
	loaded, err := config.Load(config.Options{Env: []string{"PREFECT__CONTEXT__SECRETS__SLACK_URL=https://hooks.example.com"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loaded.LowerCased("SLACK_URL"))
	fmt.Println(loaded.LowerCased("OTHER"))
	// Output:
	// slack_url true
	// other false
}

// A minor release without its patch is its latest one.
func ExampleParseVersion() {
	for _, name := range []string{"0.13", "0.14.4", "documented", "0.13.20"} {
		version, err := config.ParseVersion(name)
		fmt.Println(version, err)
	}
	// Output:
	// 0.13.19 <nil>
	// 0.14.4 <nil>
	// documented <nil>
	//  0.13.20 was never released, and the latest 0.13 of Prefect is 0.13.19: use a release from 0.6.7 to 1.4.1, or documented
}
