package sync

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prefect-secrets/prefect-secrets/internal/lazyregexp"
)

// object is a JSON object.
type object map[string]json.RawMessage

// envelopes are the objects that tools wrap secrets in. Their errors say how to take
// the secrets out.
var envelopes = []struct {
	matches func(o object) bool
	err     error
}{
	{
		func(o object) bool { return o.isVaultAnswer() && o.object("data").has("data", "metadata") },
		errors.New("a response from Vault, with its secrets in .data.data: extract them with jq .data.data"),
	},
	{object.isVaultAnswer, errors.New("a response from Vault, with its secrets in .data: extract them with jq .data")},
	{func(o object) bool {
		return len(o) == 2 && o.object("metadata").has("created_time", "version") && o.has("data")
	}, errors.New("the data of a response from Vault, with its secrets in .data: extract them with jq .data")},
	{func(o object) bool { return o.object("sops").has("mac") || o.object("sops").has("lastmodified") }, errSops},
	{
		func(o object) bool { return o.has("apiVersion", "kind") },
		errors.New("a Kubernetes object: extract the data of one Secret with jq '.data | map_values(@base64d)'"),
	},
	{
		func(o object) bool { return o.firstObject("Parameters").has("Name", "Value") },
		errors.New("a response from AWS Systems Manager, with its secrets in .Parameters: extract them with jq '.Parameters | map({(.Name): .Value}) | add'"),
	},
	{
		func(o object) bool { return o.has("ARN", "SecretString") },
		errors.New("a response from AWS Secrets Manager, with its secret in .SecretString: extract it with jq -r .SecretString"),
	},
	{
		func(o object) bool { return strings.Contains(string(o["id"]), ".vault.azure.net/secrets/") },
		errors.New("a response from Azure Key Vault, with its secret in .value: make a name and a value of it with jq '{(.name): .value}'"),
	},
	{
		func(o object) bool { return o.has("fields", "vault", "category") },
		errors.New("a 1Password item, with its secrets in .fields: extract them with jq '.fields | map({(.label): .value}) | add'"),
	},
	{
		func(o object) bool { return o.eachHas("computed", "raw") },
		errors.New("what doppler secrets --json prints, with each secret in .computed: use doppler secrets download --no-file --format json"),
	},
	{
		func(o object) bool { return o.eachHas("sensitive", "value") },
		errors.New("what terraform output -json prints, with each secret in .value: extract them with jq 'map_values(.value)'"),
	},
}

var errSops = errors.New("encrypted by sops: decrypt it first, with sops decrypt")

// sopsDotenv finds the line that sops adds to a dotenv file.
var sopsDotenv = lazyregexp.New(`(?m)^sops_mac=ENC\[`)

// checkEnvelope returns an error for an object whose secrets are in a part of it,
// which the error names. An object whose only value is an object is an error too: it
// may be either a wrapper or a secret.
func checkEnvelope(members object) error {
	for _, envelope := range envelopes {
		if envelope.matches(members) {
			return envelope.err
		}
	}
	if len(members) != 1 {
		return nil
	}
	name := slices.Collect(maps.Keys(members))[0]
	if jsonType(members[name]) != "an object" {
		return nil
	}
	return fmt.Errorf("its only entry, %q, is an object: if it holds the secrets, extract them with jq '.[%q]'; if it is one secret, write its value as a string, as jq 'map_values(tojson)' does", name, name)
}

// isVaultAnswer reports whether o is an answer of Vault's API or of vault
// -format=json.
func (o object) isVaultAnswer() bool {
	return o.has("request_id", "lease_id") && len(o.object("data")) > 0
}

// has reports whether o has all of the names.
func (o object) has(names ...string) bool {
	return !slices.ContainsFunc(names, func(name string) bool { return o[name] == nil })
}

// object returns the object under a name; nil if it is missing.
func (o object) object(name string) object {
	var inner object
	_ = json.Unmarshal(o[name], &inner)
	return inner
}

// firstObject returns the first object of the list under a name; nil if there is
// none.
func (o object) firstObject(name string) object {
	var list []object
	_ = json.Unmarshal(o[name], &list)
	return append(list, nil)[0]
}

// eachHas reports whether every value is an object that has all of the names.
func (o object) eachHas(names ...string) bool {
	for name := range o {
		if !o.object(name).has(names...) {
			return false
		}
	}
	return len(o) > 0
}
