package testkit_test

import (
	"context"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
	"github.com/prefect-secrets/prefect-secrets/testkit"
)

// A task reads its secret where it runs.
func ExampleLocalSecrets_task() {
	charge := func(ctx context.Context, amount int) (string, error) {
		key, err := prefect.Secret("PAYMENT_KEY").Get(ctx)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("charged %d with %s", amount, key), nil
	}
	ctx := testkit.LocalSecrets(context.Background(), map[string]any{"PAYMENT_KEY": "test-key"})
	fmt.Println(charge(ctx, 5))
	// Output: charged 5 with test-key <nil>
}

// A state handler is given the old and the new state.
func ExampleLocalSecrets_stateHandler() {
	type state string
	notify := func(ctx context.Context, old, new state) (state, error) {
		if new != "Failed" {
			return new, nil
		}
		url, err := prefect.Secret("SLACK_WEBHOOK_URL").Get(ctx)
		fmt.Println("post to", url)
		return new, err
	}
	secrets := map[string]any{"SLACK_WEBHOOK_URL": "https://hooks.example.com"}
	ctx := testkit.LocalSecrets(context.Background(), secrets)
	fmt.Println(notify(ctx, "Running", "Failed"))
	// Output:
	// post to https://hooks.example.com
	// Failed <nil>
}

// A callback runs when a task has failed; here its secret is missing.
func ExampleLocalSecrets_callback() {
	onFailure := func(ctx context.Context, task string) error {
		_, err := prefect.Secret("SLACK_WEBHOOK_URI").Get(ctx)
		return err
	}
	secrets := map[string]any{"SLACK_WEBHOOK_URL": "https://hooks.example.com"}
	ctx := testkit.LocalSecrets(context.Background(), secrets)
	fmt.Println(onFailure(ctx, "charge"))
	// Output: local secret "SLACK_WEBHOOK_URI" was not found: did you mean "SLACK_WEBHOOK_URL"? the only local secret is "SLACK_WEBHOOK_URL"
}

// resultHandler writes results to a bucket that needs credentials.
type resultHandler struct{ bucket string }

func (h resultHandler) write(ctx context.Context, result any) (string, error) {
	credentials, err := prefect.Get[struct {
		Key string `json:"ACCESS_KEY"`
	}](ctx, "AWS_CREDENTIALS")
	return fmt.Sprintf("s3://%s@%s/%v", credentials.Key, h.bucket, result), err
}

// A result handler reads credentials, which are JSON, from a config. A secret that
// comes from the environment has a lower-case name.
func ExampleLocalConfig() {
	const config = `
[context.secrets]
AWS_CREDENTIALS = '{"ACCESS_KEY": "a", "SECRET_ACCESS_KEY": "s"}'
SLACK_WEBHOOK_URL = "$SLACK_WEBHOOK_URL"
`
	env := map[string]string{"SLACK_WEBHOOK_URL": "https://hooks.example.com"}
	ctx := testkit.LocalConfig(context.Background(), t, config, env)
	fmt.Println(resultHandler{"results"}.write(ctx, 42))
	fmt.Println(prefect.Secret("slack_webhook_url").Get(ctx))
	// Output:
	// s3://a@results/42 <nil>
	// https://hooks.example.com <nil>
}
