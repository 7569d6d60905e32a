package sync

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Store is the secrets of one tenant, as one key sees them. [prefect.Client] is one.
// It is safe for concurrent use, and no error of its methods holds a value.
//
// A method sends what it takes to answer once. Sync spaces the calls, and makes one
// again whose error is [prefect.Retryable]; an error that is [prefect.MayBeDone]
// leaves open whether a write was carried out.
//
// What only some stores can do is an interface of its own: [OwnerTeller],
// [AccessTeller], [FlowReader], [Comparer].
type Store interface {
	// ListSecrets lists the names of all secrets.
	ListSecrets(ctx context.Context) ([]string, error)

	// GetOverview lists the names of all secrets, and says what the store tells of the
	// key, and what it may do with the names asked about and who wrote them. Only
	// Names is told by every store; the zero value stands for anything else.
	GetOverview(ctx context.Context, about []string) (prefect.Overview, error)

	// BatchLen is how many of the first secrets are best written with one call, at
	// least 1. Sync makes up to 16 such calls at once. Deletions are asked about
	// without values.
	BatchLen(secrets []prefect.NamedValue) int

	// SetSecrets stores secrets over the values that they may have. It sends each
	// request through ask, and gives each secret its result, in the order given; where
	// ask has sent nothing, its error is that of the secrets concerned.
	//
	// A result says that nothing was changed only if that is certain of all requests
	// of the call.
	SetSecrets(ctx context.Context, secrets []prefect.NamedValue, ask prefect.Ask) []prefect.MutationResult

	// DeleteSecrets removes secrets as SetSecrets stores them. Deleting one that is not
	// there succeeds.
	DeleteSecrets(ctx context.Context, names []string, ask prefect.Ask) []prefect.MutationResult
}

// OwnerTeller is a [Store] that may know which key wrote a secret last.
type OwnerTeller interface {
	// GetOwners returns, for each of the names that exist, the key that wrote the secret
	// last, empty if the store does not know. The map is nil if the store never says.
	GetOwners(ctx context.Context, names []string) (map[string]string, error)
}

// AccessTeller is a [Store] that may know what the key may do.
type AccessTeller interface {
	// GetAccess says what the key may do with the names; the zero value says nothing.
	GetAccess(ctx context.Context, names []string) (prefect.Access, error)
}

// FlowReader is a [Store] that gives values to a key that may read them.
type FlowReader interface {
	// GetFlowValue reads what a flow gets: whole numbers as json.Number, objects as
	// map[string]any, arrays as []any, null as nil. It fails with
	// [prefect.ErrNotFound] for a name that is missing, and with
	// [prefect.ErrForbidden] if the key may not read.
	GetFlowValue(ctx context.Context, name string) (any, error)
}

// Comparer is a [Store] that can tell before anything is written which values it has
// already.
type Comparer interface {
	// Unchanged returns the names of those secrets whose value the store has, in any
	// order. A store that may not tell of one leaves it out. It keeps no value.
	Unchanged(ctx context.Context, secrets []prefect.NamedValue) ([]string, error)
}

var (
	_ Store        = (*prefect.Client)(nil)
	_ OwnerTeller  = (*prefect.Client)(nil)
	_ AccessTeller = (*prefect.Client)(nil)
	_ FlowReader   = (*prefect.Client)(nil)
)
