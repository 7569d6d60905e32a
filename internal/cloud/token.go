package cloud

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// How long tokens are valid. Prefect's clients renew a token 30 seconds before it
// expires (client/client.py), so even a flow run of months can continue with them.
const (
	accessLifetime  = time.Hour
	refreshLifetime = 24 * time.Hour
)

// tokenKind says what a bearer token is.
type tokenKind byte

const (
	keyKind     tokenKind = iota // the key itself
	accessKind                   // acts as the key, in one tenant
	refreshKind                  // good only for getting new tokens
)

// tokenPrefix begins every token. After it comes, in base64: the kind (1 byte), the
// expiry in seconds since 1970 (8 bytes), the tenant's id (36 bytes), the MAC of all
// these and of the key's name (32 bytes), and the key's name.
const tokenPrefix = "pst_"

const tokenHeadSize = 1 + 8 + 36

var tokenEncoding = base64.RawURLEncoding.Strict()

// token is a claim to be a key in one tenant until some time. No API stores tokens:
// only the MAC, which is keyed with the key's hash, makes one valid.
type token struct {
	kind    tokenKind
	expires time.Time // in whole seconds
	tenant  string
}

func (t token) sign(k *key, secret []byte) string {
	head := make([]byte, 1, tokenHeadSize+sha256.Size+len(k.Name))
	head[0] = byte(t.kind)
	head = binary.BigEndian.AppendUint64(head, uint64(t.expires.Unix()))
	head = append(head, t.tenant...)
	text := append(append(head, k.mac(head, secret)...), k.Name...)
	return tokenPrefix + tokenEncoding.EncodeToString(text)
}

func (k *key) mac(head, secret []byte) []byte {
	m := hmac.New(sha256.New, k.digest[:])
	m.Write([]byte("prefect-secrets token 1\x00"))
	m.Write(head)
	m.Write([]byte(k.Name))
	m.Write(secret)
	return m.Sum(nil)
}

// keyOfToken returns the key that a token was issued for, with the token's tenant as
// its only one. It returns nil if text is not a token, if the token was altered or
// has expired, and if its key is gone or may no longer use the tenant.
func (r *Keyring) keyOfToken(text string, secret []byte, now time.Time) *key {
	encoded, ok := strings.CutPrefix(text, tokenPrefix)
	raw, err := tokenEncoding.DecodeString(encoded)
	if !ok || err != nil || len(raw) < tokenHeadSize+sha256.Size {
		return nil
	}
	head, rest := raw[:tokenHeadSize], raw[tokenHeadSize:]
	mac, name := rest[:sha256.Size], rest[sha256.Size:]
	var k *key
	candidate, _ := r.byName.Get(string(name))
	for ; candidate != nil; candidate = candidate.sameName {
		if hmac.Equal(mac, candidate.mac(head, secret)) {
			k = candidate
		}
	}
	if k == nil {
		return nil
	}
	tenant, ok := k.chooseTenant(string(head[9:]))
	expires := time.Unix(int64(binary.BigEndian.Uint64(head[1:])), 0)
	if !ok || !now.Before(expires) {
		return nil
	}
	out := *k
	out.tenants, out.kind = []Tenant{tenant}, tokenKind(head[0])
	return &out
}

// tokens is the source of token_payload and tokenPayload.
type tokens struct {
	access, refresh string
	expires         time.Time
}

// tokenFields resolves the fields of a token payload, whose names differ by dialect.
func tokenFields(access, expires, refresh string) map[string]graphql.Resolver {
	return map[string]graphql.Resolver{
		access:  graphql.On(func(t tokens) any { return t.access }),
		expires: graphql.On(func(t tokens) any { return t.expires.UTC().Format(time.RFC3339) }),
		refresh: graphql.On(func(t tokens) any { return t.refresh }),
	}
}

// issueTokens makes tokens for one of the key's tenants. It refuses a key without a
// hash.
func (s *session) issueTokens(tenant string) (any, error) {
	if s.key.digest == [sha256.Size]byte{} {
		return nil, errForbidden
	}
	var out tokens
	out.access, out.expires = s.signToken(accessKind, tenant, accessLifetime)
	out.refresh, _ = s.signToken(refreshKind, tenant, refreshLifetime)
	return out, nil
}

func (s *session) signToken(kind tokenKind, tenant string, lifetime time.Duration) (text string, expires time.Time) {
	expires = s.api.config.Now().Add(lifetime).Truncate(time.Second)
	if e := s.key.Expires; !e.IsZero() && e.Before(expires) {
		expires = e
	}
	return token{kind, expires, tenant}.sign(s.key, s.api.config.TokenSecret), expires
}

// switchTenant resolves switch_tenant. It accepts only the key itself: a token cannot
// extend its own life.
func switchTenant(_ context.Context, s *session, f *graphql.Field) (any, error) {
	input := f.Arg("input").(map[string]any)
	id, _ := input["tenant_id"].(string)
	if camelID, ok := input["tenantId"].(string); ok {
		id = camelID
	}
	tenant, ok := s.key.chooseTenant(id)
	switch {
	case !ok:
		return nil, errTenantRefused
	case s.key.kind != keyKind:
		return nil, errForbidden
	}
	return s.issueTokens(tenant.ID)
}

// refreshToken resolves refresh_token. It accepts only a refresh token as the bearer,
// and ignores the access token in the input, which may have expired.
func refreshToken(_ context.Context, p graphql.Params) (any, error) {
	s := p.Source.(*session)
	if s.key.kind != refreshKind {
		return nil, errUnauthenticated
	}
	return s.issueTokens(s.tenant.ID)
}
