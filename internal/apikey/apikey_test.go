package apikey_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/apikey"
)

const canary = "CANARY3f9a"

func TestCheck(t *testing.T) {
	tests := []struct{ key, want string }{
		{canary, ""},
		{"", "there is no API key"},
		{" \n", "there is no API key"},
		{canary + "\n", "contains a space or a control character"},
		{canary + " x", "contains a space or a control character"},
		{canary + "\x7f", "contains a space or a control character"},
		{"pnu_" + canary, "Prefect Cloud 2 or 3"},
		{"\"PNB_" + canary, "Prefect Cloud 2 or 3"},
		{"Bearer: pnu_" + canary, "Prefect Cloud 2 or 3"},
	}
	for _, tt := range tests {
		err := apikey.Check(tt.key)
		switch {
		case tt.want == "":
			if err != nil {
				t.Errorf("a good key: %v", err)
			}
		case err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), canary):
			t.Errorf("want %q, got %v", tt.want, err)
		case errors.Is(err, apikey.ErrPrefectCloud) != (tt.want == "Prefect Cloud 2 or 3"):
			t.Errorf("%v is ErrPrefectCloud: %v", err, errors.Is(err, apikey.ErrPrefectCloud))
		}
	}
}

// TestForeignKeys finds a key of either kind in whatever is around it.
func TestForeignKeys(t *testing.T) {
	complete := strings.Repeat("A7", 17)
	for _, prefix := range []string{"pfs_", "pnu_", "pnb_"} {
		is, other := apikey.IsPrefectCloud, apikey.IsSecretsAPI
		if prefix == "pfs_" {
			is, other = other, is
		}
		key := prefix + canary
		for _, text := range []string{
			key, strings.ToUpper(key), " \ufeff" + key, `"` + key + `"`, "“" + key + "”", "Bearer " + key, "Authorization: Bearer " + key,
			"NAME=" + key, " export X=" + key, "X: " + key, "admin:" + key, key + ":x", "https://h.example.com/?key=" + key + "#x",
			"https://" + key + "@h.example.com/", `{"key":"` + key + `"}`, `{\"key\":\"` + key, "a\n" + key, "x" + prefix + "y " + key,
			base64.StdEncoding.EncodeToString([]byte(key)), "Basic " + base64.StdEncoding.EncodeToString([]byte("admin:"+key)),
			base64.URLEncoding.EncodeToString([]byte("\xfb\xff:" + key)), "key-" + base64.StdEncoding.EncodeToString([]byte(key+"\n")),
			"https%3A%2F%2Fh%3Fkey%3D" + prefix + complete, `\n` + prefix + complete, "x" + prefix + "y" + prefix + complete,
		} {
			if !is(text) || other(text) {
				t.Errorf("%s is not found in %q", prefix, text)
			}
		}
		for _, text := range []string{
			"", canary, "admin:my" + key, "admin:my_" + prefix + "x", strings.TrimSuffix(prefix, "_") + canary, "x" + prefix, "x" + prefix + prefix + "x", "9" + prefix + complete[:20],
			base64.StdEncoding.EncodeToString([]byte("admin:" + canary)), strings.Repeat("A", 500),
		} {
			if is(text) || other(text) {
				t.Errorf("a key is found in %q", text)
			}
		}
	}
}
