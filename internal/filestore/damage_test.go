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

// readAll is all that a store says: names, values and info, or the first error.
func readAll(path string, key filestore.Key) (map[string]string, error) {
	s, err := filestore.Open(filestore.Config{Path: path, Key: key, Now: time.Now, MustExist: true})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	ctx, out := context.Background(), map[string]string{}
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
		out[name] = fmt.Sprint(string(value), info[name])
	}
	return out, nil
}

// A store with a flipped bit anywhere is refused, or says exactly what it said
// before.
func TestFlippedBits(t *testing.T) {
	key := newKey(t)
	path := written(t, key)
	want, err := readAll(path, key)
	if err != nil || len(want) != 20 {
		t.Fatal(len(want), err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	random, found := rand.New(rand.NewPCG(1, 2)), 0
	for range 400 {
		at, bit := random.IntN(len(whole)), byte(1)<<random.IntN(8)
		if random.IntN(2) == 0 {
			at = at&^4095 + random.IntN(256) // where the pages say what they hold
		}
		if whole[at] == 0 && random.IntN(4) > 0 {
			continue // most of the file is unused
		}
		flipped := filepath.Join(t.TempDir(), "store.db")
		data := append([]byte{}, whole...)
		data[at] ^= bit
		if err := os.WriteFile(flipped, data, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readAll(flipped, key)
		if err == nil && !cmp.Equal(want, got) {
			t.Errorf("bit %#x at %d: another store (-want +got):\n%s", bit, at, cmp.Diff(want, got))
		}
		if err != nil {
			found++
		}
	}
	if found < 10 {
		t.Errorf("only %d flips were found", found)
	}
}

// Opening arbitrary bytes gives a store or an error, never a panic.
func FuzzOpen(f *testing.F) {
	key := newKey(f)
	s := open(f, filepath.Join(f.TempDir(), "store.db"), key)
	set(f, s, "A", canary)
	var copied bytes.Buffer
	if err := s.Backup(context.Background(), &copied); err != nil {
		f.Fatal(err)
	}
	whole := copied.Bytes() // without the room that the file keeps at its end
	f.Add(whole[:4*4096], uint32(0), byte(0))
	f.Add(whole[:100], uint32(17), byte(1))
	f.Add([]byte{}, uint32(0), byte(0))
	f.Fuzz(func(t *testing.T, data []byte, at uint32, change byte) {
		path := filepath.Join(t.TempDir(), "store.db")
		flipped := append([]byte{}, whole...)
		flipped[int(at)%len(flipped)] ^= change
		for _, content := range [][]byte{data, flipped, append(whole[:len(whole)/2:len(whole)/2], data...)} {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readAll(path, key)
			if err != nil && !errors.Is(err, filestore.ErrDamaged) && !errors.Is(err, filestore.ErrForeign) && !errors.Is(err, filestore.ErrKey) && !errors.Is(err, filestore.ErrNewer) {
				t.Errorf("an error without a name: %v", err)
			}
		}
	})
}
