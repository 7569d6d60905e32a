package storetest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prefect-secrets/prefect-secrets/internal/cloud"
)

// crashVariable is the environment variable that makes a test binary the writing
// child. Its value is the round.
const crashVariable = "STORETEST_CRASH_ROUND"

// crashWriters is the number of concurrent writers, each of its own name.
const crashWriters = 4

// CrashConfig describes a crash test.
type CrashConfig struct {
	// Rounds is how many children are killed; at least 1.
	Rounds int
	// Env tells the child's [CrashMain] which store to open.
	Env []string
	// Open opens the same store in this process, and returns how to close it.
	Open func(t *testing.T) (store cloud.Store, close func() error)
}

// CrashMain must be called first in TestMain. In a child of [Crash] it opens the
// store, writes until it is killed, and does not return.
func CrashMain(open func() (cloud.Store, error)) {
	round := os.Getenv(crashVariable)
	if round == "" {
		return
	}
	store, err := open()
	if err == nil {
		err = writeForever(store, round)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// writeForever prints "WRITER COUNT" for each write that the store acknowledged. It
// returns only on an error.
func writeForever(store cloud.Store, round string) error {
	failed := make(chan error)
	for w := range crashWriters {
		go func() {
			for count := 1; ; count++ {
				if _, err := store.Set(context.Background(), crashTenant, crashName(w), crashValue(round, count), "ci", false); err != nil {
					failed <- err
				}
				fmt.Printf("%d %d\n", w, count)
			}
		}()
	}
	return <-failed
}

// crashTenant is the tenant of the writers, in each process.
const crashTenant = "11111111-1111-4111-8111-111111111111"

func crashName(writer int) string { return fmt.Sprintf("writer/%d", writer) }

// crashValue returns a value with three parts that must agree, from a few bytes to
// 40 KiB long.
func crashValue(round string, count int) json.RawMessage {
	stamp := fmt.Sprintf("%s:%d", round, count)
	return json.RawMessage(fmt.Sprintf(`["%s","%s","%s"]`, stamp,
		strings.Repeat("x", count*7919%(40<<10)), stamp))
}

// Crash repeatedly kills a child in the middle of its writes. After each it checks
// that every acknowledged write or a later one is stored, that no value is half
// written, and that versions count every write.
func Crash(t *testing.T, c CrashConfig) {
	seen := crashState{versions: map[int]int{}}
	acknowledged := 0
	for round := range c.Rounds {
		acks := runCrashChild(t, c, round)
		store, closeStore := c.Open(t)
		for w := range crashWriters {
			acknowledged += acks[w]
			seen.check(t, store, round, w, acks[w])
		}
		if err := closeStore(); err != nil {
			t.Fatal(err)
		}
		if t.Failed() {
			t.Fatalf("after round %d", round)
		}
	}
	if acknowledged == 0 {
		t.Error("no write was acknowledged in any round")
	}
	t.Logf("%d rounds, %d acknowledged writes, none lost", c.Rounds, acknowledged)
}

// runCrashChild starts a child and kills it a random time after its first
// acknowledged write. It returns the last acknowledged count of each writer.
func runCrashChild(t *testing.T, c CrashConfig, round int) [crashWriters]int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(append(os.Environ(), c.Env...), crashVariable+"="+strconv.Itoa(round))
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err := errors.Join(err, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	acks := readAcks(out, sync.OnceFunc(func() {
		time.AfterFunc(time.Duration(rand.IntN(30_000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
	}))
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
		t.Fatalf("round %d: the child ended by itself: %v: %s", round, err, complaint.String())
	}
	return acks
}

// readAcks reads complete lines to the end. A line that the kill cut off was not
// acknowledged.
func readAcks(out io.Reader, onFirst func()) (acks [crashWriters]int) {
	for lines := bufio.NewReader(out); ; {
		line, err := lines.ReadString('\n')
		if err != nil {
			return acks
		}
		var writer, count int
		if _, err := fmt.Sscanf(line, "%d %d\n", &writer, &count); err == nil {
			acks[writer] = max(acks[writer], count)
		}
		onFirst()
	}
}

// crashState is what earlier rounds left.
type crashState struct{ versions map[int]int }

func (s *crashState) check(t *testing.T, store cloud.Store, round, writer, acked int) {
	t.Helper()
	name := crashName(writer)
	value, err := store.Get(t.Context(), crashTenant, name)
	if errors.Is(err, cloud.ErrNotFound) && acked == 0 && s.versions[writer] == 0 {
		return
	}
	info, infoErr := store.Info(t.Context(), crashTenant, name)
	if err := errors.Join(err, infoErr); err != nil {
		t.Errorf("%s, of which %d writes were acknowledged: %v", name, acked, err)
		return
	}
	written := s.checkValue(t, name, value, round, acked)
	if got, want := info[name].Version, s.versions[writer]+written; got != want {
		t.Errorf("%s has version %d, want %d", name, got, want)
	}
	s.versions[writer] = info[name].Version
}

// checkValue returns how many writes of this round are stored: those acknowledged,
// and at most the one that was in progress.
func (s *crashState) checkValue(t *testing.T, name string, value []byte, round, acked int) int {
	t.Helper()
	var parts []string
	if err := json.Unmarshal(value, &parts); err != nil || len(parts) != 3 || parts[0] != parts[2] {
		t.Errorf("%s is half written", name)
		return 0
	}
	var from, count int
	_, err := fmt.Sscanf(parts[0], "%d:%d", &from, &count)
	if err != nil || string(crashValue(strconv.Itoa(from), count)) != string(value) {
		t.Errorf("%s is half written", name)
		return 0
	}
	if from != round {
		count = 0
	}
	if count != acked && count != acked+1 {
		t.Errorf("%s: %d writes were acknowledged, and %d are stored", name, acked, count)
	}
	return count
}
