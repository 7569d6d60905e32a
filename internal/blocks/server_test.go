package blocks_test

import (
	"net/http/httptest"
	"os"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/blocks/blockstest"
)

// serverVariable has the URL of a real server of Prefect 2 or 3, for the tests that hold
// the fake to it.
const serverVariable = "PREFECT_SECRETS_TEST_BLOCKS_URL"

// eachServer runs a test with the URL of the fake, and with that of a real server if there
// is one.
func eachServer(t *testing.T, test func(t *testing.T, url string)) {
	fake := httptest.NewServer(blockstest.New())
	t.Cleanup(fake.Close)
	servers := map[string]string{"fake": fake.URL + "/api"}
	if url := os.Getenv(serverVariable); url != "" {
		servers["real"] = url
	}
	for name, url := range servers {
		t.Run(name, func(t *testing.T) { test(t, url) })
	}
}

func TestServersAnswerAlike(t *testing.T) { eachServer(t, blockstest.Contract) }
