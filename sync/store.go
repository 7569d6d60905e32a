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
// Optional abilities are interfaces of their own: [Adapter], [OwnerGetter], [Reader],
// [Comparer], [BulkReader].
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

// Adapter is a [Store] with rules of its own for names and values. Sync plans by them,
// before it asks the store for anything. A store without them takes every name, and
// values of every type, of which a flow gets what json.loads makes of a string.
//
// No error of its methods holds a value; sync adds the name to it.
type Adapter interface {
	// StoredName returns the name under which the store keeps a secret, which is name
	// itself if it fits. It fails if there is none. If two names that a run would write
	// are stored under one, sync fails.
	StoredName(name string) (string, error)

	// StoredPattern returns the glob that matches, among the stored names, those of the
	// names that a glob of [Prune].Scope matches. It fails if there is none.
	StoredPattern(glob string) (string, error)

	// ValueRules returns how values are sent and read.
	ValueRules() ValueRules

	// CheckValue returns why the store cannot hold a value, as it would be sent, so that
	// a flow gets it; nil if it can. If flows parse strings, sync tries a string again
	// in JSON's quotation marks.
	CheckValue(v prefect.Value) error

	// DeleteNote returns what to check before a name is deleted, for the plan; it may be
	// empty.
	DeleteNote() string
}

// ValueRules say how values are sent to a store and read from it. The zero value is for
// a [prefect.Client].
type ValueRules struct {
	// TextOnly sends every value as a string: an object, an array, a number or a boolean
	// as its JSON.
	TextOnly bool
	// NotParsed means that a flow gets a string as it is stored, and not what json.loads
	// makes of it. It requires TextOnly.
	NotParsed bool
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

// BulkReader is a [Store] whose own key may read values. After a run has written, sync
// reads the values back and compares them.
type BulkReader interface {
	// GetFlowValues returns what flows get for the names, by name, in the types of
	// [Reader].GetFlowValue. It omits a name that no flow can read, and retains no value.
	//
	// In unreadable it returns the names of which it cannot tell what flows get, because
	// the key may not read them or the store shows them in part. Sync makes no claim about
	// these, unless values has what it wrote. If the key may read none of the names, it
	// may fail with [prefect.ErrForbidden]. Sync asks for up to 200 names at once.
	GetFlowValues(ctx context.Context, names []string) (values map[string]any, unreadable []string, err error)
}

var (
	_ Store       = (*prefect.Client)(nil)
	_ OwnerGetter = (*prefect.Client)(nil)
	_ Reader      = (*prefect.Client)(nil)
)
