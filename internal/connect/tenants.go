package connect

import (
	"context"
	"errors"

	secretsync "github.com/prefect-secrets/prefect-secrets/sync"
)

// Accounts returns what the two keys give access to. Without a runner key the reader
// has no store.
func (conn *Connection) Accounts() (writer, reader secretsync.Account) {
	writer = secretsync.AccountOf(conn.Client)
	writer.AddTenants = conn.AddTenants
	if conn.Runner != nil {
		reader = secretsync.AccountOf(conn.Runner)
	}
	return writer, reader
}

// SelectTenant makes the connection one to the wanted tenant. Without one it stays one
// to the key's own tenant.
func (conn *Connection) SelectTenant(ctx context.Context, wanted []string) error {
	if len(wanted) > 1 {
		return errors.New("--tenant: this command is about one tenant")
	}
	writer, _ := conn.Accounts()
	found, err := writer.Find(ctx, wanted)
	if err != nil {
		return err
	}
	conn.Client, err = conn.Client.ForTenant(found[0].ID)
	return err
}
