package sync

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// Store holds the secrets of one tenant, as one key sees them. [prefect.Client] is one.
// It must be safe for concurrent use, and no error of its methods may hold a value.
//
// A method sends each request once. Sync limits how fast it calls, and repeats a call whose
// error is [prefect.Retryable]. After an error that is [prefect.MayBeDone], the store may
// have carried out a write.
//
// Optional abilities are interfaces of their own: [Adapter], [OwnerGetter], [Reader],
// [Comparer], [BulkReader].
type Store interface {
	// ListSecrets lists the names of all secrets.
	ListSecrets(ctx context.Context) ([]string, error)

	// GetOverview lists the names of all secrets. It also returns what the store says
	// about the key, what the key may do with the names in about, and who wrote those.
	// What the store does not say is the zero value.
	GetOverview(ctx context.Context, about []string) (prefect.Overview, error)

	// BatchLen returns how many of the first secrets are best written with one call,
	// at least 1. Sync makes up to 16 such calls at once. For deletions it is called
	// with secrets that have no values.
	BatchLen(secrets []prefect.NamedValue) int

	// SetSecrets stores secrets, and replaces the values of those that exist. It sends
	// each request through ask, which is never nil in a run, and returns a result for
	// each secret, in the order given. If ask sends nothing, its error is the error of
	// the secrets in that request.
	//
	// A result says that nothing was changed only if that is certain of all requests
	// of the call.
	SetSecrets(ctx context.Context, secrets []prefect.NamedValue, ask prefect.Ask) []prefect.MutationResult

	// DeleteSecrets deletes secrets, and uses ask as SetSecrets does. Deleting a missing
	// secret succeeds.
	DeleteSecrets(ctx context.Context, names []string, ask prefect.Ask) []prefect.MutationResult
}

// Adapter is a [Store] with its own rules for names and values. Sync follows them when it
// plans, before it sends a request. A store without rules takes every name and values of
// every type, and flows parse a stored string with json.loads.
//
// No error of its methods may hold a value. Sync adds the secret's name to it.
type Adapter interface {
	// StoredName returns the name under which the store keeps a secret: name itself if
	// the store can have it. It fails for a name that the store cannot keep. If two names
	// of a run are stored under one, sync fails.
	StoredName(name string) (string, error)

	// StoredPattern returns the glob for the stored names of the names that glob, one of
	// [Prune].Scope, matches. It fails if it cannot write such a glob.
	StoredPattern(glob string) (string, error)

	// ValueRules returns how sync sends values, and how flows read them.
	ValueRules() ValueRules

	// CheckValue returns an error if a flow would not get a value from the store that is
	// sent as v. If flows parse strings, sync then tries a string again as a JSON string,
	// in quotation marks.
	CheckValue(v prefect.Value) error

	// DeleteNote returns a note for plans that delete: what to check first. It may be
	// empty.
	DeleteNote() string
}

// ValueRules say how sync sends values to a store, and how flows read them. The zero value
// describes a [prefect.Client].
type ValueRules struct {
	// StringsOnly means that every value is sent as a string. An object, an array, a number
	// or a boolean is sent as a string with its JSON.
	StringsOnly bool
	// NotParsed means that a flow gets the stored string itself, not what json.loads
	// returns for it. It requires StringsOnly.
	NotParsed bool
}

// OwnerGetter is a [Store] that may know which key last wrote a secret.
type OwnerGetter interface {
	// GetOwners returns the key that last wrote each of the names that exist, or "" if the
	// store does not know which. The map is nil if the store does not record keys.
	GetOwners(ctx context.Context, names []string) (map[string]string, error)
}

// Reader reads values as a flow gets them, with a key that may read. A [prefect.Client]
// is one.
type Reader interface {
	// GetAccess returns what the key may do with the names, or the zero value if the store
	// does not say.
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
	// Unchanged returns the names of the secrets whose values the store already has, in
	// any order. It omits a name if the key may not compare it, and retains no value.
	Unchanged(ctx context.Context, secrets []prefect.NamedValue) ([]string, error)
}

// BulkReader is a [Store] whose key may also read values. After a run has written, sync
// reads the values back and compares them with the source.
type BulkReader interface {
	// GetFlowValues returns what flows get for the names, by name, in the types of
	// [Reader].GetFlowValue. It omits a name that no flow can read, and retains no value.
	//
	// In unreadable it returns the names of which it cannot tell what flows get, because
	// the key may not read them or the store shows them in part. Sync makes no claim about
	// these, unless values has what it wrote. If the key may read none of the names, it
	// may fail with [prefect.ErrForbidden]. Sync passes up to 200 names.
	GetFlowValues(ctx context.Context, names []string) (values map[string]any, unreadable []string, err error)
}

var (
	_ Store       = (*prefect.Client)(nil)
	_ OwnerGetter = (*prefect.Client)(nil)
	_ Reader      = (*prefect.Client)(nil)
)
