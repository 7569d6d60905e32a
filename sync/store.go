package sync

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Store holds the secrets of one tenant, as one key sees them. [prefect.Client] is one.
// It is safe for concurrent use, and no error of its methods holds a value.
//
// A method sends each request once. Sync spaces the calls, and repeats one whose error
// is [prefect.Retryable]. After an error that is [prefect.MayBeDone], a write may have
// been carried out.
//
// Optional abilities are interfaces of their own: [OwnerGetter], [Reader], [Comparer].
type Store interface {
	// ListSecrets lists the names of all secrets.
	ListSecrets(ctx context.Context) ([]string, error)

	// GetOverview lists the names of all secrets. Besides them it returns what the
	// store says of the key, of what the key may do with the names in about, and of
	// who wrote those; zero values for what the store does not say.
	GetOverview(ctx context.Context, about []string) (prefect.Overview, error)

	// BatchLen returns how many of the first secrets are best written with one call,
	// at least 1. Sync makes up to 16 such calls at once. For deletions it is called
	// with secrets that have no values.
	BatchLen(secrets []prefect.NamedValue) int

	// SetSecrets stores secrets, and replaces the values that they may have. It sends
	// each request through ask, which is never nil in a run, and gives each secret its
	// result, in the order given.
	// Where ask has sent nothing, its error is that of the secrets concerned.
	//
	// A result says that nothing was changed only if that is certain of all requests
	// of the call.
	SetSecrets(ctx context.Context, secrets []prefect.NamedValue, ask prefect.Ask) []prefect.MutationResult

	// DeleteSecrets removes secrets as SetSecrets stores them. Deleting a missing one
	// succeeds.
	DeleteSecrets(ctx context.Context, names []string, ask prefect.Ask) []prefect.MutationResult
}

// OwnerGetter is a [Store] that may know which key last wrote a secret.
type OwnerGetter interface {
	// GetOwners returns, for each of the names that exist, the key that wrote the secret
	// last, empty if the store does not know. The map is nil if the store never says.
	GetOwners(ctx context.Context, names []string) (map[string]string, error)
}

// Reader reads values as a flow gets them, with a key that may read. A [prefect.Client]
// is one.
type Reader interface {
	// GetAccess returns what the key may do with the names; the zero value if the
	// store does not say.
	GetAccess(ctx context.Context, names []string) (prefect.Access, error)

	// GetFlowValue returns what a flow gets: whole numbers as json.Number, objects as
	// map[string]any, arrays as []any, null as nil. It fails with
	// [prefect.ErrNotFound] if the name is missing, and with [prefect.ErrForbidden] if
	// the key may not read.
	GetFlowValue(ctx context.Context, name string) (any, error)
}

// Comparer is a [Store] that can compare values with its own before anything is
// written.
type Comparer interface {
	// Unchanged returns the names of the secrets whose value the store already has, in
	// any order. It omits a name for which it may not tell, and retains no value.
	Unchanged(ctx context.Context, secrets []prefect.NamedValue) ([]string, error)
}

var (
	_ Store       = (*prefect.Client)(nil)
	_ OwnerGetter = (*prefect.Client)(nil)
	_ Reader      = (*prefect.Client)(nil)
)
