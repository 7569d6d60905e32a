// Package consumer is what a user of testkit writes: a rotation of database passwords,
// and tasks of a flow that read secrets.
package consumer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Rotate gives each database a new password and stores it. It retries once a write that
// the API refuses for the moment.
func Rotate(ctx context.Context, store *prefect.Client, databases []string, newPassword func() string) error {
	var failed []error
	for _, database := range databases {
		name, password := database+"_PASSWORD", newPassword()
		err := store.SetSecret(ctx, name, password)
		if errors.Is(err, prefect.ErrRateLimited) {
			err = store.SetSecret(ctx, name, password)
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// NewPassword returns a random password.
func NewPassword() string { return rand.Text() }

// Notify is a task of a flow that posts to a webhook.
func Notify(ctx context.Context) error {
	url, err := prefect.Get[string](ctx, "SLACK_WEBHOOK_URL")
	if err == nil && url == "" {
		err = errors.New("there is no URL to post to")
	}
	return err
}

// Report is a task of a flow that reads from a database.
func Report(ctx context.Context, database string) (string, error) {
	password, err := prefect.Secret(database + "_PASSWORD").Get(ctx)
	if err != nil {
		return "", fmt.Errorf("reporting: %w", err)
	}
	return fmt.Sprintf("%s: %d characters", database, len(fmt.Sprint(password))), nil
}
