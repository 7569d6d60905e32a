package faults

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

// ReplyLost does what is asked for and drops the connection in place of the
// answer: the client cannot know that it was done.
func ReplyLost() Fault { return Fault{Drop: true, Applied: true} }

// KeyExpired is how an expired or revoked key is refused: UNAUTHENTICATED under
// HTTP 200, with data: null.
func KeyExpired() Fault {
	return Fault{Status: http.StatusOK, Code: "UNAUTHENTICATED", Message: "Unauthenticated"}
}

// PartialFailure fails the matching fields with API_ERROR; the others of their
// document are carried out.
func PartialFailure() Fault {
	return Fault{Code: "API_ERROR", Message: "Unable to complete operation. An internal API error occurred."}
}

// StoreSealed fails every matching field that asks the store with API_ERROR, as
// an API does whose Vault is sealed.
func StoreSealed() Fault { return Fault{Sealed: true} }
