package cloud

import (
	"bytes"
	"context"

	"github.com/prefect-secrets/prefect-secrets/internal/graphql"
)

// Bounds hold what requests take of a process. A request comes through them in this
// order: its body, its turn, its answer, the end of its turn. Each method is called
// with the context of the request, or one made of it, and may wait; on an error the
// client is told to try again. They may be called concurrently, though not for one
// request. What a request has taken beside its turn is given back by whoever made
// its context, once its answer is written.
type Bounds interface {
	// Body makes room for so many more bytes of the body of a request of that key.
	Body(ctx context.Context, key string, bytes int) error
	// Begin waits for the request's turn: its body is there, and to work on it takes
	// about so many bytes. The work has the context that it returns.
	Begin(ctx context.Context, key string, bytes int) (context.Context, error)
	// Answer makes room for so many more bytes of the answer, between Begin and End.
	// While it waits others have their turns.
	Answer(ctx context.Context, bytes int) error
	// List waits for the turn to list names, between Begin and End; done ends it.
	List(ctx context.Context, key string) (done func(), err error)
	// End ends the turn; the answer is not written yet.
	End(ctx context.Context)
	// Forward waits for the turn of a request that somebody else answers. It is over
	// when the request is.
	Forward(ctx context.Context, key string) error
}

// unbounded are no bounds.
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

// Sizes of what a document takes while it is parsed and in use, as multiples of its
// length: measured with documents of nothing but fields of one letter.
const (
	ParsedSize = 160
	usedSize   = 48
	maxParsed  = 6 << 20 // of the 20,000 tokens that a document may have
	// leastSize is what a request takes that asks for little.
	leastSize = 32 << 10
	// What a value and an object in variables take once they are read.
	inputSize  = 64
	objectSize = 320
	maxInputs  = 8 << 20 // of the 100,000 values that variables may have
)

// size is about what it takes to work on the documents of a body of that length.
// They are parsed one after another.
func (r *requests) size(body int) int {
	parsed, used := 0, 0
	for _, d := range r.list {
		parsed = max(parsed, min(ParsedSize*len(d.Query), maxParsed))
		used += min(usedSize*len(d.Query), maxParsed)
		used += min(inputsSize(d.Variables), maxInputs)
	}
	return leastSize + body + parsed + used
}

func inputsSize(v graphql.Variables) (size int) {
	for _, text := range v.Texts() {
		size += inputSize*bytes.Count(text, []byte(",")) + objectSize*bytes.Count(text, []byte("{"))
	}
	return size
}
