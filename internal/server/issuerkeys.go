package server

import (
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
)

// maxIssuerAnswer is how many bytes of an issuer's answer are read.
const maxIssuerAnswer = 1 << 20

// fetch asks the issuer where its keys are, and fetches them.
func (i *issuer) fetch(ctx context.Context) (map[string]crypto.PublicKey, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, i.client), i.url)
	if err != nil {
		return nil, err
	}
	var metadata struct {
		KeysURL string `json:"jwks_uri"`
	}
	if err := provider.Claims(&metadata); err != nil {
		return nil, err
	}
	var set jose.JSONWebKeySet
	if err := i.getJSON(ctx, metadata.KeysURL, &set); err != nil {
		return nil, err
	}
	keys := map[string]crypto.PublicKey{}
	for _, k := range set.Keys {
		if k.KeyID != "" && k.IsPublic() {
			keys[k.KeyID] = k.Key
		}
	}
	return keys, nil
}

// getJSON fetches a URL that the issuer named, and decodes the answer.
func (i *issuer) getJSON(ctx context.Context, url string, out any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := i.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the issuer answered with status %d", resp.StatusCode)
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// sameHost refuses redirects to a host that the issuer did not name.
func sameHost(r *http.Request, via []*http.Request) error {
	if r.URL.Host != via[0].URL.Host || len(via) > 5 {
		return errors.New("the issuer redirects elsewhere")
	}
	return nil
}

// issuerTransport bounds the answers of an issuer. If the issuer is https it sends no
// request over plain http, whatever URLs its answers name.
type issuerTransport struct {
	issuer string
	next   http.RoundTripper
}

func (t issuerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if u, err := url.Parse(t.issuer); err != nil || u.Scheme == "https" && r.URL.Scheme != "https" {
		return nil, errors.New("the issuer uses https, but the URL of its keys does not")
	}
	resp, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(resp.Body, maxIssuerAnswer), resp.Body}
	return resp, nil
}
