package check

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOwnSecretsTable has tables called secrets that are the user's own, and such that
// must be meant for [context.secrets].
func TestOwnSecretsTable(t *testing.T) {
	const prefect = "[cloud]\nuse_local_secrets = true\n"
	for text, want := range map[string][]string{
		"[secrets]\nbackend = 'vault'\npath = 'secret/data/etl'\n":                 nil,
		"[secrets]\nprovider = 'aws'\nprefix = '/etl/'\ncache_ttl = 300\n":         nil,
		"[secrets]\nenabled = true\n":                                              nil,
		"[secrets]\nnames = ['a', 'b']\n":                                          nil,
		"[secrets.vault]\naddr = 'https://vault.example.com'\nrole = 'etl'\n":      nil,
		"[secrets]\nfile = '/etc/etl/secrets.json'\n":                              nil,
		"[secrets]\nsource = 'env'\nAPI_NAME = 'x'\n":                              nil,
		"[config.secrets]\nbackend = 'ssm'\n":                                      nil,
		"[secrets]\nSTRIPE = '$STRIPE'\n[context.secrets]\nSLACK = '$SLACK'\n":     nil,
		"[secrets]\npassword = '$PW'\n[context.secrets]\nSLACK = '$SLACK'\n":       nil,
		"[secrets]\nbackend = 'vault'\ntoken = 'correct-horse'\n":                  {"5 plaintext-secret"},
		"[secrets]\nbackend = 'vault'\nDB_PASSWORD = 'correct-horse'\n":            {"5 plaintext-secret"},
		"[secrets]\nurl = 'postgresql://etl:correct-horse@db/x'\n":                 {"4 plaintext-secret"},
		"[secrets]\nJIRATOKEN = 'correct-horse'\n":                                 {"3 unknown-key", "4 plaintext-secret"},
		"[secrets]\nslack = 'correct-horse'\n":                                     {"3 unknown-key", "4 plaintext-secret"},
		"[secrets]\nslack = '$SLACK'\n":                                            {"3 unknown-key"},
		"[secrets]\nPIN = 1234\n":                                                  {"3 unknown-key", "4 plaintext-secret"},
		"[secrets.AWS_CREDENTIALS]\nACCESS_KEY = '$A'\nSECRET_ACCESS_KEY = '$B'\n": {"3 unknown-key"},
		"[secrets]\nmy_password = 'correct-horse'\nURL = '$URL'\n":                 {"3 unknown-key", "4 plaintext-secret"},
		"[Secrets]\nTOKEN = '$T'\n":                                                {"3 unknown-key"},
		"[prefect.secrets]\nbackend = 'vault'\n":                                   {"3 unknown-key", "4 plaintext-secret"},
		"[context.secret]\nbackend = 'x'\n[context.secrets]\nA = '$A'\n":           {"3 unknown-key", "4 plaintext-secret"},
		"[prefect.context.secrets]\nA = '$A'\n[context.secrets]\nB = '$B'\n":       {"3 unknown-key"},
	} {
		var got []string
		for _, d := range File("a.toml", []byte(prefect+text), Options{Rules: []string{"unknown-key", "plaintext-secret"}}) {
			got = append(got, fmt.Sprintf("%d %s", d.Line, d.Rule))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s%s", text, diff)
		}
	}
}
