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

func manySecrets(n int) []leaks.Secret {
	secrets := make([]leaks.Secret, n)
	for i := range secrets {
		sum := sha256.Sum256(fmt.Append(nil, i))
		value, _ := json.Marshal("s3cr3t-" + hex.EncodeToString(sum[:12]))
		secrets[i] = leaks.Secret{Name: fmt.Sprintf("S%d", i), Value: value}
	}
	return secrets
}

func someLog(size int) []byte {
	line := `2026-01-02T03:04:05Z INFO flow run "daily\nreport" state=Running url=https://api.example.com/%7Eteam/?q=a+b id=ZmxvdyBydW4gaWQgMTIzNA==` + "\n"
	return bytes.Repeat([]byte(line), size/len(line)+1)
}

func BenchmarkNames(b *testing.B) {
	for _, secrets := range []int{1, 100, 1000} {
		for _, size := range []int{100, 10_000, 1_000_000} {
			b.Run(fmt.Sprintf("%dsecrets/%dbytes", secrets, size), func(b *testing.B) {
				finder, log := leaks.NewFinder(manySecrets(secrets)), someLog(size)
				b.SetBytes(int64(len(log)))
				for b.Loop() {
					if len(finder.Names(log)) > 0 {
						b.Fatal("found")
					}
				}
			})
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
