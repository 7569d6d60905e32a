// Package dotenv compares sync's reader of dotenv files with the usual libraries for
// them. It is a module of its own, so that the product does not depend on them.
package dotenv

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	compose1 "github.com/compose-spec/compose-go/dotenv"
	compose2 "github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/joho/godotenv"
	"github.com/sirupsen/logrus"
	godotenvnext "godotenv.invalid/next"
)

// reading is the names and values of a file, or nil if the library refuses it.
type reading map[string]string

// library is one release of a library.
type library struct {
	name string
	read func(t *testing.T, texts []string) []reading
}

var libraries = []library{
	{"python-dotenv 1.2.4", python("1.2.4")},
	{"python-dotenv 1.1.1", python("1.1.1")},
	{"motdotla/dotenv 18.0.10", node("dotenv")},
	{"motdotla/dotenv 18.0.10, fast", node("dotenv", "fast")},
	{"motdotla/dotenv 17.4.2", node("dotenv-17")},
	{"godotenv 1.6.0-pre.4", inGo(godotenvnext.Unmarshal)},
	{"godotenv 1.5.1", inGo(godotenv.Unmarshal)},
	{"compose-go 2.16.2", inGo(func(text string) (map[string]string, error) {
		return compose2.Parse(strings.NewReader(text))
	})},
	{"compose-go 1.20.2", inGo(func(text string) (map[string]string, error) {
		return compose1.Parse(strings.NewReader(text))
	})},
}

// inGo reads in this process. Its environment is empty but for what TestMain leaves.
func inGo(parse func(string) (map[string]string, error)) func(*testing.T, []string) []reading {
	return func(_ *testing.T, texts []string) []reading {
		readings := make([]reading, len(texts))
		for i, text := range texts {
			readings[i] = readInGo(parse, text)
		}
		return readings
	}
}

// readInGo returns nil where the library fails. It may panic: godotenv 1.6.0-pre.4
// does so for a value that begins with #.
func readInGo(parse func(string) (map[string]string, error), text string) (found reading) {
	defer func() {
		if recover() != nil {
			found = nil
		}
	}()
	values, err := parse(text)
	if err != nil {
		return nil
	}
	return values
}

func python(release string) func(*testing.T, []string) []reading {
	return inProcess(os.Getenv("DOTENV_PYTHON"), []string{"read.py"},
		"PYTHONPATH="+filepath.Join(os.Getenv("DOTENV_WORK"), "python-dotenv-"+release), "PYTHONDONTWRITEBYTECODE=1", "PYTHONUTF8=1")
}

func node(args ...string) func(*testing.T, []string) []reading {
	return inProcess("node", append([]string{"read.js"}, args...), "NODE_PATH="+os.Getenv("NODE_PATH"))
}

// inProcess reads in another process, which takes a JSON list of texts and prints one
// of readings.
func inProcess(command string, args []string, env ...string) func(*testing.T, []string) []reading {
	return func(t *testing.T, texts []string) []reading {
		t.Helper()
		in, err := json.Marshal(texts)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(command, args...)
		cmd.Env, cmd.Stdin, cmd.Stderr = append(env, "PATH="+path), bytes.NewReader(in), os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %v: %v", command, args, err)
		}
		var readings []reading
		if err := json.Unmarshal(out, &readings); err != nil || len(readings) != len(texts) {
			t.Fatalf("%s %v: %d readings of %d texts: %v", command, args, len(readings), len(texts), err)
		}
		return readings
	}
}

var path = os.Getenv("PATH")

// TestMain takes away the environment, from which libraries would take values, and
// the warnings of compose-go about what it lacks.
func TestMain(m *testing.M) {
	if os.Getenv("DOTENV_WORK") == "" {
		panic("run test/dotenv/run.sh, which installs the libraries")
	}
	os.Clearenv()
	_ = os.Setenv("PATH", path)
	logrus.SetLevel(logrus.ErrorLevel)
	os.Exit(m.Run())
}
