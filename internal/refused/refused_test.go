package refused_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/refused"
	"github.com/prefect-secrets/prefect-secrets/prefect"
)

func TestKey(t *testing.T) {
	unknown := fmt.Errorf("listing secret names: %w", &prefect.APIError{Code: "UNAUTHENTICATED", Message: "Unauthenticated"})
	const want = "the store at https://x/ does not accept the key from K: it is wrong, expired, revoked or for another store"
	if got := refused.Key(unknown, "K", "https://u:p@x/?q"); got.Error() != want || !errors.Is(got, prefect.ErrUnauthenticated) {
		t.Errorf("got %v", got)
	}
	if got := refused.Key(unknown, "", "").Error(); got != "the store does not accept the key: it is wrong, expired, revoked or for another store" {
		t.Errorf("got %s", got)
	}
	others := []error{
		nil, prefect.ErrForbidden, &prefect.APIError{Status: 503},
		fmt.Errorf("%w: %w", prefect.ErrUnauthenticated, prefect.ErrTenantRefused),
	}
	for _, err := range others {
		if got := refused.Key(err, "K", "https://x/"); got != err {
			t.Errorf("%v became %v", err, got)
		}
	}
}
