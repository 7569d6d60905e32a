package faults

import (
	"fmt"
	"strings"
)

// Match selects calls, a call being one field of a document. Its zero value
// selects every call. In JSON it is what serve --dev takes under /_testkit/.
type Match struct {
	Field  string `json:"field,omitempty"`  // setSecret and set_secret match each other, and so with the others
	Secret string `json:"secret,omitempty"` // the name of the secret that the call is about
	Alias  string `json:"alias,omitempty"`  // the key of the result; a field without an alias has its own name
	Tenant string `json:"tenant,omitempty"` // an id or a slug
	Key    string `json:"key,omitempty"`    // the name of the key: admin, runner, or one that was added
	Nth    int    `json:"nth,omitempty"`    // the nth matching call alone, from 1; 0 means any
	Times  int    `json:"times,omitempty"`  // how often the rule applies at most; 0 means every time
}

// String is the parts of m that are set.
func (m Match) String() string {
	var parts []string
	for _, part := range []struct{ name, value string }{
		{"field", m.Field}, {"secret", m.Secret}, {"alias", m.Alias}, {"tenant", m.Tenant}, {"key", m.Key},
	} {
		if part.value != "" {
			parts = append(parts, fmt.Sprintf("%s %q", part.name, part.value))
		}
	}
	if m.Nth != 0 {
		parts = append(parts, fmt.Sprintf("nth %d", m.Nth))
	}
	if m.Times != 0 {
		parts = append(parts, fmt.Sprintf("times %d", m.Times))
	}
	if len(parts) == 0 {
		return "any call"
	}
	return strings.Join(parts, ", ")
}
