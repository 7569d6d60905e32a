package prefect_test

import (
	"context"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func ExampleSecret_Get() {
	ctx := prefect.WithSecrets(context.Background(), map[string]any{
		"SLACK_WEBHOOK_URL": "https://hooks.example.com",
		"DB_PASSWORD":       "123456",
		"AWS_CREDENTIALS":   `{"ACCESS_KEY": "a", "SECRET_ACCESS_KEY": "s"}`,
	})
	for _, name := range []prefect.Secret{"SLACK_WEBHOOK_URL", "DB_PASSWORD", "AWS_CREDENTIALS"} {
		v, err := name.Get(ctx)
		fmt.Printf("%T %v %v\n", v, v, err)
	}
	// Output:
	// string https://hooks.example.com <nil>
	// json.Number 123456 <nil>
	// map[string]interface {} map[ACCESS_KEY:a SECRET_ACCESS_KEY:s] <nil>
}

func ExampleGet() {
	ctx := prefect.WithSecrets(context.Background(), map[string]any{"DB_PASSWORD": "123456"})
	password, err := prefect.Get[string](ctx, "DB_PASSWORD")
	fmt.Println(password, err)
	_, err = prefect.Get[string](ctx, "DB_PASSWORT")
	fmt.Println(err)
	// Output:
	// 123456 <nil>
	// local secret "DB_PASSWORT" was not found: the nearest name is "DB_PASSWORD"; there are "DB_PASSWORD"
}

// Secrets are read wherever a context goes: here in a state handler.
func ExampleSecret_Get_stateHandler() {
	type state string
	notifyOnFailure := func(ctx context.Context, old, new state) (state, error) {
		if new != "Failed" {
			return new, nil
		}
		url, err := prefect.Get[string](ctx, "SLACK_WEBHOOK_URL")
		fmt.Println("notify", url)
		return new, err
	}
	ctx := prefect.WithSecrets(context.Background(), map[string]any{"SLACK_WEBHOOK_URL": "https://hooks.example.com"})
	fmt.Println(notifyOnFailure(ctx, "Running", "Failed"))
	// Output:
	// notify https://hooks.example.com
	// Failed <nil>
}
