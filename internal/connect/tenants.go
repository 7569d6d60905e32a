package connect

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/exit"
	"github.com/prefect-secrets/prefect-secrets/internal/pace"
	"github.com/prefect-secrets/prefect-secrets/internal/refused"
	"github.com/prefect-secrets/prefect-secrets/internal/tenant"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// SelectTenant makes the connection one to the wanted tenant, of which there is at most
// one. Without one it stays one to the key's own tenant.
func (conn *Connection) SelectTenant(ctx context.Context, wanted []string) error {
	if len(wanted) == 0 {
		return nil
	}
	if err := conn.AddTenants(wanted); err != nil {
		return err
	}
	found, err := tenant.Find(ctx, wanted, conn.listTenants)
	if err != nil {
		return err
	}
	conn.Client, err = conn.Client.ForTenant(found[0].ID)
	conn.Store = conn.Client
	return err
}

// AddTenants creates those of the tenants that are missing, if the store is in this
// process.
func (conn *Connection) AddTenants(slugs []string) error {
	if conn.addTenants == nil {
		return nil
	}
	return conn.addTenants(slugs)
}

// listTenants lists the tenants that the key may use.
func (conn *Connection) listTenants(ctx context.Context) (all []prefect.Tenant, err error) {
	err = conn.Ask(ctx, func() error {
		all, err = conn.Client.ListTenants(ctx)
		return err
	})
	return all, err
}

// Ask sends one request for somebody who waits: again if that may help, and for a
// while if the store is away. The error has its exit code.
func (conn *Connection) Ask(ctx context.Context, send func() error) error {
	if err := conn.Pacer.Do(ctx, pace.Question, send); err != nil {
		return exit.Store(refused.Key(err, conn.KeyFrom, conn.URL))
	}
	return nil
}
