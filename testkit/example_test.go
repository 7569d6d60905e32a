package testkit_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

func ExampleNew() {
	test := func(t *testing.T) {
		cloud := testkit.New(t)
		if err := cloud.Client().SetSecret(t.Context(), "my secret", 42); err != nil {
			t.Fatal(err)
		}
		cloud.AssertSecrets(t, map[string]any{"my secret": 42})
	}
	_ = test
}

func ExampleLocalSecrets() {
	notify := func(ctx context.Context) (string, error) { // a task of a flow
		return prefect.Get[string](ctx, "SLACK_WEBHOOK_URL")
	}
	ctx := testkit.LocalSecrets(context.Background(), map[string]any{"SLACK_WEBHOOK_URL": "https://hooks.example.com"})
	fmt.Println(notify(ctx))
	// Output: https://hooks.example.com <nil>
}
