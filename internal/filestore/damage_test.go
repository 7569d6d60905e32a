package filestore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/prefect-secrets/prefect-secrets/internal/filestore"
)

// readStore returns every value and info of a store by name, or the first error.
func readStore(path string, key filestore.Key) (map[string]string, error) {
	s, err := filestore.Open(filestore.Config{Path: path, Key: key, Now: time.Now, MustExist: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ctx, secrets := context.Background(), map[string]string{}
	names, err := s.Names(ctx, tenant)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		value, err := s.Get(ctx, tenant, name)
		if err != nil {
			return nil, err
		}
		info, err := s.Info(ctx, tenant, name)
		if err != nil {
			return nil, err
		}
		secrets[name] = fmt.Sprint(string(value), info[name])
	}
	return secrets, nil
}

// A store with a flipped bit anywhere is refused, or holds exactly what it held before.
func TestFlippedBits(t *testing.T) {
	key := newKey(t)
	path := newStoreFile(t, key)
	want, err := readStore(path, key)
	if err != nil || len(want) != 20 {
		t.Fatal(len(want), err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random, detected := rand.New(rand.NewPCG(1, 2)), 0
	for range 400 {
		offset, bit := random.IntN(len(data)), byte(1)<<random.IntN(8)
		if random.IntN(2) == 0 {
			offset = offset&^4095 + random.IntN(256) // the header and element table of a page
		}
		if data[offset] == 0 && random.IntN(4) > 0 {
			continue // most of the file is unused
		}
		flippedPath := filepath.Join(t.TempDir(), "store.db")
		flipped := append([]byte{}, data...)
		flipped[offset] ^= bit
		if err := os.WriteFile(flippedPath, flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readStore(flippedPath, key)
		if err == nil && !cmp.Equal(want, got) {
			t.Errorf("bit %#x at %d: another store (-want +got):\n%s", bit, offset, cmp.Diff(want, got))
		}
		if err != nil {
			detected++
		}
	}
	if detected < 10 {
		t.Errorf("only %d flips were detected", detected)
	}
}

// Opening arbitrary bytes gives a store or an error, never a panic.
func FuzzOpen(f *testing.F) {
	key := newKey(f)
	s := mustOpen(f, filepath.Join(f.TempDir(), "store.db"), key)
	mustSet(f, s, "A", canary)
	var copied bytes.Buffer
	if err := s.Backup(context.Background(), &copied); err != nil {
		f.Fatal(err)
	}
	backup := copied.Bytes() // without the unused space at the end of the file
	f.Add(backup[:4*4096], uint32(0), byte(0))
	f.Add(backup[:100], uint32(17), byte(1))
	f.Add([]byte{}, uint32(0), byte(0))
	f.Fuzz(func(t *testing.T, data []byte, offset uint32, change byte) {
		path := filepath.Join(t.TempDir(), "store.db")
		flipped := append([]byte{}, backup...)
		flipped[int(offset)%len(flipped)] ^= change
		for _, content := range [][]byte{data, flipped, append(backup[:len(backup)/2:len(backup)/2], data...)} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readStore(path, key)
			expected := errors.Is(err, filestore.ErrDamaged) || errors.Is(err, filestore.ErrForeign) ||
				errors.Is(err, filestore.ErrKey) || errors.Is(err, filestore.ErrNewer)
			if err != nil && !expected {
				t.Errorf("unexpected error: %v", err)
			}
		}
	})
}
