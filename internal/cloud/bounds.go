package cloud

import (
	"bytes"
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Bounds limit how much memory requests take and how many are executed at a time. A
// request passes through them in this order: its body, its turn, its answer, the end
// of its turn. Each method is called with the context of the request, or one derived
// from it, and may wait. If it returns an error the client is asked to try again.
// Methods may be called concurrently, but not for the same request. What a request
// has reserved besides its turn is released by whoever made its context, once its
// answer is written.
type Bounds interface {
	// Body reserves that many more bytes for the body of a request with that key.
	Body(ctx context.Context, key string, bytes int) error
	// Begin waits for the request's turn. The request's body has arrived, and
	// executing it takes about that many bytes. The request is executed in the
	// context that Begin returns.
	Begin(ctx context.Context, key string, bytes int) (context.Context, error)
	// Answer reserves that many more bytes for the answer, between Begin and End.
	// While it waits, other requests have their turns.
	Answer(ctx context.Context, bytes int) error
	// List waits for the turn to list names, between Begin and End; done ends that
	// turn.
	List(ctx context.Context, key string) (done func(), err error)
	// End ends the request's turn. The answer is not written yet.
	End(ctx context.Context)
	// Forward waits for the turn of a request that another handler answers. That
	// turn ends with the request.
	Forward(ctx context.Context, key string) error
}

// noBounds limits nothing.
type noBounds struct{}

func (noBounds) Body(context.Context, string, int) error { return nil }
func (noBounds) Begin(ctx context.Context, _ string, _ int) (context.Context, error) {
	return ctx, nil
}
func (noBounds) Answer(context.Context, int) error { return nil }
func (noBounds) List(context.Context, string) (done func(), err error) {
	return func() {}, nil
}
func (noBounds) End(context.Context)                   {}
func (noBounds) Forward(context.Context, string) error { return nil }

// The memory that requests take, in bytes.
const (
	// ParsedSizePerByte and preparedSizePerByte are what each byte of a document takes
	// while it is parsed, and once it is prepared: measured with documents of nothing
	// but one-letter fields.
	ParsedSizePerByte   = 160
	preparedSizePerByte = 48
	maxParsedSize       = 6 << 20 // for the 20,000 tokens that a document may have
	// leastSize is what the smallest request takes.
	minRequestSize = 32 << 10
	// inputSize and objectSize are what a value and an object in variables take once
	// they are read.
	inputSize     = 64
	objectSize    = 320
	maxInputsSize = 8 << 20 // for the 100,000 values that variables may have
)

// largeText is how long a document of the 20,000 tokens that it may have is at least,
// in bytes.
const largeText = 40_000

// isTooMuch reports whether a batch costs more than maxLargeDocuments of the costliest
// documents. No batch of so few documents does.
func (r *requests) isTooMuch() bool {
	text, inputs := 0, 0
	for _, d := range r.list {
		text += min(len(d.Query), largeText)
		inputs += min(sizeOfInputs(d.Variables), maxInputsSize)
	}
	return text > maxLargeDocuments*largeText || inputs > maxLargeDocuments*maxInputsSize
}

// workingSize estimates how many bytes it takes to execute the documents of a body
// of that length. They are parsed one after another.
func (r *requests) workingSize(body int) int {
	parsed, used := 0, 0
	for _, d := range r.list {
		parsed = max(parsed, min(ParsedSizePerByte*len(d.Query), maxParsedSize))
		used += min(preparedSizePerByte*len(d.Query), maxParsedSize)
		used += min(sizeOfInputs(d.Variables), maxInputsSize)
	}
	return minRequestSize + body + parsed + used
}

func sizeOfInputs(v graphql.Variables) (size int) {
	for _, text := range v.All() {
		size += inputSize*bytes.Count(text, []byte(",")) + objectSize*bytes.Count(text, []byte("{"))
	}
	return size
}
