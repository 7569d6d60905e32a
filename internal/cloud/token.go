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

// How long tokens are good for. Prefect's clients renew one 30 seconds before it
// ends (client/client.py), so even a flow run of months goes on with these.
const (
	accessLife  = time.Hour
	refreshLife = 24 * time.Hour
)

// tokenKind is what a bearer text is.
type tokenKind byte

const (
	keyKind     tokenKind = iota // the key itself
	accessKind                   // what the key is used for, in one tenant
	refreshKind                  // only good for new tokens
)

// tokenPrefix begins every token; what follows is base64 of the kind (1 byte), the
// end as seconds since 1970 (8 bytes), the tenant's id (36 bytes), the MAC of all
// these and the key's name (32 bytes), and that name.
const tokenPrefix = "pst_"

const tokenHead = 1 + 8 + 36

var tokenText = base64.RawURLEncoding.Strict()

// token is a claim to be a key in one tenant until some time. No API keeps any:
// the MAC, by a secret that only the key's hash gives, is all that makes one good.
type token struct {
	kind   tokenKind
	ends   time.Time // in whole seconds
	tenant string
}

func (t token) sign(k *key, secret []byte) string {
	head := make([]byte, 1, tokenHead+sha256.Size+len(k.Name))
	head[0] = byte(t.kind)
	head = binary.BigEndian.AppendUint64(head, uint64(t.ends.Unix()))
	head = append(head, t.tenant...)
	text := append(append(head, k.mac(head, secret)...), k.Name...)
	return tokenPrefix + tokenText.EncodeToString(text)
}

func (k *key) mac(head, secret []byte) []byte {
	m := hmac.New(sha256.New, k.digest[:])
	m.Write([]byte("prefect-secrets token 1\x00"))
	m.Write(head)
	m.Write([]byte(k.Name))
	m.Write(secret)
	return m.Sum(nil)
}

// keyOfToken gives the key that a token stands for, with the token's tenant alone.
// It gives nil for what is no token, and for one that was altered or has ended, or
// whose key is gone or may no longer use the tenant.
func (a *keyring) keyOfToken(text string, secret []byte, now time.Time) *key {
	encoded, ok := strings.CutPrefix(text, tokenPrefix)
	raw, err := tokenText.DecodeString(encoded)
	if !ok || err != nil || len(raw) < tokenHead+sha256.Size {
		return nil
	}
	head, mac, name := raw[:tokenHead], raw[tokenHead:tokenHead+sha256.Size], raw[tokenHead+sha256.Size:]
	var k *key
	for _, candidate := range a.byName[string(name)] {
		if hmac.Equal(mac, candidate.mac(head, secret)) {
			k = candidate
		}
	}
	if k == nil {
		return nil
	}
	tenant, ok := k.chooseTenant(string(head[9:]))
	ends := time.Unix(int64(binary.BigEndian.Uint64(head[1:])), 0)
	if !ok || !now.Before(ends) {
		return nil
	}
	out := *k
	out.tenants, out.kind = []Tenant{tenant}, tokenKind(head[0])
	return &out
}

// tokens is the source of token_payload and tokenPayload.
type tokens struct {
	access, refresh string
	ends            time.Time
}

func tokenFields(access, ends, refresh string) map[string]graphql.Resolver {
	return map[string]graphql.Resolver{
		access:  graphql.On(func(t tokens) any { return t.access }),
		ends:    graphql.On(func(t tokens) any { return t.ends.UTC().Format(time.RFC3339) }),
		refresh: graphql.On(func(t tokens) any { return t.refresh }),
	}
}

// issue makes tokens for one of the key's tenants. A key without a hash has none.
func (s *session) issue(tenant string) (any, error) {
	if s.key.digest == [sha256.Size]byte{} {
		return nil, errForbidden
	}
	var out tokens
	out.access, out.ends = s.sign(accessKind, tenant, accessLife)
	out.refresh, _ = s.sign(refreshKind, tenant, refreshLife)
	return out, nil
}

func (s *session) sign(kind tokenKind, tenant string, life time.Duration) (text string, ends time.Time) {
	ends = s.api.config.Now().Add(life).Truncate(time.Second)
	if e := s.key.Expires; !e.IsZero() && e.Before(ends) {
		ends = e
	}
	return token{kind, ends, tenant}.sign(s.key, s.api.config.TokenSecret), ends
}

// switchTenant takes the key itself: a token cannot make itself last longer.
func switchTenant(_ context.Context, s *session, f *graphql.Field) (any, error) {
	input := f.Args["input"].(map[string]any)
	id, _ := input["tenant_id"].(string)
	if camel, ok := input["tenantId"].(string); ok {
		id = camel
	}
	tenant, ok := s.key.chooseTenant(id)
	if !ok || s.key.kind != keyKind {
		return nil, errForbidden
	}
	return s.issue(tenant.ID)
}

// refreshToken takes the refresh token as the bearer. The access token beside it
// may have ended, and is not looked at.
func refreshToken(_ context.Context, p graphql.Params) (any, error) {
	s := p.Source.(*session)
	if s.key.kind != refreshKind {
		return nil, errUnauthenticated
	}
	return s.issue(s.tenant.ID)
}
