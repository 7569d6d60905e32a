package leaks_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/prefect-secrets/prefect-secrets/internal/leaks"
)

// manySecrets returns n secrets that begin alike.
func manySecrets(n int) []leaks.Secret {
	secrets := make([]leaks.Secret, n)
	for i := range secrets {
		sum := sha256.Sum256(fmt.Append(nil, i))
		value, _ := json.Marshal("s3cr3t-" + hex.EncodeToString(sum[:12]))
		secrets[i] = leaks.Secret{Name: fmt.Sprintf("S%d", i), Value: value}
	}
	return secrets
}

// encodedLog returns a log with something encoded in each line, and the common
// beginning of manySecrets.
func encodedLog(size int) []byte {
	line := `2026-01-02T03:04:05Z INFO flow run "daily\nreport" state=Running ` +
		`url=https://api.example.com/%7Eteam/?q=a+b key=s3cr3t- id=ZmxvdyBydW4gaWQgMTIzNA==` + "\n"
	return bytes.Repeat([]byte(line), size/len(line)+1)
}

func plainLog(size int) []byte {
	line := "2026-01-02T03:04:05Z INFO flow run of the daily report is in state Running, key=s3cr3t-\n"
	return bytes.Repeat([]byte(line), size/len(line)+1)
}

func BenchmarkNames(b *testing.B) {
	for kind, logOf := range map[string]func(int) []byte{"plain": plainLog, "encoded": encodedLog} {
		for _, secrets := range []int{1, 100, 1000} {
			for _, size := range []int{1_000, 1_000_000, 10_000_000} {
				b.Run(fmt.Sprintf("%s/%dsecrets/%dbytes", kind, secrets, size), func(b *testing.B) {
					benchmarkNames(b, manySecrets(secrets), logOf(size))
				})
			}
		}
	}
}

func benchmarkNames(b *testing.B, secrets []leaks.Secret, log []byte) {
	finder := leaks.NewFinder(secrets)
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		if len(finder.Names(log)) > 0 {
			b.Fatal("found")
		}
	}
}

func BenchmarkNewFinder(b *testing.B) {
	for _, n := range []int{1, 100} {
		secrets := manySecrets(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				leaks.NewFinder(secrets)
			}
		})
	}
}
