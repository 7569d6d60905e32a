package server

import (
	"bytes"
	"cmp"
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// claimNames are those that decide, here or in go-oidc.
var claimNames = []string{
	"iss", "sub", "aud", "exp", "iat", "nbf",
	"repository_id", "repository", "environment", "head_ref", "base_ref", "workflow_ref",
	"ref", "event_name", "actor", "run_id",
}

// claimedIssuer is who a token says that it is from, unverified: it only chooses
// whose keys the token is held to. It is empty for what is no token, and for one
// with a claim twice or in another case than ours: encoding/json would take the one
// for the other.
func claimedIssuer(token string) string {
	if len(token) > maxToken || strings.Count(token, ".") != 2 {
		return ""
	}
	body := decodeSegment(strings.Split(token, ".")[1])
	var c struct {
		Issuer string `json:"iss"`
	}
	if !hasDistinctClaims(body) || json.Unmarshal(body, &c) != nil {
		return ""
	}
	return c.Issuer
}

// unambiguous reports whether a text is an object that has each claim at most once,
// and none that differs from it by case alone.
func hasDistinctClaims(body []byte) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	seen := map[string]bool{}
	for d.More() {
		name, err := d.Token()
		text, isText := name.(string)
		var value json.RawMessage
		if err != nil || !isText || seen[text] || differsByCase(text) || d.Decode(&value) != nil {
			return false
		}
		seen[text] = true
	}
	return true
}

func differsByCase(name string) bool {
	for _, claim := range claimNames {
		if name != claim && strings.EqualFold(name, claim) {
			return true
		}
	}
	return false
}

// verify holds a token to its issuer's keys, its issuer and its times, and reads
// its claims. The error says why it is refused; it is [errNoAnswer] where that is
// not known.
func (i *issuer) verify(ctx context.Context, token string) (*claims, error) {
	keys := &keySet{issuer: i}
	verifier := oidc.NewVerifier(i.url, keys, &oidc.Config{
		SupportedSigningAlgs: []string{oidc.RS256}, Now: i.now,
		SkipClientIDCheck: true, // claims.match is stricter
	})
	verified, err := verifier.Verify(ctx, token)
	if err != nil {
		return nil, publicReason(cmp.Or(keys.err, err))
	}
	c := &claims{expires: verified.Expiry}
	if verified.Claims(c) != nil {
		return nil, errors.New("its claims are not those of GitHub Actions")
	}
	if c.NotBefore > i.now().Add(clockSkew).Unix() || verified.Expiry.IsZero() {
		return nil, errors.New("it is not valid yet, or has no expiry")
	}
	return c, nil
}

// keySet looks up the key of one token. It keeps its error, of which go-oidc passes
// on the text alone.
type keySet struct {
	*issuer
	err error
}

// VerifySignature implements [oidc.KeySet].
func (k *keySet) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, err
	}
	var key crypto.PublicKey
	if key, k.err = k.key(ctx, signed.Signatures[0].Header.KeyID); k.err != nil {
		return nil, k.err
	}
	return signed.Verify(key)
}

// wordsFor says why a token was refused in words that hold nothing of it.
func publicReason(err error) error {
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return errors.New("it has expired")
	case errors.Is(err, errNoAnswer), errors.Is(err, errUnknownKey):
		return err
	}
	return errors.New("its signature, algorithm, issuer or time is not valid")
}

func decodeSegment(segment string) []byte {
	text, err := base64.RawURLEncoding.DecodeString(segment)
	if err != nil {
		return nil
	}
	return text
}
