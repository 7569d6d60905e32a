package check

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlaintextSecret(t *testing.T) {
	const secrets = "[context.secrets]\n"
	for text, want := range map[string][]string{
		secrets + "a = 'x'":                          {"context.secrets.a"},
		secrets + "a = 1":                            {"context.secrets.a"},
		secrets + "a = true":                         {"context.secrets.a"},
		secrets + "a = ''":                           nil,
		secrets + "a = '$A'":                         nil,
		secrets + "a = '${A}'":                       nil,
		secrets + "a = '${cloud.token}'":             nil,
		secrets + "a = \"\\u0024A\"":                 nil,
		secrets + "a = '$A '":                        {"context.secrets.a"},
		secrets + "a = '$'":                          {"context.secrets.a"},
		secrets + "a = 'pa$word'":                    {"context.secrets.a"},
		secrets + "a = 'https://u:${P}@h'":           nil,
		secrets + "a = ['$A', 'x', 'y']":             {"context.secrets.a[1]"},
		secrets + "a = { b = 'x', c = '$C', d = 1 }": {"context.secrets.a.b"},
		"context = { secrets = { a = 'x' } }":        {"context.secrets.a"},
		"context.secrets.a = 'x'":                    {"context.secrets.a"},
		"[secrets]\na = 'x'":                         {"secrets.a"},
		"[Context.secrets]\na = 'x'":                 {"Context.secrets.a"},
		"API-Key = 'x'\ndb_password = 'y'":           {"API-Key", "db_password"},
		"token = 1\npassword = false":                nil,
		"credentials_secret = 'GCP_CREDENTIALS'":     nil,
		"tokens = 'x'\npassword_file = '/x'":         nil,
		"token = ['x']":                              {"token[0]"},
	} {
		var got []string
		for _, d := range File("f", []byte(text), Options{Rules: []string{"plaintext-secret"}}) {
			got = append(got, d.Key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestPlaintextHint checks that the hint on lower case is only about secrets for
// which it is true, and that a shell accepts the names of variables.
func TestPlaintextHint(t *testing.T) {
	const (
		lowered = "; Prefect's documentation says that a secret set through the environment gets a lower-case name"
		store   = "; or remove it and write it to the store with prefect-secrets sync"
		name    = "name an environment variable instead: "
		inArray = "Prefect expands no $NAME inside an array: remove it from the array, " +
			"or write it to the store with prefect-secrets sync"
	)
	for text, want := range map[string]string{
		"A = 'x'":         name + `A = "$A"` + store + lowered,
		"USER = 'x'":      name + `USER = "$SECRET_USER"` + store + lowered,
		"pwd = 'x'":       name + `pwd = "$SECRET_PWD"` + store,
		"Lc_All = 'x'":    name + `Lc_All = "$SECRET_LC_ALL"` + store + lowered,
		"a = 'x'":         name + `a = "$A"` + store,
		"a = { B = 'x' }": name + `B = "$B"` + store,
		"'1 é' = 'x'":     name + `"1 é" = "$SECRET_1"` + store,
		"'é' = 'x'":       name + `"é" = "$SECRET"` + store,
		"a = [{b = 'x'}]": inArray,
		"a = ['x']":       inArray,
		"\"a\\nb\" = 'x'": name + `"a\nb" = "$A_NB"` + store,
	} {
		found := File("f", []byte("[context.secrets]\n"+text), Options{})
		if len(found) != 1 || found[0].Hint != want {
			t.Errorf("%q: got %+v, want %q", text, found, want)
		}
	}
}
