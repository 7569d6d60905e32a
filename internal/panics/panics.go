// Package panics keeps what a panic says out of what a program shows: it may hold
// anything, a secret's value too.
package panics

import (
	"runtime/debug"
	"sync"
)

// Error is where a panic was, and not what it said.
type Error struct{ Stack string }

// Error gives the stack, which has addresses in place of arguments.
func (e *Error) Error() string { return "internal error\n" + e.Stack }

// Of is the error of what recover returned, called where it did; nil of nil.
func Of(recovered any) *Error {
	if recovered == nil {
		return nil
	}
	if e, ok := recovered.(*Error); ok {
		return e
	}
	return &Error{string(debug.Stack())}
}

// Catcher takes panics of goroutines to the one that waits for them. The zero value
// is ready.
type Catcher struct {
	once  sync.Once
	first *Error
}

// Catch is deferred in each goroutine.
func (c *Catcher) Catch() {
	if e := Of(recover()); e != nil {
		c.once.Do(func() { c.first = e })
	}
}

// Pass panics with the first *[Error], once all goroutines have ended.
func (c *Catcher) Pass() {
	if c.first != nil {
		panic(c.first)
	}
}
