package check

import (
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/pysource"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

// handling is what flow code does if a secret that it reads is missing.
type handling struct {
	optional bool
	missing  []string // the errors that the handlers around the read do not catch, if they catch others
	expected string   // the errors that Prefect raises
	hidden   bool     // a handler of everything catches them, and what else fails there
	unsure   bool     // a handler may catch them, and may not
	partly   bool     // handlers of some callers catch them
	handler  int      // its byte offset
}

// handlingOf returns what the code does if the secret of a read is missing.
func (x *secretIndex) handlingOf(a pysource.Access, v release.Version) handling {
	h := handling{optional: a.Optional}
	var uncaught, expected []string
	for _, e := range x.errorsOf(a, v) {
		o := a.Outcomes[e]
		expected = append(expected, e.String())
		if !o.Handled {
			uncaught = append(uncaught, e.String())
			h.unsure = o.Unsure && (h.unsure || len(uncaught) == 1)
			h.partly = h.unsure && o.Partly
			h.handler = o.Handler
		} else if o.Hidden {
			h.hidden, h.handler = true, o.Handler
		}
	}
	h.expected = strings.Join(expected, " and ")
	if len(uncaught) == 0 {
		h.optional = h.optional || !h.hidden
		return h
	}
	if h.hidden = false; h.unsure {
		return h
	}
	for _, o := range a.Outcomes {
		if o.Handled && !o.Hidden {
			h.missing = uncaught
		}
	}
	return h
}

// errorsOf returns the errors that a read may end with, if its secret is missing.
func (x *secretIndex) errorsOf(a pysource.Access, v release.Version) []pysource.Error {
	if a.Kind == pysource.Context {
		return []pysource.Error{pysource.KeyError}
	}
	var all []pysource.Error
	if x.local {
		all = append(all, pysource.ValueError)
	}
	if x.store {
		all = append(all, storeError(v))
	}
	return all
}

// storeError returns the error for a secret that the store does not have, as measured
// with 0.9.3, 0.10.7, 0.11.5, 0.14.22, 0.15.13, 1.2.4 and 1.4.1. For any release it is
// that of the later ones.
func storeError(v release.Version) pysource.Error {
	if v == release.Any || isSince(v, release.Number{0, 11, 3}) {
		return pysource.KeyError
	}
	return pysource.ClientError
}

// isSince reports whether a version is of a release, or of a later one. It is false
// for any release.
func isSince(v release.Version, n release.Number) bool {
	return v != release.Any && v.Number().Compare(n) >= 0
}
