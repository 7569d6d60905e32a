package terminal

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/term"
)

// Errors of [ReadSecret].
var (
	ErrInterrupted = errors.New("interrupted before the value was read; nothing was changed")
	ErrLines       = errors.New("the value has more than one line: pipe it in")
)

// ReadSecret asks for a line on a terminal, and does not show what is typed. It gives up
// when the context ends. The rest of a text of several lines, as somebody may paste it,
// is discarded: a shell would run it.
func ReadSecret(ctx context.Context, keyboard *os.File, prompt io.Writer, question string) (string, error) {
	fd := int(keyboard.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	if _, err := io.WriteString(prompt, question); err != nil {
		return "", err
	}
	defer func() { _, _ = io.WriteString(prompt, "\n") }()
	type line struct {
		text []byte
		err  error
	}
	read := make(chan line, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		read <- line{text, err}
	}()
	select {
	case <-ctx.Done():
		_ = term.Restore(fd, state)
		return "", ErrInterrupted
	case got := <-read:
		if got.err == nil && discardPending(keyboard) {
			return "", ErrLines
		}
		return string(got.text), got.err
	}
}
