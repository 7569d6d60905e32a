package server

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// meteredStore times and counts the operations of a store.
type meteredStore struct {
	cloud.Store
	meter *meter
}

var _ cloud.Store = meteredStore{}

// observe is deferred, with the time at which the operation began.
func (s meteredStore) observe(operation string, begin time.Time, err *error) {
	failed := *err != nil && !errors.Is(*err, cloud.ErrNotFound) && !errors.Is(*err, context.Canceled)
	s.meter.observeStore(operation, time.Since(begin), failed)
}

func (s meteredStore) Set(ctx context.Context, tenant, name string, value json.RawMessage, writer string, compare bool) (changed bool, err error) {
	defer s.observe("set", time.Now(), &err)
	return s.Store.Set(ctx, tenant, name, value, writer, compare)
}

func (s meteredStore) Get(ctx context.Context, tenant, name string) (value json.RawMessage, err error) {
	defer s.observe("get", time.Now(), &err)
	return s.Store.Get(ctx, tenant, name)
}

func (s meteredStore) Delete(ctx context.Context, tenant, name string) (err error) {
	defer s.observe("delete", time.Now(), &err)
	return s.Store.Delete(ctx, tenant, name)
}

func (s meteredStore) Names(ctx context.Context, tenant string) (names []string, err error) {
	defer s.observe("names", time.Now(), &err)
	return s.Store.Names(ctx, tenant)
}

func (s meteredStore) Info(ctx context.Context, tenant string, names ...string) (info map[string]cloud.Info, err error) {
	defer s.observe("info", time.Now(), &err)
	return s.Store.Info(ctx, tenant, names...)
}
