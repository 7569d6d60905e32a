package sync

import (
	"math"
	"path"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/nearest"
)

func (s spot) text(v any) (string, bool) {
	text, ok := v.(string)
	if !ok {
		s.wrong("expected a string", "put it into quotation marks")
	}
	return text, ok
}

func (s spot) boolean(v any) bool {
	b, ok := v.(bool)
	if !ok {
		s.wrong("expected true or false", "write it without quotation marks")
	}
	return b
}

// count reads how many there may be at most.
func (s spot) count(v any) *int {
	n, ok := v.(int64)
	if !ok || n < 0 || n > math.MaxInt32 {
		s.wrong("expected a number from 0 on", "give how many deletions a plan may have; 0 means none")
		return nil
	}
	count := int(n)
	return &count
}

// texts reads a list, never nil, of texts that are not blank.
func (s spot) texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		s.wrong("expected a list of strings", `write it as a list, such as ["A", "B"]`)
	}
	texts := make([]string, len(list))
	for i, item := range list {
		text, ok := item.(string)
		switch {
		case !ok:
			s.wrongItem(i, "expected a string", "put it into quotation marks")
		case strings.TrimSpace(text) == "":
			s.wrongItem(i, "this string is empty", "fill it in, or take it out")
		}
		texts[i] = text
	}
	return texts
}

func (s spot) overwrites(v any) Overwrites {
	text, ok := s.text(v)
	if !ok {
		return ""
	}
	o, err := ParseOverwrites(text)
	if err != nil {
		hint := "overwrite is any (every name) or owned (names that the key itself wrote)"
		s.wrong("unknown value", nearest.Hint(text, []string{string(OverwriteAny), string(OverwriteOwned)}, hint))
	}
	return o
}

func (s spot) globs(v any) []string {
	patterns := s.texts(v)
	for i, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil {
			s.wrongItem(i, "this is not a glob", `close its bracket, or write a literal bracket as [[]`)
		}
	}
	return patterns
}

func (s spot) tenants(v any) []string {
	tenants := s.texts(v)
	seen := map[string]bool{}
	for i, tenant := range tenants {
		switch {
		case strings.TrimSpace(tenant) == "":
			continue
		case strings.ContainsFunc(tenant, func(r rune) bool { return r <= ' ' || r == 0x7f }):
			s.wrongItem(i, "a tenant's slug or id contains a space", "take it out")
		case seen[tenant]:
			s.wrongItem(i, "this tenant stands a second time", "take one out")
		}
		seen[tenant] = true
	}
	return tenants
}

// apiURL reads an absolute URL, or the name of the embedded store.
func (s spot) apiURL(v any) string {
	const example = "such as https://secrets.example.com"
	text, ok := s.text(v)
	if !ok || text == "embedded" || strings.HasPrefix(text, "embedded:") {
		return text
	}
	switch u, ok := address.Absolute(text); {
	case !ok:
		s.wrong("this is not an absolute URL", "write the whole URL of the secrets API, "+example)
	case u.User != nil:
		s.wrong("a URL must not hold a user or a password here", "take them out, "+example+"; the key is given by PREFECT_SECRETS_API_KEY")
	}
	return text
}
