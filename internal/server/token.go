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

// claimNames are the claims that decide about a token, here or in go-oidc, or that are
// logged.
var claimNames = []string{
	"iss", "sub", "aud", "exp", "iat", "nbf",
	"repository_id", "repository", "environment", "head_ref", "base_ref", "workflow_ref",
	"ref", "event_name", "actor", "run_id",
}

// claimedIssuer returns the issuer that a token names. It is not verified: it only
// selects the keys that verify the token. It is empty if the text is not a token, or
// if a claim is given twice or in another letter case, which encoding/json would read
// as the claim itself.
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

// hasDistinctClaims reports whether body is a JSON object that has each claim at most
// once, and no name that differs from a claim only by case.
func hasDistinctClaims(body []byte) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return false
	}
	seen := map[string]bool{}
	for d.More() {
		token, err := d.Token()
		name, isString := token.(string)
		var value json.RawMessage
		if err != nil || !isString || seen[name] || differsByCase(name) || d.Decode(&value) != nil {
			return false
		}
		seen[name] = true
	}
	return true
}

// differsByCase reports whether a name differs from that of a claim only by case.
func differsByCase(name string) bool {
	for _, claim := range claimNames {
		if name != claim && strings.EqualFold(name, claim) {
			return true
		}
	}
	return false
}

// verify checks a token's signature, issuer and times, and returns its claims. The
// error says why the token is refused. It is [errNoAnswer] if the issuer's keys are
// not known.
func (i *issuer) verify(ctx context.Context, token string) (*claims, error) {
	keys := &keySet{issuer: i}
	verifier := oidc.NewVerifier(i.url, keys, &oidc.Config{
		SupportedSigningAlgs: []string{oidc.RS256}, Now: i.now,
		SkipClientIDCheck: true, // claims.match is stricter
	})
	verified, err := verifier.Verify(ctx, token)
	if err != nil {
		return nil, refusalReason(cmp.Or(keys.err, err))
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

// keySet finds the key of one token. It records its error, because go-oidc returns only
// the text of it.
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

// refusalReason says why a token was refused, in words that hold nothing of the token.
func refusalReason(err error) error {
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
