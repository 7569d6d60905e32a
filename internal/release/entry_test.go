package release_test

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/pyliteral"
	"github.com/prefect-secrets/prefect-secrets/internal/release"
)

func TestEntryJSON(t *testing.T) {
	huge, _ := new(big.Int).SetString("123456789012345678901234567890", 10)
	for want, v := range map[string]any{
		"null": nil, "true": true, "-42": int64(-42), "123456789012345678901234567890": huge,
		"100000.0": 1e5, "1e+16": 1e16, "-0.0": math.Copysign(0, -1), `"<ä>\n"`: "<ä>\n",
		"[]": []any{}, "{}": map[string]any{}, `{"a":[1.5,null],"b":"x"}`: map[string]any{"b": "x", "a": []any{1.5, nil}},
	} {
		got, err := (release.Entry{Value: v}).JSON()
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
}

func TestEntryJSONRefuses(t *testing.T) {
	const secret = "CANARY51c0"
	for want, v := range map[string]any{
		"type tuple": pyliteral.Tuple{secret}, "type set": pyliteral.Set{secret}, "type bytes": []byte(secret),
		"type complex": 7700123i, "type ellipsis": pyliteral.Ellipsis{}, "type datetime": time.Unix(0, 0),
		"type timedelta": time.Hour, "NaN or infinite": math.Inf(1), "not UTF-8": secret + "\xff",
	} {
		for _, within := range []any{v, []any{secret, v}, map[string]any{secret: v}} {
			_, err := (release.Entry{Value: within}).JSON()
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %q", err, want)
			} else if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "7700123") {
				t.Error("the error holds a value")
			}
		}
	}
}
