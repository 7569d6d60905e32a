//go:build unix

package privatefile

import (
	"errors"
	"io/fs"
	"testing"
)

func TestCheckMode(t *testing.T) {
	const root, user, other = 0, 1000, 1001
	for _, tt := range []struct {
		mode        fs.FileMode
		owner, user int
		ok          bool
	}{
		{0o600, user, user, true},
		{0o400, user, user, true},
		{0o640, user, user, false},
		{0o604, user, user, false},
		{0o600, root, root, true},
		{0o440, root, root, false},
		{0o440, root, user, true}, // a volume of Kubernetes, a credential of systemd
		{0o460, root, user, false},
		{0o444, root, user, false},
		{0o640, other, user, false},
		{0o600, other, user, false},
	} {
		err := checkMode(tt.mode, tt.owner, tt.user)
		if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrPermissions) {
			t.Errorf("%04o of user %d, read by %d: %v", tt.mode, tt.owner, tt.user, err)
		}
	}
}
