package check

import (
	"fmt"
	"testing"
)

// TestStandIns has whole values that stand for a secret, and weak passwords that do not.
func TestStandIns(t *testing.T) {
	for _, str := range []string{
		"foo", "bar", "foobar", "Foo", "foo-bar", "secret", "SECRET", "token", "api_key", "apikey", "value", "test", "testing", "dummy", "example", "fake", "mock",
		"test-token", "fake_key", "dummy-token", "example-secret", "fake-key-for-testing", "some_value", "secret_value", "my_secret", "the-secret", "test_password",
		"yourtoken", "yourpassword", "mysecret", "set-in-env", "see-vault", "from-env", "set_by_ci", "provided-by-ci", "SECRET_FROM_VAULT", "override_me", "ADD_ME",
		"injected", "-", "?", "00000000-0000-0000-0000-000000000000", "0000000000000000",
	} {
		if !isStandIn(str) {
			t.Errorf("%s counts as a secret", str)
		}
	}
	for _, str := range []string{
		"password", "Password", "pass", "my-password", "the_password", "mypassword", "admin", "letmein", "qwerty", "hunter2", "abc", "abc123", "1234", "0000",
		"correct-horse", "foobar1987", "test123", "secret123", "testdb", "football", "not-a-real-key", "notasecret", "example.com/x", "set-in-stone", "see-saw",
		"barbara", "tokenring", "fake-moon-landing", "value4money", "11111111", "deadbeef", "",
	} {
		if isStandIn(str) {
			t.Errorf("%s counts as a placeholder", str)
		}
	}
}

// TestPlaceholdersInAConfig has values of a secret, each with whether it is one.
func TestPlaceholdersInAConfig(t *testing.T) {
	for value, want := range map[string]int{
		"foo": 0, "secret": 0, "%%G%%": 0, "##KEY##": 0, "DB_PASS": 0, "{{ .Values.db }}": 0, "{{cookiecutter.db}}": 0, "@DB@": 0, "ENC(abc)": 0, "!vault |": 0,
		"awssm://prod/db": 0, "[[DB]]": 0, "(DB_PASS)": 0, "{0}": 0, "%s": 0,
		"password": 1, "correct-horse": 1, "postgresql://app:secret@db/x": 1, "postgresql://app:test@db/x": 1, "!!hunter2!!": 1, "#Passw0rd#": 1, "(hunter2)": 1,
		"%%half": 1, "=S3cret=": 1, "!A1B2!": 1, "s3cret!": 1,
	} {
		found := File("a.toml", fmt.Appendf(nil, "[context.secrets]\ndb_pass = '%s'\n", value), Options{Rules: []string{"plaintext-secret"}})
		if len(found) != want {
			t.Errorf("%s: %d findings, want %d", value, len(found), want)
		}
	}
}
