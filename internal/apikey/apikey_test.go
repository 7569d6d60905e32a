package apikey_test

import (
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
