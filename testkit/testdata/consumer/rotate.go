// Package consumer is what a user of testkit writes: a rotation of database
// passwords, and a flow that reads them.
package consumer

import (
	"context"
	"errors"
	"fmt"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Rotate gives each database a new password and stores it. A write that the API
// refuses for the moment is tried once more.
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

// Report is a task of a flow.
func Report(ctx context.Context, database string) (string, error) {
	password, err := prefect.Secret(database + "_PASSWORD").Get(ctx)
	if err != nil {
		return "", fmt.Errorf("reporting: %w", err)
	}
	return fmt.Sprintf("%s: %d characters", database, len(fmt.Sprint(password))), nil
}
