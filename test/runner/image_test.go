package runner

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	// imageTag is the name that act v0.2.89 looks for before it runs `uses: ./` with
	// --rebuild=false.
	imageTag     = "act-dockeraction:latest"
	imageVersion = "0.0.0-runner-suite"

	// maxImageBytes is the limit that the project promises, 15 MB, so that pulling
	// the image is fast.
	maxImageBytes = 15_000_000
)

// imageConfig is the part of `docker image inspect` that a runner uses.
type imageConfig struct {
	Size   int64
	Config struct {
		Entrypoint []string
		Cmd        []string
		User       string
		WorkingDir string
		Labels     map[string]string
	}
}

// buildImage builds the Dockerfile with `docker build`, as GitHub's runner does. act
// would build it with its own client, which ignores .dockerignore for a local
// action, and so would share no layer with this build.
func buildImage(t *testing.T) {
	t.Helper()
	run(t, root(t), "docker", "build", "--quiet", "--build-arg", "VERSION="+imageVersion, "--tag", imageTag, ".")
}

func TestImage(t *testing.T) {
	buildImage(t)
	t.Run("config", func(t *testing.T) { checkConfig(t, inspect(t)) })
	t.Run("contents", func(t *testing.T) { checkContents(t, imageFiles(t)) })
	t.Run("version", func(t *testing.T) {
		out := run(t, "", "docker", "run", "--rm", imageTag, "version")
		if !bytes.Contains(out, []byte(imageVersion)) {
			t.Errorf("version prints %q, want %s", out, imageVersion)
		}
	})
}

func inspect(t *testing.T) imageConfig {
	t.Helper()
	var images []imageConfig
	if err := json.Unmarshal(run(t, "", "docker", "image", "inspect", imageTag), &images); err != nil {
		t.Fatal(err)
	}
	return images[0]
}

func checkConfig(t *testing.T, image imageConfig) {
	t.Logf("image size: %d bytes", image.Size)
	if image.Size > maxImageBytes {
		t.Errorf("the image has %d bytes, more than %d", image.Size, maxImageBytes)
	}
	config := image.Config
	if diff := cmp.Diff([]string{"/prefect-secrets"}, config.Entrypoint); diff != "" {
		t.Errorf("entry point (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"action"}, config.Cmd); diff != "" {
		t.Errorf("command (-want +got):\n%s", diff)
	}
	if config.User != "" || config.WorkingDir != "" {
		t.Errorf("user %q and working directory %q are GitHub's to choose", config.User, config.WorkingDir)
	}
	want := map[string]string{
		"org.opencontainers.image.title":       "prefect-secrets",
		"org.opencontainers.image.description": config.Labels["org.opencontainers.image.description"],
		"org.opencontainers.image.source":      "https://github.com/prefect-secrets/prefect-secrets",
		"org.opencontainers.image.licenses":    "Apache-2.0",
		"org.opencontainers.image.version":     imageVersion,
	}
	if diff := cmp.Diff(want, config.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
}

// checkContents checks that the image holds only the binary, the certificate
// authorities and the licences.
func checkContents(t *testing.T, files map[string][]byte) {
	want := []string{"LICENSE", "THIRD_PARTY_NOTICES", "etc/ssl/certs/ca-certificates.crt", "prefect-secrets"}
	if diff := cmp.Diff(want, sortedNames(files)); diff != "" {
		t.Fatalf("files in the image (-want +got):\n%s", diff)
	}
	if !bytes.Contains(files["LICENSE"], []byte("Apache License")) {
		t.Error("LICENSE is not the Apache License")
	}
	if !bytes.Contains(files["THIRD_PARTY_NOTICES"], []byte("github.com/hashicorp/vault/api ")) {
		t.Error("THIRD_PARTY_NOTICES does not name Vault's client")
	}
	if !bytes.Contains(files["etc/ssl/certs/ca-certificates.crt"], []byte("BEGIN CERTIFICATE")) {
		t.Error("the image has no certificate authorities")
	}
	checkStatic(t, files["prefect-secrets"])
}

// checkStatic checks that the binary is linked statically: the scratch image has no
// dynamic loader.
func checkStatic(t *testing.T, binary []byte) {
	t.Helper()
	file, err := elf.NewFile(bytes.NewReader(binary))
	if err != nil {
		t.Fatalf("reading the binary: %v", err)
	}
	for _, segment := range file.Progs {
		if segment.Type == elf.PT_INTERP {
			t.Error("the binary is linked dynamically")
		}
	}
}

// imageFiles returns the files in the image's layers.
func imageFiles(t *testing.T) map[string][]byte {
	t.Helper()
	saved := readTar(t, run(t, "", "docker", "image", "save", imageTag))
	var manifest []struct{ Layers []string }
	if err := json.Unmarshal(saved["manifest.json"], &manifest); err != nil {
		t.Fatalf("reading the saved image: %v", err)
	}
	files := map[string][]byte{}
	for _, layer := range manifest[0].Layers {
		for name, content := range readTar(t, saved[layer]) {
			files[name] = content
		}
	}
	return files
}

func readTar(t *testing.T, archive []byte) map[string][]byte {
	t.Helper()
	entries, reader := map[string][]byte{}, tar.NewReader(bytes.NewReader(archive))
	for {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		if header.Typeflag == tar.TypeDir {
			continue
		}
		if entries[strings.TrimPrefix(header.Name, "./")], err = io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
	}
}
