package cli

import (
	"context"
	"errors"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// accounts are what the two keys reach; that of the reader has no store where there is
// no key for it.
func (conn *connection) accounts() (writer, reader secretsync.Account) {
	writer = secretsync.AccountOf(conn.client)
	writer.AddTenants = conn.addTenants
	if conn.runner != nil {
		reader = secretsync.AccountOf(conn.runner)
	}
	return writer, reader
}

// choose makes the connection one to the tenant that is wanted, if one is.
func (conn *connection) choose(ctx context.Context, wanted []string) error {
	if len(wanted) > 1 {
		return errors.New("--tenant: this command is about one tenant")
	}
	writer, _ := conn.accounts()
	found, err := writer.Find(ctx, wanted)
	if err != nil {
		return runError(err)
	}
	conn.client, err = conn.client.ForTenant(found[0].ID)
	return err
}
