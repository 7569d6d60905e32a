package cloud

import (
	"net/http"
	"time"
)

// The faults that real clients meet, by the names that JSON has for them.
var presets = map[string]func() Fault{
	"rate_limited":    func() Fault { return RateLimited(time.Second) },
	"unavailable":     Unavailable,
	"reply_lost":      ReplyLost,
	"key_expired":     KeyExpired,
	"partial_failure": PartialFailure,
	"store_sealed":    StoreSealed,
}

// RateLimited is HTTP 429, asking for a wait; 0 asks for none, and real clients
// then choose their own.
func RateLimited(retryAfter time.Duration) Fault {
	return Fault{Status: http.StatusTooManyRequests, RetryAfter: retryAfter}
}

// Unavailable is HTTP 503: a deploy, or a load balancer with no server behind it.
func Unavailable() Fault { return Fault{Status: http.StatusServiceUnavailable} }

// ReplyLost carries out what is asked for and drops the connection in place of
// the answer.
func ReplyLost() Fault { return Fault{Drop: true, Applied: true} }

// KeyExpired is how an expired or revoked key is refused: HTTP 200,
// UNAUTHENTICATED, data null.
func KeyExpired() Fault {
	return Fault{Status: http.StatusOK, Code: errUnauthenticated.Code, Message: errUnauthenticated.Message}
}

// PartialFailure fails the one field with API_ERROR; the others of its document
// are carried out.
func PartialFailure() Fault { return Fault{Code: errAPI.Code, Message: errAPI.Message} }

// StoreSealed fails every field that asks the store with API_ERROR, as an API
// does whose Vault is sealed.
func StoreSealed() Fault { return Fault{Sealed: true} }
