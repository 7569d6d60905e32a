package blocks

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/address"
	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

// The hosts of Prefect Cloud.
const (
	cloudHost = "api.prefect.cloud"
	cloudPage = "app.prefect.cloud" // has only pages
)

const uuidForm = `[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`

var (
	uuid          = lazyregexp.New(`^` + uuidForm + `$`)
	workspacePath = lazyregexp.New(`^/api/accounts/` + uuidForm + `/workspaces/` + uuidForm + `/*$`)
	// workspaceIDs finds the ids of a workspace in the path of its pages, or of its API.
	workspaceIDs = lazyregexp.New(`/accounts?/(` + uuidForm + `)/workspaces?/(` + uuidForm + `)(?:/|$)`)
)

func isCloud(u *url.URL) bool { return isHost(u, cloudHost) }

// isHost reports whether a URL is of a host, whose name may end with the root's dot.
func isHost(u *url.URL, host string) bool {
	return strings.EqualFold(strings.TrimSuffix(u.Hostname(), "."), host)
}

// IsCloud reports whether a URL is one of Prefect Cloud, which needs a key.
func IsCloud(apiURL string) bool {
	u, err := url.Parse(apiURL)
	return err == nil && isCloud(u)
}

// endpoint returns the URL of the API without a slash at its end.
func endpoint(c Config) (*url.URL, error) {
	u, ok := address.Absolute(c.URL)
	switch {
	case !ok:
		return nil, errors.New("the API URL must be absolute, such as https://prefect.example.com/api")
	case u.User != nil:
		return nil, errors.New("the API URL must not contain a user or a password: the key goes in a header")
	case checkCloud(u) != nil: // also with a query, as pages have
		return nil, checkCloud(u)
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return nil, errors.New("the API URL must not have a query or a fragment: remove what follows the path")
	case !c.AllowHTTP && address.Unencrypted(u):
		return nil, fmt.Errorf("plain http to %s %w", u.Host, prefect.ErrPlainHTTP)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// checkCloud reports a URL of Prefect Cloud that is not that of a workspace.
func checkCloud(u *url.URL) error {
	isPage := isHost(u, cloudPage)
	if !isPage && (!isCloud(u) || workspacePath().MatchString(u.Path)) {
		return nil
	}
	what, where := "the URL of Prefect Cloud must name a workspace", ", as `prefect config view` shows it"
	form := "https://" + cloudHost + "/api/accounts/ACCOUNT/workspaces/WORKSPACE"
	if isPage {
		what, where = cloudPage+" is the web page of Prefect Cloud", ""
	}
	if ids := workspaceIDs().FindStringSubmatch(u.Path); ids != nil {
		form, where = fmt.Sprintf("https://%s/api/accounts/%s/workspaces/%s", cloudHost, ids[1], ids[2]), ""
	}
	return fmt.Errorf("%s: use %s%s", what, form, where)
}
