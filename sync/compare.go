package sync

import (
	"context"

	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// compareValues finds the names to be overwritten that already have the source's value in
// the store, if it is a [Comparer] and says so. Nothing is written for them.
func (p *Plan) compareValues(ctx context.Context, store *paced) error {
	if p.noCompare || !store.compares() {
		return nil
	}
	names, err := store.unchanged(ctx, p.secrets(Overwrite))
	if err != nil {
		return err
	}
	unchanged := setOf(names)
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Kind == Overwrite && unchanged[a.Name] {
			a.Kind = Keep
		}
	}
	return nil
}

// secrets returns the names of a kind, and what is sent for them.
func (p *Plan) secrets(kind Kind) []prefect.NamedValue {
	var secrets []prefect.NamedValue
	for i := range p.Actions {
		if a := &p.Actions[i]; a.Kind == kind {
			secrets = append(secrets, a.secret())
		}
	}
	return secrets
}

// secret returns what is sent.
func (a *Action) secret() prefect.NamedValue {
	return prefect.NamedValue{Name: a.Name, Value: a.sent.value}
}
