// Package panics keeps the values of panics out of what a program prints: they may
// contain anything, even a secret.
package panics

import (
	"runtime/debug"
	"sync"
)

// Error is the stack of a panic, without the panic's value.
type Error struct{ Stack string }

// Error returns the stack, which has addresses in place of arguments.
func (e *Error) Error() string { return "internal error\n" + e.Stack }

// Of returns the error for what recover returned. It is called by the function that
// recovers. It returns nil for nil.
func Of(recovered any) *Error {
	if recovered == nil {
		return nil
	}
	if e, ok := recovered.(*Error); ok {
		return e
	}
	return &Error{string(debug.Stack())}
}

// Catcher passes panics of goroutines to the goroutine that waits for them. The zero
// value is ready to use.
type Catcher struct {
	once  sync.Once
	first *Error
}

// Catch recovers from a panic. Each goroutine defers it.
func (c *Catcher) Catch() {
	if e := Of(recover()); e != nil {
		c.once.Do(func() { c.first = e })
	}
}

// Pass panics with the first [*Error] if there was one. It is called once all
// goroutines have ended.
func (c *Catcher) Pass() {
	if c.first != nil {
		panic(c.first)
	}
}
