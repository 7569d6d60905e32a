package config_test

import (
	"context"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/prefect/config"
)

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
	fmt.Println(prefect.Get[string](ctx, "slack_url")) // names that the environment sets are lower-case
	// Output:
	// VALUE <nil>
	// https://hooks.example.com <nil>
}
